/**
 * Buttons that were pressed and wait for the answer: a spinner on each, until the server has taken the press and the
 * state has changed since.
 */

/** Nothing happened for this long (ms): the button can be pressed again. */
const GIVE_UP = 10_000;

export class Pending {
  constructor() {
    this.waiting = new Map();
  }

  /** False when the button waits already: a second press is ignored. A null button never waits. */
  start(button) {
    if (!button) return true;
    if (this.waiting.has(button)) return false;
    button.setAttribute("aria-busy", "true");
    button.classList.add("is-pending");
    this.waiting.set(button, { taken: false, changed: false, timer: setTimeout(() => this.settle(button), GIVE_UP) });
    return true;
  }

  /** The server took the press. */
  taken(button) {
    const entry = this.waiting.get(button);
    if (!entry) return;
    entry.taken = true;
    if (entry.changed) this.settle(button);
  }

  /** A new state has been shown. */
  stateChanged() {
    for (const [button, entry] of [...this.waiting]) {
      entry.changed = true;
      if (entry.taken) this.settle(button);
    }
  }

  settle(button) {
    clearTimeout(this.waiting.get(button)?.timer);
    if (!this.waiting.delete(button)) return;
    button.removeAttribute("aria-busy");
    button.classList.remove("is-pending");
  }
}

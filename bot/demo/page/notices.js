/** Short lines in the corner for what went wrong or just happened; they leave by themselves. */
import { h, iconButton } from "./dom.js";

const STAYS = 9_000;

export class Notices {
  constructor(root) {
    this.root = root;
    root.popover = "manual";
    this.said = h("div", { class: "sr-only", role: "status" });
    root.after(this.said);
  }

  /** Show a line; `error` keeps it twice as long and speaks up at once. */
  show(text, { error = false } = {}) {
    const node = h(
      "div",
      {
        class: `notice${error ? " notice-error" : ""}`,
        role: error ? "alert" : "status",
        data: { testid: "notice" },
      },
      h("span", {}, text),
      iconButton("close", "Dismiss", { on: { click: () => node.remove() } }),
    );
    this.root.append(node);
    this.raise();
    while (this.root.children.length > 4) this.root.firstElementChild.remove();
    setTimeout(() => node.remove(), error ? STAYS * 2 : STAYS);
  }

  /** Above everything, an open dialog included: the list is a popover, shown anew to be the topmost. */
  raise() {
    if (this.root.matches(":popover-open")) this.root.hidePopover();
    this.root.showPopover();
  }

  /** Say something to assistive technology only. */
  say(text) {
    this.said.textContent = text;
  }
}

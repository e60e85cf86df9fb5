/** Short lines in the corner for what went wrong or just happened; they leave by themselves. */
import { h, iconButton } from "./dom.js";

const STAYS = 9_000;

export class Notices {
  constructor(root) {
    this.root = root;
    this.said = h("div", { class: "sr-only", role: "status" });
    root.after(this.said);
  }

  /** Show a line; `error` keeps it twice as long and speaks up at once. */
  show(text, { error = false } = {}) {
    const node = h("div", { class: `notice${error ? " notice-error" : ""}`, role: error ? "alert" : "status", data: { testid: "notice" } },
      h("span", {}, text), iconButton("close", "Dismiss", { on: { click: () => node.remove() } }));
    this.root.append(node);
    while (this.root.children.length > 4) this.root.firstElementChild.remove();
    setTimeout(() => node.remove(), error ? STAYS * 2 : STAYS);
  }

  /** Say something to assistive technology only. */
  say(text) {
    this.said.textContent = text;
  }
}

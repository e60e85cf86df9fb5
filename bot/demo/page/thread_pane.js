/** The right side: one thread with its own composer. What was half typed in a thread waits there for one's return. */
import { h, iconButton } from "./dom.js";
import { Composer } from "./composer.js";
import { MessageList } from "./messages.js";

export class ThreadPane {
  constructor(root, desk, host) {
    this.root = root;
    this.ts = null;
    this.drafts = new Map();
    this.where = h("span", { class: "faint small" });
    const log = h("div", { role: "log", "aria-label": "Thread" });
    this.scroller = h("div", { class: "scroller" }, log);
    this.list = new MessageList(log, this.scroller, host, { inThread: true });
    this.composer = new Composer({
      testid: "thread-composer",
      sendTestid: "thread-send",
      people: () => desk.people,
      commands: () => [],
      onSend: (text) => desk.sendReply(text),
    });
    this.composer.name("Reply…");
    root.append(
      h(
        "header",
        { class: "pane-head" },
        h("div", { class: "pane-title" }, h("h2", {}, "Thread"), this.where),
        iconButton("close", "Close thread", {
          data: { testid: "thread-close" },
          on: { click: () => desk.closeThread() },
        }),
      ),
      h("div", { class: "conversation" }, this.scroller, this.composer.node),
    );
  }

  /** Something is half typed here. */
  get busy() {
    return this.composer.text.trim() !== "";
  }

  show(ts, channel, messages) {
    const moved = ts !== this.ts;
    if (moved) this.turnTo(ts);
    this.where.textContent = channel.kind === "im" ? channel.name : `#${channel.name}`;
    this.root.hidden = false;
    this.list.show(messages, () => [], { toBottom: moved });
  }

  hide() {
    if (this.ts) this.turnTo(null);
    this.root.hidden = true;
  }

  turnTo(ts) {
    if (this.ts) this.drafts.set(this.ts, this.composer.text);
    this.ts = ts;
    this.composer.text = (ts && this.drafts.get(ts)) || "";
    this.list.root.replaceChildren();
  }
}

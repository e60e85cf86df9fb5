/** Messages as Slack lists them: by day, neighbours of one author together, with reactions, threads and a hover menu. */
import { h, icon, iconButton, tone } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { REACTIONS, emojiOrName } from "./emoji.js";
import { syncList } from "./keyed_list.js";
import { renderMrkdwn } from "./mrkdwn.js";

/** Messages of one author this close together (s) share one head. */
const TOGETHER = 300;

/** A person's picture: initials on one of eight tones; the desk has its bell. */
export function avatar(user, size = "") {
  const name = user?.real_name || user?.name || "?";
  const letters = user?.is_bot
    ? icon("bell")
    : name
        .split(/\s+/)
        .map((word) => word[0])
        .slice(0, 2)
        .join("")
        .toUpperCase();
  return h(
    "span",
    {
      class: `avatar ${size}`,
      "aria-hidden": "true",
      data: { tone: user?.is_bot ? "desk" : tone(user?.id ?? name) },
    },
    letters,
  );
}

export function whenOf(ts) {
  return new Date(Number(ts) * 1000);
}

/** "10:42 AM" in the reader's zone. */
export function timeText(ts) {
  return whenOf(ts).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** "Today", "Yesterday" or the date. */
export function dayText(ts, now = new Date()) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(whenOf(ts))) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return whenOf(ts).toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}

/** A list of messages inside a scrolling element; it stays at the bottom while the reader is there. */
export class MessageList {
  /**
   * `host` gives: user(id), names, me, blockContext(message), and the actions onReply, onReact, onShortcut, onCopy,
   * shortcuts. `inThread` leaves out the thread links.
   */
  constructor(root, scroller, host, { inThread = false } = {}) {
    this.root = root;
    this.scroller = scroller;
    this.host = host;
    this.inThread = inThread;
    root.addEventListener("keydown", (event) => this.walk(event));
    this.pinned = true;
    scroller.addEventListener("scroll", () => (this.pinned = this.atBottom()));
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(scroller); // a pane that opens makes this one narrower
  }

  /** Show `messages` (oldest first); `replies(ts)` are the replies to one. */
  show(messages, replies, { toBottom = false } = {}) {
    const follow = toBottom || this.atBottom();
    const made = syncList(this.root, this.items(messages, replies));
    const mine = made.some((node) => node.dataset.fresh === "mine");
    if (follow || mine) this.toEnd();
    this.rove();
  }

  atBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 90;
  }

  /** To the bottom; but a last message taller than the window is shown from its beginning. */
  toEnd() {
    const { scroller, root } = this;
    scroller.scrollTop = scroller.scrollHeight;
    const last = root.lastElementChild;
    const hidden = last ? scroller.getBoundingClientRect().top - last.getBoundingClientRect().top : 0;
    if (hidden > 0) scroller.scrollTop -= hidden;
  }

  items(messages, replies) {
    const items = [];
    let before = null;
    for (const message of messages) {
      const day = dayText(message.ts);
      if (!this.inThread && (!before || dayText(before.ts) !== day)) items.push(dayItem(day));
      items.push(this.item(message, before && dayText(before.ts) === day ? before : null, replies(message.ts)));
      before = message;
    }
    return items;
  }

  item(message, before, replies) {
    const together =
      Boolean(before) &&
      before.user === message.user &&
      !before.ephemeral_for === !message.ephemeral_for &&
      Number(message.ts) - Number(before.ts) < TOGETHER;
    const thread = this.inThread
      ? []
      : replies.filter((reply) => !reply.ephemeral_for).map((reply) => [reply.ts, reply.user]);
    const sig = JSON.stringify([message, together, thread, this.host.me, this.host.shortcuts]);
    return { key: `m${message.ts}`, sig, make: () => this.make(message, together, thread) };
  }

  make(message, together, thread) {
    const author = this.host.user(message.user);
    const bot = message.is_bot ?? author?.is_bot;
    const name = author?.real_name || author?.name || "Someone";
    const node = h("article", {
      class: `message${together ? " is-together" : ""}${message.ephemeral_for ? " is-ephemeral" : ""}`,
      tabindex: "-1",
      "aria-label": `${name}, ${timeText(message.ts)}`,
      data: {
        testid: "message",
        ts: message.ts,
        user: message.user,
        bot: bot ? "true" : null,
        fresh: message.user === this.host.me ? "mine" : null,
      },
    });
    node.append(
      h("div", { class: "message-side" }, together ? timeNode(message, "small") : avatar(author)),
      h(
        "div",
        { class: "message-main" },
        [
          message.ephemeral_for ? h("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
          together ? null : head(name, bot, message),
          this.body(message),
          this.reactions(message),
          this.status(message),
          thread.length ? this.threadLink(message, thread) : null,
        ].filter(Boolean),
      ),
    );
    if (!message.ephemeral_for) node.append(this.toolbar(message));
    return node;
  }

  body(message) {
    const content = message.blocks?.length
      ? renderBlocks(message.blocks, this.host.blockContext(message))
      : renderMrkdwn(message.text, this.host.names);
    return h(
      "div",
      { class: "message-body" },
      content,
      files(message),
      message.edited ? h("span", { class: "faint edited" }, " (edited)") : null,
    );
  }

  reactions(message) {
    if (!message.reactions?.length) return null;
    return h(
      "div",
      { class: "reactions" },
      message.reactions.map(({ name, users }) => {
        const mine = users.includes(this.host.me);
        const who = users.map((id) => this.host.names.user(id) ?? id).join(", ");
        return h(
          "button",
          {
            type: "button",
            class: "reaction",
            "aria-pressed": String(mine),
            title: who,
            "aria-label": `${name.replaceAll("_", " ")}, ${users.length}`,
            data: { testid: `reaction-${name}` },
            on: { click: () => this.host.onReact(message, name, !mine) },
          },
          emojiOrName(name),
          h("span", {}, String(users.length)),
        );
      }),
    );
  }

  /** "MOPS Desk is thinking…" under a question that is being worked on. */
  status(message) {
    if (!message.pending_status) return null;
    return h(
      "div",
      { class: "pending-status", data: { testid: "pending-status" } },
      dots(),
      ` ${this.host.botName} ${message.pending_status}`,
    );
  }

  threadLink(message, thread) {
    const people = [...new Set(thread.map(([, user]) => user))].slice(0, 3);
    const count = thread.length === 1 ? "1 reply" : `${thread.length} replies`;
    return h(
      "button",
      {
        type: "button",
        class: "thread-link",
        data: { testid: "thread-link" },
        on: { click: () => this.host.onReply(message) },
      },
      people.map((id) => avatar(this.host.user(id), "avatar-small")),
      h("strong", {}, count),
      h("span", { class: "faint" }, `last ${timeText(thread.at(-1)[0])}`),
    );
  }

  toolbar(message) {
    const react = iconButton("smile", "Add a reaction", {
      data: { testid: "react" },
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    });
    react.addEventListener("click", () =>
      this.host.openMenu(
        react,
        REACTIONS.map((name) => ({
          label: emojiOrName(name),
          name: name.replaceAll("_", " "),
          testid: `emoji-${name}`,
          onPick: () => this.host.onReact(message, name, true),
        })),
        { label: "Reactions", layout: "row" },
      ),
    );
    const more = iconButton("more", "More actions", {
      data: { testid: "message-more" },
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    });
    more.addEventListener("click", () =>
      this.host.openMenu(more, this.moreItems(message), { label: "Message actions" }),
    );
    const reply = this.inThread
      ? null
      : iconButton("reply", "Reply in thread", {
          data: { testid: "reply" },
          on: { click: () => this.host.onReply(message, { focus: true }) },
        });
    return h("div", { class: "message-tools", role: "group", "aria-label": "Message actions" }, react, reply, more);
  }

  moreItems(message) {
    const shortcuts = this.host.shortcuts.map((shortcut) => ({
      label: shortcut.name,
      note: this.host.botName,
      testid: `shortcut-${shortcut.callback_id}`,
      onPick: () => this.host.onShortcut(shortcut, message),
    }));
    return [...shortcuts, { label: "Copy text", testid: "copy-text", onPick: () => this.host.onCopy(message) }];
  }

  /** One message takes part in the Tab order, the last one or the one last visited; arrows walk the others. */
  rove(target = null) {
    const nodes = [...this.root.querySelectorAll(".message")];
    const current = target ?? nodes.find((node) => node.contains(document.activeElement)) ?? nodes.at(-1);
    for (const node of nodes) node.tabIndex = node === current ? 0 : -1;
  }

  walk(event) {
    if (!event.target.classList.contains("message")) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    const nodes = [...this.root.querySelectorAll(".message")];
    const next = nodes[nodes.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    this.rove(next);
    next.focus();
  }
}

/** Files that came with a message, to be opened. */
function files(message) {
  if (!message.files?.length) return null;
  return h(
    "div",
    { class: "files" },
    message.files.map((file) =>
      h(
        "a",
        { class: "file", href: `/demo/api/file/${file.id}`, download: file.name, data: { testid: "file" } },
        icon("clip"),
        h("span", {}, file.name),
        h("span", { class: "faint" }, size(file.size)),
      ),
    ),
  );
}

function size(bytes) {
  return bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`;
}

function dayItem(day) {
  return { key: `d${day}`, sig: day, make: () => h("div", { class: "day", role: "separator" }, h("span", {}, day)) };
}

function timeNode(message, extra = "") {
  const when = whenOf(message.ts);
  return h(
    "time",
    { class: `faint ${extra}`, datetime: when.toISOString(), title: when.toLocaleString() },
    timeText(message.ts),
  );
}

function head(name, bot, message) {
  return h(
    "div",
    { class: "message-head" },
    h("strong", {}, name),
    bot ? h("span", { class: "badge" }, "App") : null,
    timeNode(message),
  );
}

/** Three dots that breathe. */
function dots() {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}

/** A message as plain words, for the clipboard. */
export function messageWords(node) {
  return (node.querySelector(".message-body")?.innerText ?? "").trim();
}

/** The panel of tickets the desk has opened, and one ticket in full. */
import { append, h, iconButton, link, uid } from "./dom.js";
import { syncList } from "./keyed_list.js";
import { renderWiki } from "./wiki.js";

/** How the status is coloured; the word itself is always there. */
function statusKind(status) {
  if (/done|closed|resolved|withdrawn|declined/i.test(status)) return "done";
  return /progress|review|doing/i.test(status) ? "active" : "open";
}

function statusPill(status) {
  return h("span", { class: "status", data: { kind: statusKind(status ?? "") } }, status ?? "Open");
}

/** A tracker may give a person as a name or as an object with one. */
function nameOf(person) {
  return typeof person === "object" && person ? (person.name ?? person.real_name ?? "") : (person ?? "");
}

function dateText(value) {
  if (value === null || value === undefined || value === "") return "";
  const when = new Date(typeof value === "number" ? value * 1000 : value);
  return Number.isNaN(when.getTime())
    ? String(value)
    : when.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

export class TicketPanel {
  /** `announce(sentence)` tells assistive technology of a new ticket; `onClose` is for narrow windows. */
  constructor(root, { announce, onClose }) {
    this.announce = announce;
    this.tickets = [];
    this.known = null;
    this.opened = null;
    this.count = h("span", { class: "count", "aria-hidden": "true" }, "0");
    this.empty = h(
      "p",
      { class: "faint panel-empty" },
      "Nothing yet. When the desk can't answer, the ticket it opens shows up here.",
    );
    this.list = h("div", { class: "ticket-list" });
    const close = iconButton("close", "Close tickets", { class: "narrow-only", on: { click: onClose } });
    root.append(
      h("header", { class: "panel-head" }, h("h2", {}, "Tickets"), this.count, close),
      this.empty,
      this.list,
    );
  }

  /** Show `tickets`, newest first. */
  show(tickets) {
    this.tickets = tickets;
    const news = this.known ? tickets.filter((ticket) => !this.known.has(ticket.key)) : [];
    this.known = new Set(tickets.map((ticket) => ticket.key));
    this.count.textContent = String(tickets.length);
    this.empty.hidden = tickets.length > 0;
    const fresh = new Set(news.map((ticket) => ticket.key));
    const newest = [...tickets].sort((a, b) => String(b.created_at ?? "").localeCompare(String(a.created_at ?? "")));
    syncList(
      this.list,
      newest.map((ticket) => ({
        key: ticket.key,
        sig: JSON.stringify(ticket),
        make: () => this.card(ticket, fresh.has(ticket.key)),
      })),
    );
    for (const ticket of news) this.announce(`Ticket ${ticket.key} was opened: ${ticket.summary}`);
    this.refreshOpened();
    return news;
  }

  card(ticket, fresh) {
    const props = {
      type: "button",
      class: `ticket${fresh ? " is-new" : ""}`,
      data: { testid: "ticket", key: ticket.key },
      on: { click: () => this.open(ticket.key) },
    };
    return h("button", props, [
      h("span", { class: "ticket-top" }, h("strong", {}, ticket.key), statusPill(ticket.status)),
      h("span", { class: "ticket-summary" }, ticket.summary),
      h("span", { class: "faint small" }, [ticket.issue_type, nameOf(ticket.assignee)].filter(Boolean).join(" · ")),
    ]);
  }

  /** The ticket behind an address, if it is one of ours: its own, or one that ends in #ticket-KEY. */
  byUrl(url) {
    const key = url.match(/#ticket-([\w-]+)$/)?.[1];
    return this.tickets.find((ticket) => ticket.key === key || (ticket.url && ticket.url === url));
  }

  open(key) {
    const ticket = this.tickets.find((each) => each.key === key);
    if (!ticket || this.opened) return;
    const title = uid("ticket");
    const dialog = h("dialog", {
      class: "dialog dialog-wide",
      "aria-labelledby": title,
      data: { testid: "ticket-detail", key },
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      this.opened = null;
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    this.opened = { dialog, key, title };
    this.fill(ticket);
    document.body.append(dialog);
    dialog.showModal();
  }

  refreshOpened() {
    const ticket = this.opened && this.tickets.find((each) => each.key === this.opened.key);
    if (ticket && this.opened.sig !== JSON.stringify(ticket)) this.fill(ticket);
  }

  fill(ticket) {
    const { dialog, title } = this.opened;
    this.opened.sig = JSON.stringify(ticket);
    const scroll = dialog.querySelector(".dialog-body")?.scrollTop ?? 0;
    dialog.replaceChildren(
      h(
        "header",
        {},
        h("h2", { id: title }, ticket.key),
        statusPill(ticket.status),
        iconButton("close", "Close", { on: { click: () => dialog.close() } }),
      ),
      h("div", { class: "dialog-body" }, [
        h("h3", { class: "ticket-title" }, ticket.summary),
        facts(ticket),
        ticket.description ? renderWiki(ticket.description) : h("p", { class: "faint" }, "No description."),
        comments(ticket.comments ?? []),
      ]),
    );
    dialog.querySelector(".dialog-body").scrollTop = scroll;
  }
}

function facts(ticket) {
  const rows = [
    ["Type", ticket.issue_type],
    ["Who is on it", nameOf(ticket.assignee) || "Nobody yet"],
    ["Opened", dateText(ticket.created_at)],
    [
      "Labels",
      (ticket.labels ?? []).length ? ticket.labels.map((label) => h("span", { class: "pill" }, label)) : null,
    ],
    ["Link", ticket.url ? link(ticket.url, ticket.url, { data: { plain: "true" } }) : null],
  ];
  return append(
    h("dl", { class: "facts" }),
    rows.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

function comments(list) {
  if (!list.length) return null;
  return h(
    "section",
    { class: "comments" },
    h("h3", {}, "Comments"),
    list.map((comment) =>
      h(
        "div",
        { class: "comment" },
        h(
          "div",
          { class: "small" },
          h("strong", {}, nameOf(comment.author) || "Someone"),
          " ",
          h("span", { class: "faint" }, dateText(comment.at)),
        ),
        renderWiki(comment.text),
      ),
    ),
  );
}

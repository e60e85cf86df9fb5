/** The left side: workspace, App Home, channels, the line to the desk, who one is, and the theme. */
import { h, icon, iconButton } from "./dom.js";
import { syncList } from "./keyed_list.js";
import { avatar } from "./messages.js";
import { openMenu } from "./popup.js";

export class Sidebar {
  /** `actions`: onHome(), onChannel(id), onPerson(id), onClose(). */
  constructor(root, actions) {
    this.actions = actions;
    this.link = h("span", { class: "link-state", role: "status" });
    this.homeButton = h(
      "button",
      { type: "button", class: "nav-row", data: { testid: "home-tab" }, on: { click: actions.onHome } },
      icon("home"),
      h("span", { class: "nav-name" }, "App Home"),
    );
    this.channels = h("div", { role: "list" });
    this.direct = h("div", { role: "list" });
    this.person = h("button", {
      type: "button",
      class: "person-switch",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      data: { testid: "person-switch" },
    });
    this.person.addEventListener("click", () => this.choosePerson());
    root.append(
      h(
        "div",
        { class: "brand" },
        h("span", { class: "brand-mark", "aria-hidden": "true" }, icon("bell")),
        h(
          "div",
          { class: "brand-text" },
          h("strong", {}, "MOPS Desk"),
          h("span", { class: "small faint" }, "Demo workspace "),
          this.link,
        ),
        themeButton(),
        iconButton("close", "Close navigation", { class: "narrow-only", on: { click: actions.onClose } }),
      ),
      h(
        "div",
        { class: "nav-scroll" },
        this.homeButton,
        h(
          "a",
          { class: "nav-row", href: "/demo/curation", target: "_blank", rel: "noopener", data: { testid: "curation" } },
          icon("menu"),
          h("span", { class: "nav-name" }, "Curation desk"),
        ),
        h("h2", { class: "nav-title" }, "Channels"),
        this.channels,
        h("h2", { class: "nav-title" }, "Direct messages"),
        this.direct,
      ),
      h("div", { class: "person-box" }, this.person),
    );
  }

  /** `unread` has the ids of channels with news; `place` is {home: true} or {channel}. */
  show({ channels, people, me, place, unread }) {
    this.people = people;
    this.me = me;
    current(this.homeButton, Boolean(place.home));
    const row = (channel) => ({
      key: channel.id,
      sig: JSON.stringify([channel, place.channel === channel.id, unread.has(channel.id)]),
      make: () => this.row(channel, place.channel === channel.id, unread.has(channel.id)),
    });
    syncList(this.channels, channels.filter((channel) => channel.kind !== "im").map(row));
    syncList(this.direct, channels.filter((channel) => channel.kind === "im").map(row));
    const self = people.find((person) => person.id === me);
    this.person.replaceChildren(
      avatar(self ?? { id: me, name: me }),
      h(
        "span",
        { class: "person-text" },
        h("span", { class: "small faint" }, "You are"),
        h("strong", {}, self?.name ?? me),
      ),
      icon("chevron"),
    );
    this.person.setAttribute("aria-label", `You are ${self?.name ?? me}. Switch person`);
  }

  row(channel, here, news) {
    const mark =
      channel.kind === "im"
        ? avatar({ is_bot: true, name: channel.name }, "avatar-small")
        : h("span", { class: "hash", "aria-hidden": "true" }, icon(channel.kind === "private" ? "lock" : "hash"));
    const button = h(
      "button",
      {
        type: "button",
        class: `nav-row${news ? " is-unread" : ""}`,
        data: { testid: "channel", channel: channel.id },
        on: { click: () => this.actions.onChannel(channel.id) },
      },
      mark,
      h("span", { class: "nav-name" }, channel.name),
      news ? h("span", { class: "news" }, h("span", { class: "sr-only" }, "new messages")) : null,
    );
    current(button, here);
    return h("div", { role: "listitem" }, button);
  }

  choosePerson() {
    openMenu(
      this.person,
      this.people.map((person) => ({
        label: person.name,
        note: [person.title, person.id === this.me ? "this is you" : ""].filter(Boolean).join(" · "),
        testid: `person-${person.id}`,
        onPick: () => this.actions.onPerson(person.id),
      })),
      { label: "Switch person" },
    );
  }

  connected(up) {
    this.link.textContent = up ? "" : "· reconnecting…";
  }
}

function current(button, here) {
  if (here) button.setAttribute("aria-current", "page");
  else button.removeAttribute("aria-current");
}

/** Light or dark: the system's choice until the button is pressed, then one's own, kept for next time. */
function themeButton() {
  const root = document.documentElement;
  const kept = localStorage.getItem("mops-desk-theme");
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  const dark = () =>
    (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const button = iconButton("moon", "Theme", { data: { testid: "theme-toggle" } });
  const show = () => {
    button.replaceChildren(icon(dark() ? "sun" : "moon"));
    button.title = dark() ? "Switch to light" : "Switch to dark";
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    localStorage.setItem("mops-desk-theme", root.dataset.theme);
    show();
  });
  show();
  return button;
}

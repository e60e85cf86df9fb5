/** The demo page: a small chat client for the desk. This module joins the parts; each part draws its own corner. */
import { Api } from "./api.js";
import { ChannelPane } from "./channel_pane.js";
import { Feed } from "./feed.js";
import { FormValues } from "./form_values.js";
import { messageWords } from "./messages.js";
import { ModalHost } from "./modal.js";
import { Notices } from "./notices.js";
import { Pending } from "./pending.js";
import { closeMenu, openMenu } from "./popup.js";
import { Sidebar } from "./sidebar.js";
import { ThreadPane } from "./thread_pane.js";
import { TicketPanel } from "./tickets.js";
import { toWire } from "./wire.js";

const TICKETS_EVERY = 5_000;
const PERSON_KEY = "mops-desk-person";

class Desk {
  constructor(api, config) {
    Object.assign(this, { api, config, state: null, place: null, threadTs: null });
    this.me = config.people.some((person) => person.id === localStorage.getItem(PERSON_KEY)) ? localStorage.getItem(PERSON_KEY) : config.me;
    this.forget();
    this.surfaces = new Map(); // FormValues of messages and homes, by id
    this.memory = new Map();
    this.pending = new Pending();
    this.notices = new Notices(byId("notices"));
    this.build();
    this.feed = new Feed(api, { onState: (state) => this.take(state), onLink: (up) => this.sidebar.connected(up) });
  }

  build() {
    const host = this.messageHost();
    this.sidebar = new Sidebar(byId("sidebar"), {
      onHome: () => this.openHome(), onChannel: (id) => this.go({ channel: id }), onPerson: (id) => this.become(id), onClose: () => this.drawer(null),
    });
    this.main = new ChannelPane(byId("main"), this, host);
    this.thread = new ThreadPane(byId("thread"), this, host);
    this.tickets = new TicketPanel(byId("tickets"), { announce: (text) => this.notices.say(text), onClose: () => this.drawer(null) });
    this.modal = new ModalHost({ api: this.api, onProblem: (error) => this.fail(error), context: (surface) => this.modalContext(surface) });
  }

  /** Begin to follow; called once, and again for another person. */
  start() {
    this.feed.follow(this.me);
    this.pollTickets();
    setInterval(() => this.pollTickets(), TICKETS_EVERY);
  }

  // ---- who and where -------------------------------------------------------------------------------------------

  get people() {
    return this.state?.users ?? [];
  }

  get channel() {
    return this.state?.channels.find((channel) => channel.id === this.place?.channel);
  }

  get askChannel() {
    return this.state?.channels.find((channel) => channel.name === "ask-mops") ?? this.state?.channels[0];
  }

  get botName() {
    return this.names.user(this.config.bot_user) ?? "MOPS Desk";
  }

  get names() {
    return {
      me: this.me,
      user: (id) => {
        const person = this.people.find((each) => each.id === id);
        return person?.real_name || person?.name;
      },
      channel: (id) => this.state?.channels.find((each) => each.id === id)?.name,
    };
  }

  forget() {
    Object.assign(this, { known: null, read: new Map(), lastNotice: null, threadTs: null });
  }

  become(person) {
    if (person === this.me) return;
    this.me = person;
    localStorage.setItem(PERSON_KEY, person);
    this.forget();
    this.state = null;
    this.place = null;
    this.modal.hide();
    this.feed.follow(person);
    this.drawer(null);
  }

  go(place) {
    this.place = place;
    this.threadTs = null;
    this.moved = true;
    this.drawer(null);
    this.draw();
    if (place.channel && matchMedia("(hover: hover)").matches) this.main.composer.focus();
  }

  openHome() {
    this.go({ home: true });
    this.api.openHome(this.me).catch((error) => this.fail(error));
  }

  openThread(message, { focus = false } = {}) {
    this.threadTs = message.thread_ts || message.ts;
    this.drawThread();
    if (focus) this.thread.composer.focus();
  }

  closeThread() {
    this.threadTs = null;
    this.thread.hide();
    this.main.composer.focus();
  }

  /** In a narrow window: the sheet that covers the conversation ("nav", "tickets" or none). */
  drawer(which) {
    if (which) byId("app").dataset.drawer = which;
    else delete byId("app").dataset.drawer;
  }

  // ---- the state, as it comes ----------------------------------------------------------------------------------

  take(state) {
    const first = !this.state;
    this.state = state;
    if (!this.place || (this.place.channel && !this.channel)) {
      this.place = { channel: this.askChannel?.id };
      this.moved = true;
    }
    const news = this.news(first);
    for (const message of news) this.follow(message);
    this.draw();
    this.modal.sync(state.modal, this.me);
    this.showNotices();
    this.pending.stateChanged();
    this.pollTickets();
  }

  /** Messages that were not there before; none on the first look. */
  news(first) {
    const all = this.state.channels.flatMap((channel) => this.messagesIn(channel.id).map((message) => ({ ...message, channel: channel.id })));
    const key = (message) => `${message.channel}/${message.ts}`;
    const fresh = first || !this.known ? [] : all.filter((message) => !this.known.has(key(message)));
    this.known = new Set(all.map(key));
    if (first) for (const message of all) this.read.set(message.channel, message.ts);
    return fresh;
  }

  /** Open the thread in which the desk just answered this person, unless they are writing somewhere else. */
  follow(message) {
    const ts = message.thread_ts;
    if (!ts || ts === message.ts || message.channel !== this.place.channel || message.user !== this.config.bot_user) return;
    const mine = this.messagesIn(message.channel).some((each) => (each.thread_ts || each.ts) === ts && each.user === this.me);
    if ((mine || message.ephemeral_for === this.me) && (this.threadTs === ts || !this.thread.busy)) this.threadTs = ts;
  }

  /** What this person can see in a channel, oldest first. */
  messagesIn(id) {
    return (this.state?.messages[id] ?? []).filter((message) => !message.ephemeral_for || message.ephemeral_for === this.me);
  }

  repliesTo(ts) {
    return this.messagesIn(this.place.channel).filter((message) => message.thread_ts === ts && message.ts !== ts);
  }

  draw() {
    if (!this.state) return;
    if (this.place.home) this.drawHome();
    else this.drawChannel();
    this.drawThread();
    this.sidebar.show({ channels: this.state.channels, people: this.config.people, me: this.me, place: this.place, unread: this.unread() });
    this.moved = false;
  }

  drawChannel() {
    const all = this.messagesIn(this.place.channel);
    if (all.length) this.read.set(this.place.channel, all.at(-1).ts);
    const top = all.filter((message) => !message.thread_ts || message.thread_ts === message.ts);
    this.main.showChannel(this.channel, { messages: top, replies: (ts) => this.repliesTo(ts), moved: this.moved });
    document.title = `${this.channel.kind === "im" ? "" : "#"}${this.channel.name} · MOPS Desk demo`;
  }

  drawHome() {
    const view = this.state.home;
    const values = this.valuesOf("home");
    const send = { view_id: view?.id ?? view?.view_id };
    this.main.showHome(view, { ...this.blockContext({ values, blocks: view?.blocks, send }), values });
    document.title = "App Home · MOPS Desk demo";
  }

  drawThread() {
    const root = this.threadTs && this.messagesIn(this.place.channel).find((message) => message.ts === this.threadTs);
    if (root) this.thread.show(this.threadTs, this.channel, [root, ...this.repliesTo(this.threadTs)]);
    else this.thread.hide();
  }

  unread() {
    const isNew = (channel) => {
      const others = this.messagesIn(channel.id).filter((message) => message.user !== this.me);
      return others.length > 0 && others.at(-1).ts > (this.read.get(channel.id) ?? "");
    };
    return new Set(this.state.channels.filter(isNew).map((channel) => channel.id));
  }

  showNotices() {
    const all = this.state.notices ?? [];
    if (this.lastNotice !== null) for (const notice of all) if (notice.id > this.lastNotice) this.notices.show(notice.text, { error: true });
    this.lastNotice = Math.max(this.lastNotice ?? 0, ...all.map((notice) => notice.id));
  }

  async pollTickets() {
    if (this.polling || document.hidden) return;
    this.polling = true;
    try {
      const { tickets } = await this.api.tickets();
      this.tickets.show(tickets);
      this.main.ticketCount.textContent = String(tickets.length);
    } catch {
      // the side panel keeps what it had; the feed says when the server is away
    } finally {
      this.polling = false;
    }
  }

  // ---- what people do ------------------------------------------------------------------------------------------

  fail(error) {
    this.notices.show(error.message, { error: true });
  }

  /** Do it; on failure say so, and let the caller know. */
  async attempt(promise) {
    try {
      return await promise;
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  wire(text) {
    return toWire(text, { people: this.people, channels: this.state.channels.filter((channel) => channel.kind !== "im") });
  }

  send(text) {
    const command = text.match(/^(\/\S+)\s*([\s\S]*)$/);
    if (command) return this.command(command[1], command[2]);
    return this.attempt(this.api.message({ user: this.me, channel: this.place.channel, text: this.wire(text) }));
  }

  command(name, text) {
    const known = this.config.commands.map((each) => each.command);
    if (known.includes(name)) return this.attempt(this.api.command({ user: this.me, channel: this.place.channel, command: name, text }));
    return this.attempt(Promise.reject(new Error(`${name} isn't a command here. There is ${known.join(" and ")}.`)));
  }

  sendReply(text) {
    const body = { user: this.me, channel: this.place.channel, text: this.wire(text), thread_ts: this.threadTs };
    return this.attempt(this.api.message(body));
  }

  askExample(question, channel) {
    const text = channel.kind === "im" ? question : `@${this.botName} ${question}`;
    this.attempt(this.api.message({ user: this.me, channel: channel.id, text: this.wire(text) })).catch(() => {});
  }

  react(message, name, add) {
    const body = { user: this.me, channel: this.place.channel, message_ts: message.ts, name, add };
    this.attempt(this.api.reaction(body)).catch(() => {});
  }

  shortcut(shortcut, message) {
    const body = { user: this.me, callback_id: shortcut.callback_id, channel: this.place.channel, message_ts: message.ts };
    this.attempt(this.api.shortcut(body)).catch(() => {});
  }

  async copy(message) {
    const node = document.querySelector(`.message[data-ts="${CSS.escape(message.ts)}"]`);
    try {
      await navigator.clipboard.writeText(messageWords(node));
      this.notices.show("Copied.");
    } catch {
      this.notices.show("The browser didn't let me copy that.", { error: true });
    }
  }

  // ---- what the renderers need ---------------------------------------------------------------------------------

  messageHost() {
    const desk = this;
    return {
      get names() { return desk.names; },
      get me() { return desk.me; },
      get botName() { return desk.botName; },
      get shortcuts() { return desk.config.shortcuts; },
      user: (id) => desk.people.find((person) => person.id === id),
      blockContext: (message) => desk.blockContext({
        values: desk.valuesOf(message.ts), blocks: message.blocks, send: { channel: desk.place.channel, message_ts: message.ts }, memory: message.ts,
      }),
      onReply: (message, options) => desk.openThread(message, options),
      onReact: (message, name, add) => desk.react(message, name, add),
      onShortcut: (shortcut, message) => desk.shortcut(shortcut, message),
      onCopy: (message) => desk.copy(message),
      openMenu,
    };
  }

  valuesOf(surface) {
    if (!this.surfaces.has(surface)) this.surfaces.set(surface, new FormValues());
    return this.surfaces.get(surface);
  }

  /** `send` says where an action comes from; `values` are sent along with it, as Slack does. */
  blockContext({ values, blocks, send, memory = "" }) {
    if (!this.memory.has(memory)) this.memory.set(memory, new Map());
    const dispatch = (action, button) => this.act({ user: this.me, ...send, action, values: values.snapshot(blocks) }, button);
    return { names: this.names, people: this.people.filter((person) => !person.is_bot), values, memory: this.memory.get(memory), dispatch };
  }

  modalContext({ blocks, values, viewId }) {
    return this.blockContext({ blocks, values, send: { view_id: viewId } });
  }

  async act(body, button) {
    if (!this.pending.start(button)) return;
    try {
      await this.api.action(body);
      this.pending.taken(button);
    } catch (error) {
      this.pending.settle(button);
      this.fail(error);
    }
  }
}

function byId(id) {
  return document.getElementById(id);
}

/** Keys that work everywhere: Ctrl or Cmd with K to write, Esc to close what is on top. */
function listenToKeys(desk) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      if (desk.place?.home) desk.go({ channel: desk.askChannel.id });
      desk.main.composer.focus();
    } else if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
      if (closeMenu({ refocus: true })) return;
      if (byId("app").dataset.drawer) desk.drawer(null);
      else if (desk.threadTs) desk.closeThread();
    }
  });
}

/** A link to one of the desk's tickets opens it here instead of elsewhere. */
function listenToLinks(desk) {
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[href]");
    const ticket = anchor && !anchor.dataset.plain && desk.tickets.byUrl(anchor.getAttribute("href"));
    if (!ticket || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    desk.tickets.open(ticket.key);
  });
}

/** The settings, however long the server takes to come up. */
async function readConfig(api) {
  for (;;) {
    try {
      return await api.config();
    } catch (error) {
      if (!error.offline) console.warn("demo page: no settings yet", error);
      await new Promise((done) => setTimeout(done, 1_000));
    }
  }
}

const api = new Api();
const desk = new Desk(api, await readConfig(api));
listenToKeys(desk);
listenToLinks(desk);
desk.start();

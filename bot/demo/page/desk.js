/** One person at the demo page: what they see, where they are and what they do. Each part draws its own corner. */
import { ChannelPane } from "./channel_pane.js";
import { Feed } from "./feed.js";
import { messageWords } from "./messages.js";
import { ModalHost } from "./modal.js";
import { Notices } from "./notices.js";
import { Sidebar } from "./sidebar.js";
import { Surfaces } from "./surfaces.js";
import { ThreadPane } from "./thread_pane.js";
import { TicketPanel } from "./tickets.js";
import { toWire } from "./wire.js";

const TICKETS_EVERY = 5_000;
const PERSON_KEY = "mops-desk-person";

export class Desk {
  constructor(api, config) {
    Object.assign(this, { api, config, state: null, place: null, threadTs: null });
    this.me = config.people.some((person) => person.id === localStorage.getItem(PERSON_KEY))
      ? localStorage.getItem(PERSON_KEY)
      : config.me;
    this.forget();
    this.surfaces = new Surfaces(this);
    this.notices = new Notices(byId("notices"));
    this.build();
    this.feed = new Feed(api, { onState: (state) => this.take(state), onLink: (up) => this.sidebar.connected(up) });
  }

  build() {
    const host = this.surfaces.messageHost();
    this.sidebar = new Sidebar(byId("sidebar"), {
      onHome: () => this.openHome(),
      onChannel: (id) => this.go({ channel: id }),
      onPerson: (id) => this.become(id),
      onClose: () => this.drawer(null),
    });
    this.main = new ChannelPane(byId("main"), this, host);
    this.thread = new ThreadPane(byId("thread"), this, host);
    this.tickets = new TicketPanel(byId("tickets"), {
      announce: (text) => this.notices.say(text),
      onClose: () => this.drawer(null),
    });
    this.modal = new ModalHost({
      api: this.api,
      onProblem: (error) => this.fail(error),
      context: (surface) => this.surfaces.modal(surface),
    });
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
    this.surfaces.pending.stateChanged();
    this.pollTickets();
  }

  /** Messages that were not there before; none on the first look. */
  news(first) {
    const all = this.state.channels.flatMap((channel) =>
      this.messagesIn(channel.id).map((message) => ({ ...message, channel: channel.id })),
    );
    const key = (message) => `${message.channel}/${message.ts}`;
    const fresh = first || !this.known ? [] : all.filter((message) => !this.known.has(key(message)));
    this.known = new Set(all.map(key));
    if (first) for (const message of all) this.read.set(message.channel, message.ts);
    return fresh;
  }

  /** Open the thread in which the desk just answered this person, unless they are writing somewhere else. */
  follow(message) {
    const ts = message.thread_ts;
    if (!ts || ts === message.ts || message.channel !== this.place.channel || message.user !== this.config.bot_user)
      return;
    const mine = this.messagesIn(message.channel).some(
      (each) => (each.thread_ts || each.ts) === ts && each.user === this.me,
    );
    if ((mine || message.ephemeral_for === this.me) && (this.threadTs === ts || !this.thread.busy))
      this.threadTs = ts;
  }

  /** What this person can see in a channel, oldest first. */
  messagesIn(id) {
    return (this.state?.messages[id] ?? []).filter(
      (message) => !message.ephemeral_for || message.ephemeral_for === this.me,
    );
  }

  repliesTo(ts) {
    return this.messagesIn(this.place.channel).filter((message) => message.thread_ts === ts && message.ts !== ts);
  }

  draw() {
    if (!this.state) return;
    if (this.place.home) this.drawHome();
    else this.drawChannel();
    this.drawThread();
    this.sidebar.show({
      channels: this.state.channels,
      people: this.config.people,
      me: this.me,
      place: this.place,
      unread: this.unread(),
    });
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
    this.main.showHome(this.state.home, this.surfaces.home(this.state.home));
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
    if (this.lastNotice !== null)
      for (const notice of all) if (notice.id > this.lastNotice) this.notices.show(notice.text, { error: true });
    this.lastNotice = Math.max(this.lastNotice ?? 0, ...all.map((notice) => notice.id));
  }

  async pollTickets() {
    if (this.polling || document.hidden) return;
    this.polling = true;
    try {
      const { tickets } = await this.api.tickets();
      this.tickets.show(tickets);
      if (!this.looked) this.openLinkedTicket();
      this.looked = true;
      this.main.ticketCount.textContent = String(tickets.length);
    } catch {
      // the side panel keeps what it had; the feed says when the server is away
    } finally {
      this.polling = false;
    }
  }

  /** The ticket the page's own address names (…/#ticket-MOPS-1), if any. */
  openLinkedTicket() {
    const ticket = this.tickets.byUrl(window.location.hash);
    if (ticket) this.tickets.open(ticket.key);
  }

  // ---- what people do ------------------------------------------------------------------------------------------

  fail(error) {
    if (!error.told) this.notices.show(error.message, { error: true });
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
    return toWire(text, this.people);
  }

  send(text) {
    const command = text.match(/^(\/\S+)\s*([\s\S]*)$/);
    if (command) return this.command(command[1], command[2]);
    return this.attempt(this.api.message({ user: this.me, channel: this.place.channel, text: this.wire(text) }));
  }

  sendFile(file, text) {
    const body = { user: this.me, channel: this.place.channel, text: this.wire(text) };
    return this.attempt(this.api.share(body, file));
  }

  command(name, text) {
    const known = this.config.commands.map((each) => each.command);
    if (known.includes(name))
      return this.attempt(this.api.command({ user: this.me, channel: this.place.channel, command: name, text }));
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

  /** The server toggles: a reaction that is there already is not chosen a second time. */
  react(message, name, add) {
    const mine = message.reactions.some((each) => each.name === name && each.users.includes(this.me));
    if (mine === add) return;
    const body = { user: this.me, channel: this.place.channel, message_ts: message.ts, name };
    this.attempt(this.api.reaction(body)).catch(() => {});
  }

  shortcut(shortcut, message) {
    const body = {
      user: this.me,
      callback_id: shortcut.callback_id,
      channel: this.place.channel,
      message_ts: message.ts,
    };
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
}

function byId(id) {
  return document.getElementById(id);
}

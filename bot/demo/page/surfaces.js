/**
 * The context each surface with blocks is rendered in (messages, modals, App Home), and the way of an action from a
 * pressed button to the server.
 */
import { FormValues } from "./form_values.js";
import { Pending } from "./pending.js";
import { openMenu } from "./popup.js";

export class Surfaces {
  constructor(desk) {
    this.desk = desk;
    this.pending = new Pending();
    this.values = new Map(); // FormValues of messages and App Home, by ts
    this.memory = new Map(); // which feedback button is down, by ts
  }

  /** What the lists of messages need to know and can ask for. */
  messageHost() {
    const { desk } = this;
    return {
      get names() {
        return desk.names;
      },
      get me() {
        return desk.me;
      },
      get botName() {
        return desk.botName;
      },
      get shortcuts() {
        return desk.config.shortcuts;
      },
      user: (id) => desk.people.find((person) => person.id === id),
      blockContext: (message) => this.message(message),
      onReply: (message, options) => desk.openThread(message, options),
      onReact: (message, name, add) => desk.react(message, name, add),
      onShortcut: (shortcut, message) => desk.shortcut(shortcut, message),
      onCopy: (message) => desk.copy(message),
      openMenu,
    };
  }

  message({ ts, blocks }) {
    const origin = { channel: this.desk.place.channel, message_ts: ts };
    return this.context({ blocks, values: this.kept(this.values, ts, FormValues), origin, memory: ts });
  }

  home(view) {
    const values = this.kept(this.values, "home", FormValues);
    return this.context({ blocks: view?.blocks, values, origin: { view_id: view?.id ?? view?.view_id } });
  }

  modal({ blocks, values, viewId }) {
    return this.context({ blocks, values, origin: { view_id: viewId } });
  }

  /** `origin` says where an action comes from; the surface's values go along with it, as Slack does. */
  context({ blocks, values, origin, memory = "" }) {
    const { desk } = this;
    return {
      names: desk.names,
      people: desk.people.filter((person) => !person.is_bot),
      values,
      memory: this.kept(this.memory, memory, Map),
      upload: (file) => desk.api.upload(desk.me, file),
      dispatch: (action, button) =>
        this.act({ user: desk.me, ...origin, action, values: values.snapshot(blocks) }, button),
    };
  }

  kept(store, key, Kind) {
    if (!store.has(key)) store.set(key, new Kind());
    return store.get(key);
  }

  async act(body, button) {
    if (!this.pending.start(button)) return;
    try {
      await this.desk.api.action(body);
      this.pending.taken(button);
    } catch (error) {
      this.pending.settle(button);
      this.desk.fail(error);
    }
  }
}

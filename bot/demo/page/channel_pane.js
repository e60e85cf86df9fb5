/** The middle: a channel's or the direct line's messages with the composer, or App Home. */
import { append, h, icon, iconButton } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { MessageList } from "./messages.js";

export class ChannelPane {
  /** `desk` is the app: its people, commands and actions. */
  constructor(root, desk, host) {
    this.desk = desk;
    this.title = h("h1", {});
    this.topic = h("div", { class: "topic faint small" });
    this.intro = h("div", { class: "intro" });
    const log = h("div", { role: "log", "aria-label": "Messages" });
    this.scroller = h("div", { class: "scroller" }, this.intro, log);
    this.list = new MessageList(log, this.scroller, host);
    this.composer = new Composer({
      testid: "composer",
      sendTestid: "send",
      people: () => desk.people,
      commands: () => desk.config.commands,
      onSend: (text) => desk.send(text),
      onFile: (file, text) => desk.sendFile(file, text),
    });
    this.conversation = h("div", { class: "conversation" }, this.scroller, this.composer.node);
    this.home = h("div", { class: "home scroller", data: { testid: "home" }, hidden: true });
    this.ticketCount = h("span", { class: "count" }, "0");
    root.append(
      h("header", { class: "pane-head" }, [
        iconButton("menu", "Open navigation", { class: "narrow-only", on: { click: () => desk.drawer("nav") } }),
        h("div", { class: "pane-title" }, this.title, this.topic),
        h(
          "button",
          {
            type: "button",
            class: "button narrow-only",
            data: { testid: "open-tickets" },
            on: { click: () => desk.drawer("tickets") },
          },
          "Tickets ",
          this.ticketCount,
        ),
      ]),
      this.conversation,
      this.home,
    );
  }

  showChannel(channel, { messages, replies, moved }) {
    this.home.hidden = true;
    this.conversation.hidden = false;
    const direct = channel.kind === "im";
    this.title.textContent = direct ? channel.name : `# ${channel.name}`;
    this.topic.textContent = channel.topic || (direct ? "Just you and the desk" : "");
    this.composer.name(direct ? `Message ${channel.name}` : `Message #${channel.name}`);
    if (moved) {
      this.showIntro(channel);
      this.list.root.replaceChildren();
      this.list.root.setAttribute("aria-label", `Messages in ${channel.name}`);
    }
    this.list.show(messages, replies, { toBottom: moved });
  }

  showIntro(channel) {
    const { intro, desk } = this;
    intro.replaceChildren();
    if (channel.kind === "im") append(intro, directIntro(desk));
    else if (channel.id === desk.askChannel?.id) append(intro, askIntro(channel, desk));
    else
      append(intro, [
        h("h2", {}, `# ${channel.name}`),
        h("p", { class: "faint" }, channel.topic || "This is where the channel begins."),
        h("p", { class: "faint" }, `Mention @${desk.botName} here and it answers in a thread.`),
      ]);
  }

  /** App Home: the view the desk published for this person, or a moment's patience. */
  showHome(view, context) {
    this.conversation.hidden = true;
    this.home.hidden = false;
    this.title.textContent = "App Home";
    this.topic.textContent = `What ${this.desk.botName} can do for you`;
    const sig = JSON.stringify(view);
    if (this.home.dataset.sig === sig) return;
    this.home.dataset.sig = sig;
    this.home.replaceChildren(
      view
        ? h("div", { class: "home-page" }, renderBlocks(view.blocks, context))
        : h("p", { class: "faint home-page" }, "One moment, the desk is getting this page ready…"),
    );
  }
}

function examples(desk, channel) {
  return h(
    "div",
    { class: "examples", role: "group", "aria-label": "Example questions" },
    desk.config.examples.map((question) =>
      h(
        "button",
        {
          type: "button",
          class: "example",
          data: { testid: "example-question" },
          on: { click: () => desk.askExample(question, channel) },
        },
        question,
      ),
    ),
  );
}

function askIntro(channel, desk) {
  const command = desk.config.commands[0]?.command;
  return [
    h("div", { class: "intro-mark", "aria-hidden": "true" }, icon("bell")),
    h("h2", {}, `Welcome to #${channel.name}`),
    h(
      "p",
      {},
      "Ask about campaigns, lists, links or reports. ",
      h("span", { class: "mention" }, `@${desk.botName}`),
      " answers from the team's own FAQ and documents and shows where the answer stands. What it doesn't know becomes a ticket.",
    ),
    h(
      "p",
      { class: "faint" },
      "Try one of these, or write your own",
      command ? [" (", h("code", {}, command), " asks privately)"] : null,
      ":",
    ),
    examples(desk, channel),
  ];
}

function directIntro(desk) {
  return [
    h("div", { class: "intro-mark", "aria-hidden": "true" }, icon("bell")),
    h("h2", {}, desk.botName),
    h("p", {}, "Your direct line to the desk. No need to mention anyone here, just ask."),
    examples(desk, desk.channel),
  ];
}

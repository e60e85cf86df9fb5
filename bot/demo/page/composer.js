/**
 * Where a person writes: Enter sends, Shift+Enter breaks the line, @ completes people, / completes commands. What is
 * typed comes back when sending fails.
 */
import { h, icon, iconButton, uid } from "./dom.js";
import { avatar } from "./messages.js";

const MOST = 6;
const TALLEST = 220;

export class Composer {
  /**
   * `people()` and `commands()` are what can be completed; `onSend(text)` may reject: then the text stays.
   * `onFile(file, text)`, where files can be sent, takes what is typed along.
   */
  constructor({ testid, sendTestid, people, commands, onSend, onFile = null }) {
    Object.assign(this, { people, commands, onSend, onFile });
    this.choices = [];
    this.at = 0;
    this.listId = uid("suggest");
    this.input = h("textarea", {
      class: "composer-input",
      rows: 1,
      autocomplete: "off",
      spellcheck: "true",
      "aria-autocomplete": "list",
      "aria-controls": this.listId,
      data: { testid },
      on: {
        input: () => this.changed(),
        click: () => this.suggest(),
        keydown: (event) => this.key(event),
        blur: () => this.close(),
      },
    });
    this.list = h("div", {
      class: "suggest",
      role: "listbox",
      id: this.listId,
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.hint = h("div", { class: "composer-hint" });
    this.button = h(
      "button",
      {
        type: "submit",
        class: "send",
        "aria-label": "Send",
        title: "Send",
        disabled: true,
        data: { testid: sendTestid },
      },
      icon("send"),
    );
    this.node = h(
      "form",
      { class: "composer", novalidate: true },
      this.list,
      this.input,
      h("div", { class: "composer-foot" }, onFile ? this.clip() : null, this.hint, this.button),
    );
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  /** The button that sends a file. */
  clip() {
    const picker = h("input", { type: "file", hidden: true, tabindex: "-1", data: { testid: "attach" } });
    picker.addEventListener("change", async () => {
      const [file] = picker.files;
      picker.value = "";
      if (!file) return;
      const text = this.text.trim();
      this.text = "";
      await this.onFile(file, text).catch(() => (this.text = text));
    });
    const button = iconButton("clip", "Send a file", { on: { click: () => picker.click() } });
    return h("span", { class: "composer-clip" }, picker, button);
  }

  get text() {
    return this.input.value;
  }

  set text(value) {
    this.input.value = value;
    this.changed({ suggest: false });
  }

  name(label) {
    this.input.placeholder = label;
    this.input.setAttribute("aria-label", label);
  }

  focus() {
    this.input.focus();
  }

  changed({ suggest = true } = {}) {
    this.button.disabled = this.text.trim() === "";
    this.input.style.setProperty("height", "auto");
    if (this.text) this.input.style.setProperty("height", `${Math.min(this.input.scrollHeight, TALLEST)}px`);
    if (suggest) this.suggest();
    this.showHint();
  }

  async send() {
    const text = this.text.trim();
    if (!text) return;
    this.text = "";
    try {
      await this.onSend(text);
    } catch {
      if (!this.text) this.text = text; // the notice says why; nothing typed is lost
    }
  }

  key(event) {
    if (event.isComposing) return;
    if (!this.list.hidden && this.listKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.send();
    }
  }

  /** Keys while suggestions are open; true when the key was theirs. */
  listKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.at + step + this.choices.length) % this.choices.length);
    else if (event.key === "Tab" || event.key === "Enter") this.pick(this.choices[this.at]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Look at the word before the caret and offer what it may become. */
  suggest() {
    const before = this.text.slice(0, this.input.selectionStart);
    const command = before.match(/^\/(\S*)$/);
    const person = before.match(/(?:^|[\s(])@([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u);
    if (command) this.offer(this.matchingCommands(command[0]), before.length - command[0].length);
    else if (person) this.offer(this.matchingPeople(person[1]), before.length - person[1].length - 1);
    else this.close();
  }

  matchingCommands(typed) {
    return this.commands()
      .filter((each) => each.command.startsWith(typed.toLowerCase()) && each.command !== typed)
      .map((each) => ({
        insert: `${each.command} `,
        label: each.command,
        note: [each.hint, each.description].filter(Boolean).join(" · "),
      }));
  }

  matchingPeople(typed) {
    const wanted = typed.toLowerCase();
    const fits = (name) =>
      name.toLowerCase().startsWith(wanted) ||
      name
        .toLowerCase()
        .split(/\s+/)
        .some((word) => wanted && word.startsWith(wanted));
    return this.people()
      .filter((person) => [person.real_name, person.name].some((name) => name && fits(name)))
      .filter((person) => (person.real_name || person.name).toLowerCase() !== wanted.trimEnd())
      .map((person) => ({
        insert: `@${person.real_name || person.name} `,
        label: person.real_name || person.name,
        person,
        note: person.is_bot ? "App" : "",
      }));
  }

  offer(choices, from) {
    this.choices = choices.slice(0, MOST);
    this.from = from;
    if (!this.choices.length) return this.close();
    this.list.replaceChildren(...this.choices.map((choice, index) => this.row(choice, index)));
    this.list.hidden = false;
    return this.mark(0);
  }

  row(choice, index) {
    const node = h(
      "div",
      { role: "option", id: `${this.listId}-${index}`, class: "suggest-row", data: { testid: "suggestion" } },
      choice.person ? avatar(choice.person, "avatar-small") : null,
      h("strong", {}, choice.label),
      h("span", { class: "faint" }, choice.note),
    );
    // mousedown, not click: the textarea keeps the focus
    node.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.pick(choice);
    });
    return node;
  }

  mark(index) {
    this.at = index;
    [...this.list.children].forEach((node, each) => node.setAttribute("aria-selected", String(each === index)));
    this.input.setAttribute("aria-activedescendant", `${this.listId}-${index}`);
  }

  pick(choice) {
    const end = this.input.selectionStart;
    this.input.setRangeText(choice.insert, this.from, end, "end");
    this.close();
    this.changed({ suggest: false });
    this.focus();
  }

  close() {
    this.list.hidden = true;
    this.choices = [];
    this.input.removeAttribute("aria-activedescendant");
  }

  /** A command's own hint while one is typed, else what the keys do. */
  showHint() {
    const known = this.commands().find((each) => this.text.startsWith(`${each.command} `));
    this.hint.textContent = known
      ? [known.command, known.hint].filter(Boolean).join(" ") + (known.description ? ` · ${known.description}` : "")
      : this.text
        ? "Enter to send, Shift+Enter for a new line"
        : "";
  }
}

/**
 * Block Kit's value-holding elements as native controls. Each builder takes the element, a field
 * {id, value, change(value, {dispatch})} and the context, and answers with a node; `value` has Slack's state shape.
 */
import { append, h, plain } from "./dom.js";
import { optionsOf } from "./form_values.js";
import { renderText } from "./mrkdwn.js";
import { multiSelect } from "./multi_select.js";

const BUILDERS = {
  plain_text_input: (element, field) => textInput(element, field, element.multiline ? "textarea" : "input", {}),
  number_input: (element, field) =>
    textInput(element, field, "input", { inputmode: element.is_decimal_allowed ? "decimal" : "numeric" }),
  url_text_input: (element, field) =>
    textInput(element, field, "input", { inputmode: "url", autocapitalize: "none" }),
  email_text_input: (element, field) =>
    textInput(element, field, "input", { inputmode: "email", autocapitalize: "none" }),
  datepicker: (element, field) => pickerInput(field, "date", "selected_date"),
  timepicker: (element, field) => pickerInput(field, "time", "selected_time"),
  datetimepicker: dateTimeInput,
  static_select: staticSelect,
  users_select: usersSelect,
  multi_static_select: multiStaticSelect,
  multi_users_select: multiUsersSelect,
  checkboxes: (element, field, ctx) => choices(element, field, ctx, "checkbox"),
  radio_buttons: (element, field, ctx) => choices(element, field, ctx, "radio"),
  file_input: fileInput,
};

/** Elements that are a group of controls rather than one: their label is a legend. */
export const GROUPS = new Set(["checkboxes", "radio_buttons"]);

/** The control for an element, marked with its action_id for tests and for keeping the focus. */
export function buildInput(element, field, ctx) {
  const node = BUILDERS[element.type](element, field, ctx);
  node.dataset.actionId = element.action_id;
  return node;
}

function textInput(element, field, tag, extra) {
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const value = (text) => ({ type: element.type, value: text === "" ? null : text });
  const control = h(tag, {
    id: field.id,
    class: "control",
    ...(tag === "input" ? { type: "text" } : { rows: 4 }),
    autocomplete: "off",
    placeholder: plain(element.placeholder),
    maxlength: element.max_length && element.max_length < 3000 ? element.max_length : null,
    value: field.value.value ?? "",
    autofocus: element.focus_on_load === true,
    ...extra,
    on: {
      input: () => field.change(value(control.value), { dispatch: triggers.includes("on_character_entered") }),
      keydown: (event) => {
        if (
          event.key !== "Enter" ||
          tag === "textarea" ||
          !field.dispatches ||
          !triggers.includes("on_enter_pressed")
        )
          return;
        event.preventDefault();
        field.change(value(control.value), { dispatch: true });
      },
    },
  });
  return control;
}

/** Chosen files are uploaded at once, as Slack does; what is sent with the form are Slack's file objects. */
function fileInput(element, field, ctx) {
  const most = element.max_files ?? 10;
  const status = h("div", { class: "hint", role: "status" }, fileNames(field.value.files));
  const control = h("input", {
    id: field.id,
    class: "control",
    type: "file",
    multiple: most > 1,
    accept: (element.filetypes ?? []).map((ending) => `.${ending}`).join(",") || null,
    on: {
      change: async () => {
        status.textContent = "Uploading…";
        try {
          const chosen = [...control.files].slice(0, most);
          const files = await Promise.all(chosen.map((file) => ctx.upload(file)));
          field.change({ type: element.type, files }, { dispatch: false });
          status.textContent = fileNames(files);
        } catch (error) {
          status.textContent = error.message;
        }
      },
    },
  });
  return h("div", {}, control, status);
}

function fileNames(files) {
  return (files ?? []).map((file) => file.name).join(", ");
}

function pickerInput(field, type, key) {
  const control = h("input", {
    id: field.id,
    class: "control",
    type,
    value: field.value[key] ?? "",
    on: { change: () => field.change({ type: field.value.type, [key]: control.value || null }, { dispatch: true }) },
  });
  return control;
}

/** Slack's value is in seconds since 1970; the control works in the reader's local time. */
function dateTimeInput(element, field) {
  const seconds = field.value.selected_date_time;
  const control = h("input", {
    id: field.id,
    class: "control",
    type: "datetime-local",
    value: seconds ? localIso(new Date(seconds * 1000)) : "",
    on: {
      change: () => {
        const time = control.value ? Math.floor(new Date(control.value).getTime() / 1000) : null;
        field.change({ type: element.type, selected_date_time: time }, { dispatch: true });
      },
    },
  });
  return control;
}

function localIso(when) {
  const shifted = new Date(when.getTime() - when.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function option(value, label) {
  return h("option", { value }, label);
}

/** A native select; its first line stands for "nothing chosen". */
function select(element, field, children, value, onPick) {
  const placeholder = plain(element.placeholder) || "Choose…";
  const control = h("select", { id: field.id, class: "control", on: { change: () => onPick(control.value) } }, [
    option("", placeholder),
    children,
  ]);
  control.value = value ?? "";
  return control;
}

function staticSelect(element, field) {
  const children = element.option_groups
    ? element.option_groups.map((group) =>
        h(
          "optgroup",
          { label: plain(group.label) },
          group.options.map((each) => option(each.value, plain(each.text))),
        ),
      )
    : optionsOf(element).map((each) => option(each.value, plain(each.text)));
  const onPick = (value) => {
    const chosen = optionsOf(element).find((each) => each.value === value) ?? null;
    field.change({ type: element.type, selected_option: chosen }, { dispatch: chosen !== null });
  };
  return select(element, field, children, field.value.selected_option?.value, onPick);
}

function usersSelect(element, field, ctx) {
  const children = ctx.people.map((person) => option(person.id, person.real_name || person.name));
  const onPick = (value) =>
    field.change({ type: element.type, selected_user: value || null }, { dispatch: Boolean(value) });
  return select(element, field, children, field.value.selected_user, onPick);
}

function multiStaticSelect(element, field) {
  const options = optionsOf(element);
  return multiSelect({
    id: field.id,
    placeholder: plain(element.placeholder) || "Choose one or more…",
    items: options.map((each) => ({ value: each.value, label: plain(each.text) })),
    chosen: (field.value.selected_options ?? []).map((each) => each.value),
    max: element.max_selected_items,
    onChange: (values) => {
      const chosen = options.filter((each) => values.includes(each.value));
      field.change({ type: element.type, selected_options: chosen }, { dispatch: true });
    },
  });
}

function multiUsersSelect(element, field, ctx) {
  return multiSelect({
    id: field.id,
    placeholder: plain(element.placeholder) || "Choose people…",
    items: ctx.people.map((person) => ({ value: person.id, label: person.real_name || person.name })),
    chosen: field.value.selected_users ?? [],
    max: element.max_selected_items,
    onChange: (values) => field.change({ type: element.type, selected_users: values }, { dispatch: true }),
  });
}

function choices(element, field, ctx, type) {
  const chosen = () =>
    [...root.querySelectorAll("input:checked")].map((input) => element.options[Number(input.value)]);
  const changed = () => {
    const options = chosen();
    const value = type === "radio" ? { selected_option: options[0] ?? null } : { selected_options: options };
    field.change({ type: element.type, ...value }, { dispatch: true });
  };
  const selected = new Set(
    (field.value.selected_options ?? [field.value.selected_option]).map((each) => each?.value),
  );
  const root = h("div", { id: field.id, class: "choices" });
  return append(
    root,
    element.options.map((each, index) => {
      const input = h("input", {
        type,
        name: field.id,
        value: String(index),
        checked: selected.has(each.value),
        on: { change: changed },
      });
      const note = each.description
        ? h("span", { class: "choice-note" }, renderText(each.description, ctx.names))
        : null;
      return h("label", { class: "choice" }, input, h("span", {}, renderText(each.text, ctx.names), note));
    }),
  );
}

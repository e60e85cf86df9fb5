/**
 * A select of several: a button that shows what is chosen and opens a list of check boxes, with a filter when the
 * list is long. Esc, Tab out and a click elsewhere close it.
 */
import { append, h, icon } from "./dom.js";

const FILTER_FROM = 9;

/** `items` are {value, label}; `onChange(values)` gets the chosen values in the order of the list. */
export function multiSelect({ id, placeholder, items, chosen, max, onChange }) {
  const values = new Set(chosen);
  const face = h("span", { class: "multi-face" });
  const button = h(
    "button",
    { type: "button", id, class: "control multi-button", "aria-expanded": "false", "aria-haspopup": "true" },
    face,
    icon("chevron"),
  );
  const list = h("div", { class: "multi-list", role: "group", "aria-label": placeholder, hidden: true });
  const root = h("div", { class: "multi" }, button, list);

  const show = () => {
    const labels = items.filter((item) => values.has(item.value)).map((item) => item.label);
    face.replaceChildren();
    append(
      face,
      labels.length
        ? labels.map((label) => h("span", { class: "pill" }, label))
        : h("span", { class: "faint" }, placeholder),
    );
    const full = max !== undefined && values.size >= max;
    for (const box of list.querySelectorAll("input[type=checkbox]")) box.disabled = full && !box.checked;
  };
  const open = (wanted) => {
    list.hidden = !wanted;
    if (wanted) list.scrollIntoView({ block: "nearest" });
    button.setAttribute("aria-expanded", String(wanted));
  };
  const toggle = (item, on) => {
    if (on) values.add(item.value);
    else values.delete(item.value);
    show();
    onChange(items.map((each) => each.value).filter((value) => values.has(value)));
  };

  append(list, [items.length >= FILTER_FROM ? filter(list) : null, items.map((item) => row(item, values, toggle))]);
  button.addEventListener("click", () => open(list.hidden));
  closeWhenLeft(root, button, list, open);
  show();
  return root;
}

function row(item, values, toggle) {
  const box = h("input", {
    type: "checkbox",
    value: item.value,
    checked: values.has(item.value),
    on: { change: () => toggle(item, box.checked) },
  });
  return h("label", { class: "choice" }, box, h("span", {}, item.label));
}

function filter(list) {
  const input = h("input", {
    type: "text",
    class: "control",
    placeholder: "Filter",
    "aria-label": "Filter",
    autocomplete: "off",
  });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const label of list.querySelectorAll("label"))
      label.hidden = !label.textContent.toLowerCase().includes(wanted);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // must not submit the form around it
  });
  return input;
}

function closeWhenLeft(root, button, list, open) {
  root.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !root.contains(event.relatedTarget)) open(false);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && event.target === button) {
      event.preventDefault();
      open(true);
      list.querySelector("input")?.focus();
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      event.preventDefault();
      open(false);
      button.focus();
    }
  });
  const outside = (event) => {
    if (!root.isConnected) document.removeEventListener("pointerdown", outside);
    else if (!root.contains(event.target)) open(false);
  };
  document.addEventListener("pointerdown", outside);
}

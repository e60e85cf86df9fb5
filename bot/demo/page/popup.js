/** Small menus that open at a button, and the confirm dialog. Only one menu is open at a time. */
import { append, h, plain, uid } from "./dom.js";
import { renderText } from "./mrkdwn.js";

let current = null;

/** Close the open menu, if any; true when there was one. */
export function closeMenu({ refocus = false } = {}) {
  if (!current) return false;
  const { menu, anchor, outside } = current;
  current = null;
  document.removeEventListener("pointerdown", outside, true);
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus && anchor.isConnected) anchor.focus();
  return true;
}

/** Open a menu of `items` ({label, note, onPick, testid}) at `anchor`; a second press on the anchor closes it. */
export function openMenu(anchor, items, { label = "Menu", layout = "list" } = {}) {
  if (current?.anchor === anchor) return closeMenu({ refocus: true });
  closeMenu();
  const menu = h("div", { class: `menu menu-${layout}`, role: "menu", "aria-label": label }, items.map(menuItem));
  menu.addEventListener("keydown", (event) => menuKey(event, menu));
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) closeMenu();
  };
  current = { menu, anchor, outside };
  (anchor.closest("dialog") ?? document.body).append(menu);
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  menu.querySelector("button")?.focus();
  return true;
}

function menuItem(item) {
  const pick = () => {
    closeMenu({ refocus: true });
    item.onPick();
  };
  const props = {
    type: "button",
    role: "menuitem",
    tabindex: "-1",
    "aria-label": item.name,
    title: item.name,
    data: { testid: item.testid },
    on: { click: pick },
  };
  return h("button", props, h("span", {}, item.label), item.note ? h("span", { class: "faint" }, item.note) : null);
}

function menuKey(event, menu) {
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step) {
    event.preventDefault();
    items.at((at + step) % items.length).focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu({ refocus: true });
  }
}

/** Below the anchor where there is room, else above it; never outside the window. */
function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.min(box.left, window.innerWidth - width - 8);
  const below = box.bottom + 4;
  const top = below + height > window.innerHeight - 8 ? Math.max(8, box.top - height - 4) : below;
  menu.style.setProperty("left", `${Math.max(8, left)}px`);
  menu.style.setProperty("top", `${top}px`);
}

/** Ask before doing, as the element's `confirm` object says; resolves to true or false. */
export function askFirst(confirm, names) {
  return new Promise((resolve) => {
    const title = uid("confirm");
    const close = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const button = (text, extra, answer) =>
      h("button", { type: "button", class: `button ${extra}`, on: { click: () => close(answer) } }, text);
    const dialog = h("dialog", {
      class: "dialog dialog-small",
      "aria-labelledby": title,
      data: { testid: "confirm" },
    });
    append(dialog, [
      h("h2", { id: title }, plain(confirm.title) || "Are you sure?"),
      h("div", { class: "dialog-body" }, renderText(confirm.text, names)),
      h("footer", { class: "dialog-foot" }, [
        button(plain(confirm.deny) || "Cancel", "", false),
        button(
          plain(confirm.confirm) || "Yes",
          confirm.style === "danger" ? "button-danger" : "button-primary",
          true,
        ),
      ]),
    ]);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

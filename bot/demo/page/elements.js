/**
 * Block Kit's pressable elements: button, overflow, feedback buttons, icon button. Pressing one calls
 * `ctx.dispatch(action, button)` with the action as Slack sends it.
 */
import { h, icon, plain, safeUrl } from "./dom.js";
import { renderPlain } from "./mrkdwn.js";
import { askFirst, openMenu } from "./popup.js";

const BUILDERS = {
  button: pressButton,
  workflow_button: pressButton,
  overflow,
  feedback_buttons: feedbackButtons,
  icon_button: iconPress,
};

/** Whether this module can make the element. */
export function isPressable(element) {
  return Object.hasOwn(BUILDERS, element?.type);
}

export function buildPressable(element, block, ctx) {
  return BUILDERS[element.type](element, block, ctx);
}

/** Send an action, after asking first when the element wants that. */
export async function press(element, block, ctx, extra, button) {
  if (element.confirm && !(await askFirst(element.confirm, ctx.names))) return;
  ctx.dispatch({ type: element.type, block_id: block.block_id, action_id: element.action_id, ...extra }, button);
}

function pressButton(element, block, ctx) {
  const style = { primary: "button-primary", danger: "button-danger" }[element.style] ?? "";
  const props = {
    class: `button ${style}`,
    "aria-label": element.accessibility_label,
    data: { actionId: element.action_id, blockId: block.block_id },
  };
  const extra = { value: element.value, text: element.text };
  const href = element.url ? safeUrl(element.url) : null;
  if (href) {
    const node = h("a", { ...props, href, target: "_blank", rel: "noopener noreferrer" }, renderPlain(element.text));
    node.addEventListener("click", () => press({ ...element, confirm: null }, block, ctx, extra, null));
    return node;
  }
  const node = h("button", { ...props, type: "button" }, h("span", {}, renderPlain(element.text)));
  node.addEventListener("click", () => press(element, block, ctx, extra, node));
  return node;
}

function overflow(element, block, ctx) {
  const items = (element.options ?? []).map((option) => ({
    label: plain(option.text),
    note: plain(option.description),
    onPick: () => {
      if (option.url && safeUrl(option.url)) window.open(option.url, "_blank", "noopener");
      press(element, block, ctx, { selected_option: option }, node);
    },
  }));
  const node = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      data: { actionId: element.action_id, blockId: block.block_id },
      on: { click: () => openMenu(node, items, { label: "More actions" }) },
    },
    icon("more"),
  );
  return node;
}

/** Slack sends every flip and never an "off"; which side is down is remembered on this page only. */
function feedbackButtons(element, block, ctx) {
  const key = `${block.block_id}/${element.action_id}`;
  const side = (part, name) => {
    const node = h(
      "button",
      {
        type: "button",
        class: "icon-button feedback",
        title: plain(part.text),
        "aria-label": part.accessibility_label ?? plain(part.text),
        "aria-pressed": String(ctx.memory.get(key) === part.value),
        data: { actionId: element.action_id, blockId: block.block_id, value: part.value },
      },
      icon(name),
    );
    node.addEventListener("click", () => {
      ctx.memory.set(key, part.value);
      for (const each of root.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === node));
      press(element, block, ctx, { value: part.value, text: part.text }, null);
    });
    return node;
  };
  const root = h("span", { class: "feedback-pair", role: "group", "aria-label": "Was this helpful?" });
  root.append(side(element.positive_button ?? {}, "up"), side(element.negative_button ?? {}, "down"));
  return root;
}

function iconPress(element, block, ctx) {
  const node = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      title: plain(element.text),
      "aria-label": element.accessibility_label ?? plain(element.text),
      data: { actionId: element.action_id, blockId: block.block_id },
    },
    icon(element.icon),
  );
  node.addEventListener("click", () =>
    press(element, block, ctx, { value: element.value, text: element.text }, node),
  );
  return node;
}

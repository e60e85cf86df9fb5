/**
 * Block Kit as DOM: our own small renderer. `renderBlocks` takes the blocks of a message, a modal or App Home and a
 * context:
 *
 *   names     {user(id), channel(id), me} for mentions
 *   people    the users a users_select offers
 *   values    FormValues of this surface
 *   memory    Map that remembers which feedback button is down
 *   dispatch  (action, button) => void, called for every block action
 *   onInput   (block_id) => void, called when an input changes (optional)
 *
 * A block it does not know shows a discreet line instead of nothing, so that a gap is seen.
 */
import { h, icon, plain, uid } from "./dom.js";
import { buildPressable, isPressable, press } from "./elements.js";
import { holdsValue } from "./form_values.js";
import { buildInput, GROUPS } from "./inputs.js";
import { renderMarkdown } from "./markdown.js";
import { renderPlain, renderText } from "./mrkdwn.js";
import { renderRichText } from "./rich_text.js";

const RENDERERS = {
  actions,
  alert,
  context,
  context_actions: actions,
  divider: () => h("hr"),
  header: (block) => h("h3", { class: "block-header" }, renderPlain(block.text)),
  image,
  input,
  markdown: (block) => renderMarkdown(block.text),
  rich_text: (block, ctx) => renderRichText(block, ctx.names),
  section,
};

export function renderBlocks(blocks, ctx) {
  return h(
    "div",
    { class: "blocks" },
    (blocks ?? []).map((block) => renderBlock(block, ctx)),
  );
}

function renderBlock(block, ctx) {
  const known = Object.hasOwn(RENDERERS, block?.type);
  const node = known ? RENDERERS[block.type](block, ctx) : unsupported("block", block?.type);
  node.classList.add("block", known ? `block-${block.type}` : "block-unknown");
  if (block?.block_id) node.dataset.blockId = block.block_id;
  return node;
}

function unsupported(kind, type) {
  return h("div", { class: "unsupported" }, `unsupported ${kind}: ${type ?? "without a type"}`);
}

function section(block, ctx) {
  const body = h("div", { class: "section-body" }, block.text ? renderText(block.text, ctx.names) : null);
  if (block.fields) {
    body.append(
      h(
        "div",
        { class: "fields" },
        block.fields.map((field) => h("div", {}, renderText(field, ctx.names))),
      ),
    );
  }
  const accessory = block.accessory
    ? h("div", { class: "accessory" }, renderElement(block.accessory, block, ctx))
    : null;
  return h("div", {}, body, accessory);
}

function context(block, ctx) {
  const parts = (block.elements ?? []).map((element) =>
    element.type === "image" ? pictureText(element) : h("span", {}, renderText(element, ctx.names)),
  );
  return h("div", {}, parts);
}

function actions(block, ctx) {
  return h(
    "div",
    {},
    (block.elements ?? []).map((element) => renderElement(element, block, ctx)),
  );
}

function alert(block, ctx) {
  return h("div", { role: "note", data: { level: block.level ?? "default" } }, renderText(block.text, ctx.names));
}

/** Pictures from elsewhere are not loaded: the demo makes no request to other machines. */
function image(block) {
  const title = plain(block.title);
  return h("figure", {}, title ? h("figcaption", {}, title) : null, pictureText(block));
}

function pictureText({ alt_text: alt }) {
  return h(
    "span",
    { class: "picture", role: "img", "aria-label": alt ?? "Picture" },
    icon("picture"),
    alt ?? "Picture",
  );
}

/** Any element of an actions block, an accessory included; a chosen value is sent at once. */
function renderElement(element, block, ctx) {
  if (isPressable(element)) return buildPressable(element, block, ctx);
  if (element.type === "image") return pictureText(element);
  if (!holdsValue(element)) return unsupported("element", element.type);
  const node = buildInput(element, fieldFor(element, block, ctx, true), ctx);
  const control = focusable(node);
  control.setAttribute("aria-label", plain(element.placeholder) || plain(block.text) || "Choose");
  return h("span", { class: "inline-control" }, node);
}

function fieldFor(element, block, ctx, dispatches) {
  return {
    id: uid("field"),
    dispatches,
    value: ctx.values.of(block.block_id, element),
    change(value, { dispatch }) {
      ctx.values.set(block.block_id, element.action_id, value);
      ctx.onInput?.(block.block_id);
      if (dispatches && dispatch) press(element, block, ctx, value, null);
    },
  };
}

function input(block, ctx) {
  if (!holdsValue(block.element)) return unsupported("input", block.element?.type);
  const field = fieldFor(block.element, block, ctx, block.dispatch_action === true);
  const control = buildInput(block.element, field, ctx);
  const label = [renderPlain(block.label), block.optional ? h("span", { class: "faint" }, " (optional)") : null];
  const hint = block.hint ? h("div", { class: "hint", id: `${field.id}-hint` }, renderPlain(block.hint)) : null;
  const error = h("div", {
    class: "field-error",
    id: `${field.id}-error`,
    data: { testid: "field-error", for: block.block_id },
  });
  describe(focusable(control), block, field, hint);
  const root = GROUPS.has(block.element.type)
    ? h("fieldset", {}, h("legend", { class: "label" }, label), control, error, hint)
    : h("div", {}, h("label", { class: "label", for: field.id }, label), control, error, hint);
  return root;
}

function focusable(control) {
  return control.matches("input,select,textarea") ? control : (control.querySelector("button,input") ?? control);
}

function describe(control, block, field, hint) {
  control.setAttribute(
    "aria-describedby",
    [`${field.id}-error`, hint ? `${field.id}-hint` : null].filter(Boolean).join(" "),
  );
  if (!block.optional && control.matches("input:not([type=checkbox],[type=radio]),select,textarea"))
    control.setAttribute("aria-required", "true");
}

/** Put an error under the input of a rendered input block, or take it away. */
export function showError(root, sentence) {
  const error = root.querySelector("[data-testid=field-error]");
  if (!error) return;
  error.textContent = sentence ?? "";
  root.classList.toggle("has-error", Boolean(sentence));
  for (const control of root.querySelectorAll("input,select,textarea,.multi-button")) {
    if (sentence) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

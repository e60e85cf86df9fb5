/**
 * The only place that makes elements. Text becomes text nodes and nothing is ever parsed as HTML, so whatever a
 * person or a document says stays text.
 */

const SVG = "http://www.w3.org/2000/svg";
const SAFE_SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** Outline icons on a 20 x 20 grid, as path data. */
const ICONS = {
  bell: "M3 15.5h14M4.5 13a5.5 5.5 0 0 1 11 0zM10 7.5V5.5M8.3 5.5h3.4",
  clip: "M13.5 7l-5.3 5.3a1.6 1.6 0 0 0 2.3 2.3l5.6-5.6a3.1 3.1 0 0 0-4.4-4.4L6 10.3a4.6 4.6 0 0 0 6.5 6.5l4-4",
  chevron: "M5 8l5 5 5-5",
  close: "M5 5l10 10M15 5L5 15",
  eye: "M2.5 10c3.5-6 11.5-6 15 0-3.5 6-11.5 6-15 0zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  down: "M6 4v8M6 12h1.5l3 5.5c1.6 0 2-1 1.7-2.3L11.8 13H16c1 0 1.5-.9 1.2-1.8L15.6 5c-.2-.7-.7-1-1.4-1H6M3 4v8",
  hash: "M7.5 4L6 16M14 4l-1.5 12M4 7.5h12.5M3.5 12.5H16",
  home: "M3.5 9.5L10 4l6.5 5.5M5.5 8.5V16h9V8.5",
  lock: "M5.5 9.5h9V16h-9zM7.5 9.5V7a2.5 2.5 0 0 1 5 0v2.5",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  moon: "M16 12.2A6.5 6.5 0 1 1 8 4a5.3 5.3 0 0 0 8 8.2z",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  picture: "M3.5 4.5h13v11h-13zM4 14l3.5-4 3 3 2-2 3.5 3.5M12.5 8h.01",
  reply: "M4 4.5h12v9H9.5L6 16.5v-3H4z",
  send: "M3.5 10L16.5 4l-4 12.5-3-5.5zM9.5 11l7-7",
  smile: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7.5 8v.6M12.5 8v.6M6.8 11.8c1.5 2.3 4.9 2.3 6.4 0",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.7M10 16.3V18M2 10h1.7M16.3 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2",
  trash: "M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6",
  up: "M6 16V8M6 8h1.5l3-5.5c1.6 0 2 1 1.7 2.3L11.8 7H16c1 0 1.5.9 1.2 1.8L15.6 15c-.2.7-.7 1-1.4 1H6M3 16V8",
};

/**
 * Make an element. `props`: attributes by name, plus `on` (listeners by event), `data` (data-* by name), and the
 * properties `value`, `checked`. Null, undefined and false are left out, in props and in children.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProp(node, name, value);
  append(node, children);
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "data") {
    for (const [key, text] of Object.entries(value))
      if (text !== null && text !== undefined) node.dataset[key] = text;
  } else if (name === "value" || name === "checked") {
    node[name] = value;
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Append children of any nesting; strings and numbers become text nodes. */
export function append(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** An outline icon, hidden from assistive technology: the button around it carries the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? ICONS.more);
  svg.append(path);
  return svg;
}

/** A button that shows only an icon; `label` is its name and its tooltip. */
export function iconButton(name, label, props = {}) {
  const { class: extra = "", ...rest } = props;
  return h(
    "button",
    { type: "button", title: label, "aria-label": label, class: `icon-button ${extra}`, ...rest },
    icon(name),
  );
}

/** The address if it is one a link may lead to (http, https, mailto), otherwise null. */
export function safeUrl(url) {
  try {
    return SAFE_SCHEMES.has(new URL(String(url)).protocol) ? String(url) : null;
  } catch {
    return null;
  }
}

/** A link that opens elsewhere; an unsafe address leaves just its text. */
export function link(url, children, props = {}) {
  const href = safeUrl(url);
  if (!href) return h("span", {}, children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...props }, children);
}

/** Plain text of a Slack text object ({text}) or of a string. */
export function plain(textObject) {
  if (typeof textObject === "string") return textObject;
  return textObject?.text ?? "";
}

/** A short stable number for a string, to pick an avatar tone. */
export function tone(text, tones = 8) {
  let sum = 7;
  for (const char of String(text)) sum = (sum * 31 + char.codePointAt(0)) % 9973;
  return sum % tones;
}

let serial = 0;

/** An element id that is unique on this page. */
export function uid(prefix = "e") {
  serial += 1;
  return `${prefix}-${serial}`;
}

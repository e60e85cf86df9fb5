/**
 * Slack's mrkdwn as DOM: *bold* _italic_ ~strike~ `code` ```pre``` > quote, bullets, <links|text>, mentions, dates
 * and :emoji:. Works on Slack's wire form, where & < > are escaped; they are unescaped once, at the leaf.
 */
import { append, h, link } from "./dom.js";
import { emoji } from "./emoji.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const TOKEN = /<([^<>\n]+)>|`([^`\n]+)`|:([a-z0-9_+-]+):/g;

/** Slack's three entities back to characters; exactly once, so "&amp;lt;" reads "&lt;". */
export function unescapeText(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

/** A whole text: paragraphs, fences, quotes and lists. `names` has user(id) and channel(id). */
export function renderMrkdwn(text, names) {
  const root = h("div", { class: "mrkdwn" });
  const parts = String(text ?? "").split(/```\n?([\s\S]*?)\n?```\n?/);
  parts.forEach((part, index) => {
    if (index % 2) root.append(h("pre", {}, h("code", {}, unescapeText(part))));
    else renderLines(root, part, names);
  });
  return root;
}

/** One plain_text object: no markup, but emoji unless it says otherwise. */
export function renderPlain(textObject) {
  const text = typeof textObject === "string" ? textObject : (textObject?.text ?? "");
  if (textObject?.emoji === false) return document.createTextNode(text);
  return document.createTextNode(text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole));
}

/** A text object of either type. */
export function renderText(textObject, names) {
  if (!textObject) return document.createTextNode("");
  if (textObject.type === "mrkdwn") return renderMrkdwn(textObject.text, names);
  return h("div", { class: "plain" }, renderPlain(textObject));
}

function renderLines(root, text, names) {
  const lines = text.replace(/^\n+|\n+$/g, "").split("\n");
  if (lines.length === 1 && lines[0] === "") return;
  for (const group of groupLines(lines)) {
    const rows = group.lines.map((line) => renderInline(line, names));
    if (group.kind === "quote") root.append(h("blockquote", {}, withBreaks(rows)));
    else if (group.kind === "numbers") root.append(numbered(group.lines, names));
    else if (group.kind === "list")
      root.append(
        h(
          "ul",
          {},
          rows.map((row) => h("li", {}, row)),
        ),
      );
    else if (group.kind === "gap") root.append(h("div", { class: "gap" }));
    else root.append(h("div", { class: "para" }, withBreaks(rows)));
  }
}

/** Neighbouring lines of one kind together, markers taken off. */
function groupLines(lines) {
  const groups = [];
  for (const line of lines) {
    const [kind, rest] = classify(line);
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(rest);
    else groups.push({ kind, lines: [rest] });
  }
  return groups;
}

function classify(line) {
  const quote = line.match(/^(?:>|&gt;) ?(.*)$/);
  if (quote) return ["quote", quote[1]];
  const bullet = line.match(/^\s*[•◦‣-] +(.*)$/);
  if (bullet) return ["list", bullet[1]];
  if (/^\s*\d{1,3}\. +\S/.test(line)) return ["numbers", line.trim()];
  return line.trim() === "" ? ["gap", ""] : ["para", line];
}

/** Lines that begin with a number keep it, and hang as a list. */
function numbered(lines, names) {
  const items = lines.map((line) => {
    const [, number, rest] = line.match(/^(\d+)\. +(.*)$/);
    return h("li", { value: number }, renderInline(rest, names));
  });
  return h("ol", {}, items);
}

function withBreaks(rows) {
  return rows.flatMap((row, index) => (index ? [h("br"), row] : [row]));
}

/** One line: tokens first (links, code, emoji), then *bold* and its kin in the text between them. */
export function renderInline(text, names) {
  const pieces = [];
  let rest = 0;
  for (const match of text.matchAll(TOKEN)) {
    const node = token(match, names);
    if (!node) continue;
    pieces.push(text.slice(rest, match.index), node);
    rest = match.index + match[0].length;
  }
  pieces.push(text.slice(rest));
  return styled(pieces.filter((piece) => piece !== ""));
}

function token([, angle, code, name], names) {
  if (angle !== undefined) return reference(angle, names);
  if (code !== undefined) return h("code", {}, unescapeText(code));
  const char = emoji(name);
  return char ? h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, char) : null;
}

/** What stands between < and >: a person, a channel, a group, a date or a link. */
function reference(body, names) {
  const [target, label] = splitOnce(body, "|");
  const kind = target[0];
  if (kind === "@")
    return mention(`@${names.user(target.slice(1)) ?? label ?? target.slice(1)}`, target.slice(1), names);
  if (kind === "#")
    return h("span", { class: "mention" }, `#${names.channel(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("!date^")) return dateToken(target, label);
  if (kind === "!") return h("span", { class: "mention" }, label ?? `@${target.slice(1).split("^")[0]}`);
  return link(unescapeText(target), unescapeText(label ?? target.replace(/^mailto:/, "")));
}

/** A person's mention; one's own stands out. */
export function mention(text, userId, names) {
  return h("span", { class: names.me === userId ? "mention mention-me" : "mention" }, text);
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function dateToken(target, fallback) {
  const [, seconds, format = "{date} {time}", url] = target.split("^");
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return document.createTextNode(unescapeText(fallback ?? ""));
  const words = h("time", { datetime: when.toISOString() }, formatDate(when, format));
  return url ? link(unescapeText(url), words) : words;
}

/** Slack's date tokens in the reader's own time zone. */
export function formatDate(when, format) {
  const text = (options) => when.toLocaleString([], options);
  const tokens = {
    date_num: () => `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())}`,
    date: () => text({ year: "numeric", month: "long", day: "numeric" }),
    date_short: () => text({ year: "numeric", month: "short", day: "numeric" }),
    date_long: () => text({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
    time: () => text({ hour: "numeric", minute: "2-digit" }),
    time_secs: () => text({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  };
  return format.replace(/\{([a-z_]+)\}/g, (whole, name) => tokens[name.replace(/_pretty$/, "")]?.() ?? whole);
}

function pad(number) {
  return String(number).padStart(2, "0");
}

/** Apply *bold*, _italic_ and ~strike~ over a line already cut into strings and nodes. */
function styled(pieces) {
  const fragment = document.createDocumentFragment();
  // Nodes stand as private-use characters while markers are matched: *see <url|this>* is bold as a whole.
  const nodes = pieces.filter((piece) => piece instanceof Node);
  let next = 0;
  const line = pieces
    .map((piece) => (piece instanceof Node ? String.fromCharCode(0xe000 + next++) : hideOwn(piece)))
    .join("");
  return append(fragment, styleSpans(line, nodes));
}

/** Text that already uses those private characters must not be taken for a node. */
function hideOwn(text) {
  return text.replace(/[\ue000-\uf8ff]/g, "\ufffd");
}

const SPAN = /(^|[^\p{L}\p{N}*_~`])([*_~])(?=\S)((?:(?!\2).)*\S)\2(?=$|[^\p{L}\p{N}*~`])/u;

function styleSpans(line, nodes) {
  const found = line.match(SPAN);
  if (!found) return leaves(line, nodes);
  const [whole, before, marker, inside] = found;
  return [
    leaves(line.slice(0, found.index) + before, nodes),
    h(STYLES[marker], {}, styleSpans(inside, nodes)),
    styleSpans(line.slice(found.index + whole.length), nodes),
  ];
}

function leaves(text, nodes) {
  return text
    .split(/([\ue000-\uf8ff])/)
    .filter((part) => part !== "")
    .map((part) => (/^[\ue000-\uf8ff]$/.test(part) ? nodes[part.charCodeAt(0) - 0xe000] : unescapeText(part)));
}

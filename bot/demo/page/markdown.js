/**
 * The `markdown` block as DOM: a careful subset of Markdown (headings, nested lists, quotes, fences, tables, rules,
 * bold, italic, strike, code, links). Raw HTML is text. Anything not understood is shown as it was written.
 */
import { append, h, link } from "./dom.js";
import { emoji } from "./emoji.js";

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const FENCE = /^\s*(```|~~~)/;
const ITEM = /^(\s*)([-*+•]|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^\s*> ?(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Quotes within quotes are followed this deep; deeper ones are shown at this depth. */
const DEEPEST_QUOTE = 5;
const DEEPER = new RegExp(`^((?:[ \\t]*>){${DEEPEST_QUOTE}})(?:[ \\t]*>)+`, "gm");

/** A whole Markdown text. */
export function renderMarkdown(text) {
  const source = String(text ?? "")
    .replace(/\r\n?/g, "\n")
    .replace(DEEPER, "$1");
  return append(h("div", { class: "markdown" }), blocksOf(source.split("\n")));
}

function blocksOf(lines) {
  const out = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === "") {
      at += 1;
      continue;
    }
    const [node, next] = blockAt(lines, at);
    out.push(node);
    at = next;
  }
  return out;
}

/** The block that begins at line `at`, and the line after it. */
function blockAt(lines, at) {
  const line = lines[at];
  const heading = line.match(HEADING);
  if (heading) return [h(`h${Math.min(heading[1].length + 2, 6)}`, {}, inline(heading[2])), at + 1];
  if (FENCE.test(line)) return fence(lines, at);
  if (RULE.test(line)) return [h("hr"), at + 1];
  if (QUOTE.test(line)) return quote(lines, at);
  if (ITEM.test(line)) return list(lines, at);
  if (line.includes("|") && TABLE_RULE.test(lines[at + 1] ?? "") && lines[at + 1].includes("-"))
    return table(lines, at);
  return paragraph(lines, at);
}

function fence(lines, at) {
  const mark = lines[at].match(FENCE)[1];
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(mark)) end += 1;
  return [h("pre", { tabindex: "0" }, h("code", {}, lines.slice(at + 1, end).join("\n"))), end + 1];
}

function quote(lines, at) {
  let end = at;
  const inner = [];
  while (end < lines.length && QUOTE.test(lines[end])) inner.push(lines[end++].match(QUOTE)[1]);
  return [h("blockquote", {}, blocksOf(inner)), end];
}

/** One list; deeper indented items and continuation lines belong to the item above them. */
function list(lines, at) {
  const [, indent, marker] = lines[at].match(ITEM);
  const ordered = /\d/.test(marker);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const item = lines[end].match(ITEM);
    const blank = lines[end].trim() === "";
    const inside = items.length > 0 && (blank || depth(lines[end]) > indent.length);
    if (item && item[1].length <= indent.length) {
      if (/\d/.test(item[2]) !== ordered || item[1].length < indent.length) break;
      items.push([item[3]]);
    } else if (inside && !(blank && !continues(lines, end + 1, indent.length, ordered))) {
      items.at(-1).push(lines[end]);
    } else break;
    end += 1;
  }
  const start = ordered ? Number.parseInt(marker, 10) : null;
  return [h(ordered ? "ol" : "ul", { start: start === 1 ? null : start }, items.map(listItem)), end];
}

/** Whether the list goes on after a blank line. */
function continues(lines, at, indent, ordered) {
  const line = lines[at];
  if (line === undefined || line.trim() === "") return false;
  const item = line.match(ITEM);
  if (item && item[1].length === indent) return /\d/.test(item[2]) === ordered;
  return depth(line) > indent;
}

function depth(line) {
  return line.length - line.trimStart().length;
}

function listItem([first, ...rest]) {
  const box = first.match(/^\[([ xX])\]\s+(.*)$/);
  const head = box ? [box[1] === " " ? "☐ " : "☑ ", inline(box[2])] : inline(first);
  const shift = Math.min(...rest.filter((line) => line.trim()).map(depth), Infinity);
  return h(
    "li",
    {},
    head,
    rest.length ? blocksOf(rest.map((line) => line.slice(Number.isFinite(shift) ? shift : 0))) : null,
  );
}

function table(lines, at) {
  const head = cells(lines[at]);
  let end = at + 2;
  const rows = [];
  while (end < lines.length && lines[end].includes("|") && lines[end].trim()) rows.push(cells(lines[end++]));
  const row = (tag, texts) =>
    h(
      "tr",
      {},
      head.map((_, index) => h(tag, {}, inline(texts[index] ?? ""))),
    );
  const body = h(
    "table",
    {},
    h("thead", {}, row("th", head)),
    h(
      "tbody",
      {},
      rows.map((texts) => row("td", texts)),
    ),
  );
  return [h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, body), end];
}

function cells(line) {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(^|[^\\])\|$/, "$1");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function paragraph(lines, at) {
  let end = at;
  const text = [];
  while (end < lines.length && lines[end].trim() && (end === at || !startsBlock(lines, end))) text.push(lines[end++]);
  const pieces = text.flatMap((line, index) => [index ? h("br") : null, inline(line.trim())]);
  return [h("p", {}, pieces), end];
}

function startsBlock(lines, at) {
  const line = lines[at];
  return [HEADING, FENCE, RULE, QUOTE, ITEM].some((pattern) => pattern.test(line));
}

const ESCAPED = "\\\\([!-/:-@[-`{-~])";
const CODE = "(`+)([^`](?:.*?[^`])?)\\2(?!`)";
const LINK =
  '!?\\[((?:[^\\[\\]\\\\]|\\\\.|\\[[^\\]]*\\])*)\\]\\((<[^<>]*>|(?:[^\\s()]|\\([^\\s()]*\\))*)(?:\\s+"[^"]*")?\\)';
const BARE = "<?(https?:\\/\\/[^\\s<>]*[^\\s<>.,;:!?)\\]'\"*_])>?";
const STRONG = "(?<![\\p{L}\\p{N}])__(?=\\S)(.+?)(?<=\\S)__(?![\\p{L}\\p{N}])|\\*\\*(?=\\S)(.+?)(?<=\\S)\\*\\*";
const EM = "(?<![\\p{L}\\p{N}])_(?=\\S)(.+?)(?<=\\S)_(?![\\p{L}\\p{N}])|\\*(?=\\S)([^*]+?)(?<=\\S)\\*";
const STRIKE = "~~(?=\\S)(.+?)(?<=\\S)~~";
const EMOJI_NAME = ":([a-z0-9_+-]+):";
const INLINE = new RegExp([ESCAPED, CODE, LINK, BARE, STRONG, EM, STRIKE, EMOJI_NAME].join("|"), "u");

/** One line of Markdown as nodes and strings. */
export function inline(text) {
  const found = INLINE.exec(text);
  if (!found) return [text];
  const after = text.slice(found.index + found[0].length);
  return [text.slice(0, found.index), span(found), ...inline(after)];
}

function span([whole, escaped, , code, label, target, bare, strongA, strongB, emA, emB, strike, name]) {
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return h("code", {}, code.replace(/^ (.*) $/, "$1"));
  if (label !== undefined) return link(target.replace(/^<(.*)>$/, "$1"), inline(label));
  if (bare !== undefined) return link(bare, bare);
  if (strongA ?? strongB) return h("strong", {}, inline(strongA ?? strongB));
  if (emA ?? emB) return h("em", {}, inline(emA ?? emB));
  if (strike !== undefined) return h("s", {}, inline(strike));
  return emoji(name) ?? whole;
}

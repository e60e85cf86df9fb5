/**
 * A ticket's description as DOM. Trackers keep it as wiki markup: h3. headings, * and # lists, ||tables||,
 * {noformat}, {quote}, *bold*, _italic_, {{code}}, [text|url]. What is not understood stays as written.
 */
import { append, h, link } from "./dom.js";

const FENCE = /\{(noformat|code|quote|panel)(?::[^}]*)?\}\n?([\s\S]*?)\n?\{\1\}/g;
const INLINE =
  /\\([-*_{}[\]|\\!~^+?#])|\{\{(.+?)\}\}|\[([^[\]|]+)\|(https?:[^\]|\s]+)(?:\|[^\]]*)?\]|\[?(https?:\/\/[^\s\]|<>]*[^\s\]|<>.,;:!?)'"])\]?|(?<![\p{L}\p{N}])\*(\S|\S[^*\n]*\S)\*(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])_(\S|\S[^_\n]*\S)_(?![\p{L}\p{N}])/u;

export function renderWiki(text) {
  const source = String(text ?? "").replace(/\r\n?/g, "\n");
  const root = h("div", { class: "wiki markdown" });
  let rest = 0;
  for (const match of source.matchAll(FENCE)) {
    append(root, lines(source.slice(rest, match.index)));
    root.append(fenced(match[1], match[2]));
    rest = match.index + match[0].length;
  }
  return append(root, lines(source.slice(rest)));
}

/** A person's own words are kept in {noformat}: shown as a quotation, lines as typed. */
function fenced(kind, body) {
  if (kind === "code") return h("pre", { tabindex: "0" }, h("code", {}, body));
  if (kind === "noformat") return h("blockquote", { class: "as-typed" }, body);
  return h("blockquote", {}, lines(body));
}

function lines(text) {
  const out = [];
  for (const line of text.split("\n")) {
    const node = lineNode(line, out.at(-1));
    if (node) out.push(node);
  }
  return out;
}

/** A new node for a line; null when the line went into the node before it or is empty. */
function lineNode(line, before) {
  const heading = line.match(/^h([1-6])\.\s+(.*)$/);
  if (heading) return h(`h${Math.min(Number(heading[1]) + 1, 6)}`, {}, inline(heading[2]));
  if (/^-{4,}\s*$/.test(line)) return h("hr");
  const item = line.match(/^\s*([*#-]+)\s+(.*)$/);
  if (item) return listItem(item, before);
  if (/^\s*\|/.test(line)) return tableRow(line.trim(), before);
  if (line.trim() === "") return before?.tagName === "P" && before.hasChildNodes() ? h("p", { hidden: true }) : null;
  if (before?.tagName === "P" && !before.hidden) {
    append(before, [h("br"), inline(line)]);
    return null;
  }
  return h("p", {}, inline(line));
}

function listItem([, marks, text], before) {
  const tag = marks.endsWith("#") ? "ol" : "ul";
  const item = h("li", { data: { indent: Math.min(marks.length - 1, 6) } }, inline(text));
  if (before?.tagName === tag.toUpperCase()) {
    before.append(item);
    return null;
  }
  return h(tag, {}, item);
}

function tableRow(line, before) {
  const header = line.startsWith("||");
  const cells = line.replace(/^\|+|\|+$/g, "").split(header ? "||" : /\|(?![^[]*\])/);
  const row = h(
    "tr",
    {},
    cells.map((cell) => h(header ? "th" : "td", {}, inline(cell.trim()))),
  );
  if (before?.classList.contains("table-scroll")) {
    before.firstChild.append(row);
    return null;
  }
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", {}, row),
  );
}

function inline(text) {
  const found = INLINE.exec(text);
  if (!found) return [text];
  const [whole, escaped, code, label, url, bare, bold, italic] = found;
  const after = inline(text.slice(found.index + whole.length));
  let node = whole;
  if (escaped) node = escaped;
  else if (code) node = h("code", {}, code);
  else if (url) node = link(url, label.replace(/\\([-*_{}[\]|\\!~^+?#])/g, "$1"));
  else if (bare) node = link(bare, bare);
  else if (bold) node = h("strong", {}, inline(bold));
  else if (italic) node = h("em", {}, inline(italic));
  return [text.slice(0, found.index), node, ...after];
}

/** The `rich_text` block as DOM: sections, lists, quotes and preformatted text, with styled runs. */
import { h, link } from "./dom.js";
import { emojiOrName } from "./emoji.js";
import { formatDate, mention } from "./mrkdwn.js";

const STYLE_TAGS = { bold: "strong", italic: "em", strike: "s", code: "code" };

export function renderRichText(block, names) {
  return h(
    "div",
    { class: "rich-text" },
    (block.elements ?? []).map((element) => part(element, names)),
  );
}

function part(element, names) {
  const runs = () => (element.elements ?? []).map((run) => renderRun(run, names));
  switch (element.type) {
    case "rich_text_section":
      return h("div", { class: "para" }, runs());
    case "rich_text_quote":
      return h("blockquote", {}, runs());
    case "rich_text_preformatted":
      return h("pre", { tabindex: "0" }, h("code", {}, runs()));
    case "rich_text_list":
      return list(element, names);
    default:
      return h("div", { class: "unsupported" }, `unsupported rich text: ${element.type}`);
  }
}

function list(element, names) {
  const items = (element.elements ?? []).map((item) => h("li", {}, part(item, names)));
  const indent = Math.min(Number(element.indent ?? 0), 6);
  const tag = element.style === "ordered" ? "ol" : "ul";
  return h(tag, { data: { indent }, start: element.offset ? element.offset + 1 : null }, items);
}

function renderRun(run, names) {
  switch (run.type) {
    case "text":
      return styled(withBreaks(run.text ?? ""), run.style);
    case "link":
      return styled(link(run.url, run.text ?? run.url), run.style);
    case "emoji":
      return h("span", { class: "emoji" }, emojiOrName(run.name));
    case "user":
      return mention(`@${names.user(run.user_id) ?? run.user_id}`, run.user_id, names);
    case "channel":
      return h("span", { class: "mention" }, `#${names.channel(run.channel_id) ?? run.channel_id}`);
    case "broadcast":
      return h("span", { class: "mention" }, `@${run.range}`);
    case "date":
      return formatDate(new Date(Number(run.timestamp) * 1000), run.format ?? "{date} {time}");
    default:
      return h("span", { class: "unsupported" }, `unsupported: ${run.type}`);
  }
}

function withBreaks(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

function styled(content, style) {
  return Object.entries(STYLE_TAGS).reduce(
    (inner, [name, tag]) => (style?.[name] ? h(tag, {}, inner) : inner),
    content,
  );
}

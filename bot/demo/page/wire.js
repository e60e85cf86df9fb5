/** What a person typed, as Slack's client puts it on the wire: mentions as <@U…>, channels as <#C…|name>, links as <…>. */
import { escapeText } from "./mrkdwn.js";

/** `people` and `channels` are those that can be named; anything else stays text, with & < > escaped. */
export function toWire(text, { people, channels }) {
  const targets = new Map();
  for (const person of people) {
    for (const name of [person.name, person.real_name]) if (name) targets.set(`@${name}`.toLowerCase(), `<@${person.id}>`);
  }
  for (const channel of channels) targets.set(`#${channel.name}`.toLowerCase(), `<#${channel.id}|${escapeText(channel.name)}>`);
  let out = "";
  let rest = 0;
  for (const match of text.matchAll(pattern([...targets.keys()]))) {
    out += escapeText(text.slice(rest, match.index)) + (targets.get(match[0].toLowerCase()) ?? `<${escapeText(match[0])}>`);
    rest = match.index + match[0].length;
  }
  return out + escapeText(text.slice(rest));
}

/** Longer names first, so that "@Maya Lindqvist" is not taken for "@maya". */
function pattern(names) {
  const known = names.sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const link = "https?:\\/\\/[^\\s<>]*[^\\s<>.,;:!?)\\]'\"]";
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${[...known, link].join("|")})(?![\\p{L}\\p{N}_])`, "giu");
}

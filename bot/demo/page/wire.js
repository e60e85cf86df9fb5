/**
 * What a person typed, as it goes over the wire: names of people become mentions, <@U…>. The rest of what Slack's own
 * client does on the way (escaping, links) is done by the stand-in for Slack.
 */

/** "@Name" or "@user_name" of one of `people`, in any case, becomes a mention; other text stays as typed. */
export function toWire(text, people) {
  const ids = new Map(
    people.flatMap((person) =>
      [person.name, person.real_name].filter(Boolean).map((name) => [name.toLowerCase(), person.id]),
    ),
  );
  if (!ids.size) return text;
  // Longer names first, so that "@Maya Lindqvist" is not taken for "@maya" and a rest.
  const names = [...ids.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])@(${names.join("|")})(?![\\p{L}\\p{N}_])`, "giu");
  return text.replace(pattern, (_, name) => `<@${ids.get(name.toLowerCase())}>`);
}

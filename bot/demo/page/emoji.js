/** The emoji names the demo knows; others stay visible as :name:. */
const EMOJI = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", eyes: "👀", white_check_mark: "✅", heavy_check_mark: "✔️",
  x: "❌", warning: "⚠️", wave: "👋", tada: "🎉", pray: "🙏", raised_hands: "🙌", clap: "👏", heart: "❤️", fire: "🔥",
  rocket: "🚀", bulb: "💡", memo: "📝", page_facing_up: "📄", link: "🔗", mag: "🔍", ticket: "🎫", bell: "🔔",
  bellhop_bell: "🛎️", calendar: "📅", date: "📅", hourglass: "⌛", hourglass_flowing_sand: "⏳", clock1: "🕐",
  thinking_face: "🤔", smile: "😄", slightly_smiling_face: "🙂", blush: "😊", sweat_smile: "😅", joy: "😂", sob: "😭",
  question: "❓", exclamation: "❗", information_source: "ℹ️", point_right: "👉", point_up: "☝️", lock: "🔒", key: "🔑",
  email: "📧", envelope: "✉️", chart_with_upwards_trend: "📈", bar_chart: "📊", clipboard: "📋", pushpin: "📌",
  file_folder: "📁", books: "📚", book: "📖", star: "⭐", sparkles: "✨", zap: "⚡", hammer_and_wrench: "🛠️", wrench: "🔧",
  gear: "⚙️", package: "📦", bookmark: "🔖", label: "🏷️", arrow_right: "➡️", arrow_down: "⬇️", arrows_counterclockwise: "🔄",
  large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", large_blue_circle: "🔵", white_circle: "⚪",
  speech_balloon: "💬", thread: "🧵", robot_face: "🤖", coffee: "☕", no_entry: "⛔", construction: "🚧", ok_hand: "👌",
};

/** What the reaction picker offers. */
export const REACTIONS = ["+1", "eyes", "white_check_mark", "pray", "tada", "heart", "bulb", "memo"];

/** The character for an emoji name without colons; null when unknown. */
export function emoji(name) {
  return Object.hasOwn(EMOJI, name) ? EMOJI[name] : null;
}

/** The character, or the name between colons. */
export function emojiOrName(name) {
  return emoji(name) ?? `:${name}:`;
}

// Emoji by Slack's shortcodes. The drawn ones look the same on every machine, with or without an emoji font.
import { element } from "./dom.js";

const DRAWN = new Set([
  "lock", "unlock", "warning", "rotating_light", "white_check_mark", "x", "hourglass", "hourglass_flowing_sand", "ghost",
  "no_entry", "repeat", "question", "eyes", "bell", "zzz", "bulb", "bust_in_silhouette", "mag", "clock3", "fire",
  "red_circle", "large_orange_circle", "large_yellow_circle", "large_green_circle", "large_blue_circle", "black_circle",
  "white_circle",
]);

const CHARACTERS = {
  closed_lock_with_key: "🔐", key: "🔑", no_entry_sign: "🚫", octagonal_sign: "🛑", exclamation: "❗", no_bell: "🔕",
  heavy_check_mark: "✔️", information_source: "ℹ️", arrow_right: "➡️", arrows_counterclockwise: "🔄", hammer: "🔨",
  wrench: "🔧", gear: "⚙️", skull: "💀", robot_face: "🤖", wave: "👋", "+1": "👍", "-1": "👎", tada: "🎉",
  alarm_clock: "⏰", stopwatch: "⏱️", calendar: "📆", pushpin: "📌", link: "🔗", broom: "🧹", wastebasket: "🗑️",
  speech_balloon: "💬", memo: "📝", package: "📦", construction: "🚧", shield: "🛡️", stop_sign: "🛑",
};
const SVG = "http://www.w3.org/2000/svg";

export const EMOJI = /:([a-z0-9_+-]+):/;

// The node for a shortcode, or null for one that is not known here: it stays text, as in Slack.
export function emoji(name) {
  if (DRAWN.has(name)) return wrapped(name, drawing(name));
  return Object.hasOwn(CHARACTERS, name) ? wrapped(name, CHARACTERS[name]) : null;
}

function wrapped(name, content) {
  return element("span", { class: "emoji", role: "img", "aria-label": name, title: `:${name}:` }, content);
}

function drawing(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `emoji.svg#${name}`);
  svg.append(use);
  return svg;
}

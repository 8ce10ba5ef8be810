// Times in the browser's zone, and Slack's <!date^epoch^format^link|fallback>.
// https://docs.slack.dev/messaging/formatting-message-text, "Date formatting".

const DAY = 86_400_000;
const say = (options) => (date) => date.toLocaleString("en-US", options);

const month_day = say({ month: "long", day: "numeric" });
const short = say({ month: "short", day: "numeric", year: "numeric" });
export const time = say({ hour: "numeric", minute: "2-digit" });
const time_secs = say({ hour: "numeric", minute: "2-digit", second: "2-digit" });
const weekday = say({ weekday: "long" });

const long_date = (date) => `${ordinal(date)}, ${date.getFullYear()}`;
const full_date = (date) => `${weekday(date)}, ${long_date(date)}`;
const pretty = (otherwise) => (date) => nearby(date) ?? otherwise(date);
export const day = pretty((date) => `${weekday(date)}, ${ordinal(date)}`);

const PARTS = {
  date: long_date,
  date_num: (date) => [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-"),
  date_short: short,
  date_long: full_date,
  date_pretty: pretty(long_date),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(full_date),
  time,
  time_secs,
  ago,
};

// The format with its parts filled in; null if there is no such part, and then Slack shows the fallback.
export function formatted(epoch, format) {
  const date = new Date(Number(epoch) * 1000);
  if (!/^\d+$/.test(epoch) || Number.isNaN(date.getTime())) return null;
  const parts = [...format.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  if (!parts.every((name) => Object.hasOwn(PARTS, name))) return null;
  return format.replace(/\{(\w+)\}/g, (_, name) => PARTS[name](date));
}

function ordinal(date) {
  const number = date.getDate();
  const teen = number > 10 && number < 14;
  return `${month_day(date)}${(!teen && ["", "st", "nd", "rd"][number % 10]) || "th"}`;
}

function nearby(date) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(date) - midnight(Date.now())) / DAY);
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[days];
}

function ago(date) {
  const seconds = (Date.now() - date.getTime()) / 1000;
  const steps = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en").format(-Math.trunc(seconds / size), unit);
}

function two(number) {
  return String(number).padStart(2, "0");
}

// Slack's mrkdwn as DOM nodes: https://docs.slack.dev/messaging/formatting-message-text
//
// The order decides what an attacker can forge, so it is Slack's: the raw text is split on <...> first, and only then are
// &lt; &gt; &amp; decoded, outside the tokens and inside them. What was escaped is never read again as a token.
import { formatted } from "./dates.js";
import { element } from "./dom.js";
import { EMOJI, emoji } from "./emoji.js";

// A piece that is done with (a token, a code span, a bare URL) stands in the text as OPEN index CLOSE.
const OPEN = "\uE000";
const CLOSE = "\uE001";
const PIECE = new RegExp(`${OPEN}(\\d+)${CLOSE}`);
const BARE_URL = new RegExp(`\\bhttps?://[^\\s<>|${OPEN}]*[^\\s<>|${OPEN}.,;:!?'")*_~]`, "g");
const BARE_BROADCAST = /(?<![\w@])@(channel|here|everyone)\b/;
const STYLES = [["b", "\\*"], ["i", "_"], ["s", "~"]].map(([tag, mark]) => [
  tag, new RegExp(`(?<![\\w${mark}])${mark}(?!\\s)([^\\n]*?[^\\s${mark}])${mark}(?![\\w${mark}])`),
]);

// `world` names users, channels and groups: {user(id), channel(id), group(id), isMe(id), isMine(id)}.
export function mrkdwn(raw, world, verbatim = false) {
  const pieces = [];
  const keep = (make) => OPEN + (pieces.push(make) - 1) + CLOSE;
  let text = raw.replace(/[\uE000\uE001]/g, "\uFFFD");
  text = text.replace(/<([^<>\n]+)>/g, (_, inside) => keep(() => token(inside, world)));
  text = decoded(text);
  const asCode = (tag) => (_, code) => keep(() => element(tag, {}, ...plainPieces(code, pieces)));
  text = text.replace(/\n?```\n?([^]+?)\n?```\n?/g, (...match) => `\n${asCode("pre")(...match)}\n`);
  text = text.replace(/`([^`\n]+)`/g, asCode("code"));
  if (!verbatim) text = text.replace(BARE_URL, (url) => keep(() => link(url, url)));
  return element("div", { class: "mrkdwn" }, ...lines(text, { pieces, verbatim }));
}

// plain_text is literal but for emoji.
export function plainText(text, withEmoji = true) {
  return withEmoji ? splitOn(text, EMOJI, ([all, name]) => emoji(name) ?? all) : [text];
}

function decoded(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

// One <div> a line, so that only what belongs together shares one; quoted lines that follow each other share a quote.
function lines(text, context) {
  const nodes = [];
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const quoted = /^> ?(.*)$/.exec(line);
    const node = element("div", {}, ...styled(quoted ? quoted[1] : line, context));
    if (!quoted) nodes.push(node);
    else if (nodes.at(-1)?.tagName === "BLOCKQUOTE") nodes.at(-1).append(node);
    else nodes.push(element("blockquote", {}, node));
  }
  return nodes;
}

function styled(text, context) {
  const found = STYLES.map(([tag, pattern]) => [tag, pattern.exec(text)]).filter(([, match]) => match);
  if (found.length === 0) return leaves(text, context);
  const [tag, match] = found.reduce((one, other) => (other[1].index < one[1].index ? other : one));
  const after = text.slice(match.index + match[0].length);
  return [
    ...leaves(text.slice(0, match.index), context),
    element(tag, {}, ...styled(match[1], context)),
    ...styled(after, context),
  ];
}

function leaves(text, { pieces, verbatim }) {
  const withEmoji = (part) => plainText(part);
  const withBroadcast = (part) => splitOn(part, BARE_BROADCAST, ([, name]) => broadcast(name), withEmoji);
  return splitOn(text, PIECE, ([, index]) => pieces[index](), verbatim ? withEmoji : withBroadcast);
}

function plainPieces(text, pieces) {
  return splitOn(text, PIECE, ([, index]) => pieces[index]());
}

// The text as nodes: every match made into one, what is between them by `rest`.
function splitOn(text, pattern, make, rest = (part) => [part]) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(pattern, "g"))) {
    nodes.push(...rest(text.slice(from, match.index)), make(match));
    from = match.index + match[0].length;
  }
  return [...nodes, ...rest(text.slice(from))];
}

function token(inside, world) {
  const bar = inside.indexOf("|");
  const head = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : decoded(inside.slice(bar + 1));
  if (head.startsWith("@")) return mention(`@${label ?? world.user(head.slice(1))}`, world.isMe(head.slice(1)));
  if (head.startsWith("#")) return mention(`#${label ?? world.channel(head.slice(1))}`);
  if (head.startsWith("!")) return command(head.slice(1), label, world) ?? decoded(`<${inside}>`);
  return /^(https?|mailto|tel):/i.test(head) ? link(decoded(head), label ?? decoded(head)) : decoded(`<${inside}>`);
}

function command(head, label, world) {
  const [name, ...rest] = head.split("^");
  if (["channel", "here", "everyone"].includes(name)) return broadcast(name);
  if (name === "subteam") return mention(world.group(rest[0]) ?? label ?? `@${rest[0]}`, world.isMine(rest[0]));
  return name === "date" ? date(rest, label) : null;
}

function date([epoch, format, url], label) {
  const text = formatted(epoch ?? "", decoded(format ?? "")) ?? label ?? "";
  const attributes = { class: "date", "data-epoch": epoch, "data-format": format };
  return url ? link(decoded(url), text) : element("time", attributes, text);
}

function mention(text, me = false) {
  return element("span", { class: me ? "mention me" : "mention" }, text);
}

function broadcast(name) {
  return element("span", { class: "mention broadcast" }, `@${name}`);
}

function link(url, label) {
  if (!/^(https?|mailto|tel):/i.test(url)) return label;
  return element("a", { class: "link", href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

// The page: one workspace, kept up to date by server-sent events. The server sends everything each time; only what
// changed is drawn anew, so that an open select or a click under way is not disturbed by other messages.
import { block, text } from "./blocks.js";
import { compose } from "./composer.js";
import { day, formatted, time } from "./dates.js";
import { element } from "./dom.js";
import { tell } from "./server.js";

const $ = (selector) => document.querySelector(selector);
const drawn = new Map(); // ts -> {source, node}
const lastRead = new Map(); // channel id -> ts of the newest message seen there
let view = null;
let channelId = null;

const clicker = () => $("#clicker").value;
const found = (list, id) => list.find((one) => one.id === id);
const direct = () => ({ id: `D${clicker().slice(1)}`, name: view.bot.name, direct: true }); // between clicker and app
const place = (id) => found([...view.channels, direct()], id);
const group = (id) => found(view.groups, id);
const world = {
  user: (id) => found([...view.users, view.bot, view.slackbot], id)?.name ?? id,
  channel: (id) => found(view.channels, id)?.name ?? id,
  group: (id) => (group(id) ? `@${group(id).handle}` : null),
  isMe: (id) => id === clicker(),
  isMine: (id) => Boolean(group(id)?.members.includes(clicker())),
};

function start() {
  new EventSource("events").addEventListener("message", (event) => show(JSON.parse(event.data)));
  $("#clicker").addEventListener("change", () => {
    sessionStorage.setItem("clicker", clicker());
    drawn.clear();
    showTitle();
    show(view);
  });
  window.addEventListener("hashchange", () => show(view));
  compose($("#composer"), () => ({ user: clicker(), channel: channelId }));
  window.setInterval(refreshTimes, 15_000);
}

function show(news) {
  const first = view === null;
  view = news;
  if (first) introduce();
  const wanted = place(location.hash.slice(1)) ?? view.channels[0];
  const switched = wanted.id !== channelId;
  channelId = wanted.id;
  showMessages(switched);
  showChannels(first);
}

function introduce() {
  for (const node of document.querySelectorAll(".team-name")) node.textContent = view.team.name;
  $("#clicker").append(...view.users.map((user) => element("option", { value: user.id }, fullName(user))));
  const before = sessionStorage.getItem("clicker");
  if (found(view.users, before)) $("#clicker").value = before;
  showTitle();
}

function showTitle() {
  $("#clicker-title").textContent = found(view.users, clicker()).title;
}

function fullName(user) {
  return user.team_id === view.team.id ? user.name : `${user.name} (guest)`;
}

function visible(channel) {
  const mine = (message) => message.ephemeral_to === null || message.ephemeral_to === clicker();
  return view.messages.filter((message) => message.channel === channel && mine(message));
}

function showChannels(first) {
  const channel = place(channelId);
  document.title = `${channel.name} (${channel.direct ? "DM" : "Channel"}) - ${view.team.name} - Slack stand-in`;
  $("#channel-name").textContent = channel.direct ? channel.name : `# ${channel.name}`;
  $("#channel-members").textContent = channel.direct ? "" : `${channel.members} members`;
  const line = $("#composer").elements.text;
  line.disabled = Boolean(channel.direct); // Slack's own words, where an app's Messages tab is read-only
  line.placeholder = channel.direct ? "Sending messages to this app has been turned off." : `Message #${channel.name}`;
  $("#channels").replaceChildren(...view.channels.map((one) => element("li", {}, channelLink(one, first))));
  $("#apps").replaceChildren(element("li", {}, channelLink(direct(), first)));
}

function channelLink(channel, first) {
  const newest = visible(channel.id).findLast((message) => message.thread_ts === null)?.ts ?? "";
  if (first || channel.id === channelId) lastRead.set(channel.id, newest);
  const unread = newest > (lastRead.get(channel.id) ?? "");
  const classes = [channel.id === channelId && "current", unread && "unread"].filter(Boolean).join(" ");
  const hash = () => element("span", { class: "hash" }, "#");
  const sign = channel.direct ? element("img", { src: "avatar.svg", alt: "" }) : hash();
  return element("a", { href: `#${channel.id}`, class: classes, "data-channel-id": channel.id }, sign, channel.name);
}

function showMessages(switched) {
  const pane = $("#messages");
  const atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
  const nodes = [beginning(), ...withDays(inThreads(visible(channelId)))];
  const same = nodes.length === pane.children.length && nodes.every((node, index) => node === pane.children[index]);
  if (!same) pane.replaceChildren(...nodes);
  if (switched || atEnd) pane.scrollTop = pane.scrollHeight;
}

// Replies directly below their parent.
function inThreads(messages) {
  const replies = (parent) => messages.filter((message) => message.thread_ts === parent.ts);
  return messages.filter((message) => message.thread_ts === null).flatMap((parent) => [parent, ...replies(parent)]);
}

function withDays(messages) {
  let shown = null;
  return messages.flatMap((message) => {
    const today = day(when(message));
    const isNew = message.thread_ts === null && today !== shown;
    if (isNew) shown = today;
    return isNew ? [kept(`day ${today}`, today, dayLine), article(message)] : [article(message)];
  });
}

function kept(key, source, draw) {
  if (drawn.get(key)?.source !== source) drawn.set(key, { source, node: draw(source) });
  return drawn.get(key).node;
}

function article(message) {
  const replies = repliesTo(message).length;
  return kept(message.ts, JSON.stringify([message, replies]), () => drawMessage(message, replies));
}

function repliesTo(parent) {
  return view.messages.filter((one) => one.thread_ts === parent.ts && one.channel === parent.channel && !one.ephemeral_to);
}

function dayLine(label) {
  return element("div", { class: "day" }, element("span", {}, label));
}

function beginning() {
  const channel = place(channelId);
  const words = channel.direct ? "This conversation is just between you and the app."
    : `This is the very beginning of the #${channel.name} channel.`;
  return kept(`beginning ${channelId}`, words, () => element("div", { class: "beginning" },
    element("h3", {}, channel.direct ? channel.name : `# ${channel.name}`), element("p", {}, words)));
}

function drawMessage(message, replies) {
  const classes = ["message", message.thread_ts && "reply", message.ephemeral_to && "ephemeral"].filter(Boolean);
  const attributes = { class: classes.join(" "), "data-ts": message.ts, "data-channel": message.channel };
  const body = element("div", { class: "body" }, author(message), ...content(message));
  if (replies) body.append(element("div", { class: "replies" }, replies === 1 ? "1 reply" : `${replies} replies`));
  const node = element("article", attributes, avatar(message), body);
  if (message.ephemeral_to) node.prepend(element("div", { class: "only-you" }, "Only visible to you"));
  return node;
}

function author(message) {
  const line = element("div", { class: "author" }, element("b", {}, world.user(message.user)));
  if (message.user === view.bot.id) line.append(element("span", { class: "badge" }, "APP"));
  line.append(element("time", { class: "at" }, time(when(message))));
  return line;
}

function avatar(message) {
  if (message.user === view.bot.id) return element("img", { class: "avatar", src: "avatar.svg", alt: "" });
  if (message.user === view.slackbot.id) return element("div", { class: "avatar person slackbot" }, "♥");
  const number = view.users.findIndex((user) => user.id === message.user);
  return element("div", { class: `avatar person p${number % 5}`, "aria-hidden": "true" }, world.user(message.user)[0]);
}

function content(message) {
  const context = { world, press: (of, blockId, option) => press(message, of, blockId, option) };
  if (message.blocks.length === 0) return [text({ type: "mrkdwn", text: message.text }, context)];
  return message.blocks.map((one) => block(one, context));
}

// Sends the click; null when the app answered 200, else the words for the warning triangle.
async function press(message, of, blockId, option) {
  const where = { channel: message.channel, ts: message.ts, action_id: of.action_id, block_id: blockId };
  const { status, error } = await tell("click", { user: clicker(), ...where, option });
  if (status === 200) return null;
  return error ?? (status === 0 ? "The app did not answer within 3 seconds" : `The app answered HTTP ${status}`);
}

function when(message) {
  return new Date(Number(message.ts) * 1000);
}

function refreshTimes() {
  for (const node of document.querySelectorAll("time[data-format*='{ago}']")) {
    node.textContent = formatted(node.dataset.epoch, node.dataset.format) ?? node.textContent;
  }
}

start();

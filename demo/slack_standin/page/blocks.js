// Block Kit as DOM nodes. `context.press(element, blockId, option)` does a click and answers null, or why it failed.
import { element, toast } from "./dom.js";
import { mrkdwn, plainText } from "./mrkdwn.js";

const BLOCKS = { header, section, context: small, actions, divider: () => element("hr") };
const ELEMENTS = { button, static_select: select, overflow: select, image };

export function block(of, context) {
  const node = BLOCKS[of.type](of, context);
  node.classList.add("block");
  return node;
}

export function text(of, context) {
  if (of.type === "mrkdwn") return mrkdwn(of.text, context.world, of.verbatim);
  return element("div", { class: "plain" }, ...plainText(of.text, of.emoji !== false));
}

function header(of, context) {
  return element("div", { class: "header", role: "heading", "aria-level": "3" }, text(of.text, context));
}

function section(of, context) {
  const left = element("div", { class: "section-text" });
  if (of.text) left.append(text(of.text, context));
  if (of.fields) left.append(element("div", { class: "fields" }, ...of.fields.map((field) => text(field, context))));
  const node = element("div", { class: "section" }, left);
  if (of.accessory) node.append(control(of.accessory, of.block_id, context));
  return node;
}

function small(of, context) {
  const parts = of.elements.map((one) => (one.type === "image" ? image(one) : text(one, context)));
  return element("div", { class: "context" }, ...parts);
}

function actions(of, context) {
  return element("div", { class: "actions" }, ...of.elements.map((one) => control(one, of.block_id, context)));
}

function control(of, blockId, context) {
  return ELEMENTS[of.type](of, blockId, context);
}

function image(of) {
  return element("img", { src: of.image_url, alt: of.alt_text, referrerpolicy: "no-referrer" });
}

function button(of, blockId, context) {
  const label = plainText(of.text.text, of.text.emoji !== false);
  const attributes = { type: "button", class: `button ${of.style ?? ""}`, "aria-label": of.accessibility_label };
  const node = element("button", { ...attributes, "data-action-id": of.action_id }, ...label);
  const whole = element("span", { class: "control" }, node);
  node.addEventListener("click", () => {
    if (/^https?:/i.test(of.url ?? "")) window.open(of.url, "_blank", "noopener");
    act(of, blockId, null, whole, context);
  });
  return whole;
}

function select(of, blockId, context) {
  const label = of.type === "overflow" ? "⋯" : (of.placeholder?.text ?? "Choose an option");
  const attributes = { class: of.type, "data-action-id": of.action_id, "aria-label": label };
  const first = element("option", { value: "", disabled: "", hidden: "", selected: "" }, label);
  const node = element("select", attributes, first, ...of.options.map(option));
  const initial = of.initial_option?.value ?? "";
  const whole = element("span", { class: "control" }, node);
  node.value = initial;
  node.addEventListener("change", async () => {
    const sent = await act(of, blockId, node.value, whole, context);
    if (!sent || of.type === "overflow") node.value = initial;
  });
  return whole;
}

function option(of) {
  return element("option", { value: of.value }, of.text.text);
}

// Ask if the element wants that, send, and show Slack's triangle if the app did not answer 200 within three seconds.
async function act(of, blockId, chosen, whole, context) {
  if (of.confirm && !(await confirmed(of.confirm, context))) return false;
  whole.querySelector(".unanswered")?.remove();
  whole.classList.add("busy");
  const failure = await context.press(of, blockId, chosen);
  whole.classList.remove("busy");
  if (failure) warn(failure, whole);
  return true;
}

function warn(failure, whole) {
  const sign = element("span", { class: "unanswered", role: "img", "aria-label": failure, title: failure }, "⚠");
  if (whole.isConnected) whole.append(sign);
  else toast(failure); // the message was edited meanwhile: the button is gone, the failure must be seen all the same
}

function confirmed(of, context) {
  const yes = element("button", { class: `button confirm-yes ${of.style ?? "primary"}` }, ...plainText(of.confirm.text));
  const no = element("button", { class: "button confirm-no" }, ...plainText(of.deny.text));
  const title = element("h3", {}, ...plainText(of.title.text));
  const dialog = element("dialog", { class: "confirm" }, title, text(of.text, context), element("footer", {}, no, yes));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    yes.addEventListener("click", () => dialog.close("yes"));
    no.addEventListener("click", () => dialog.close("no"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

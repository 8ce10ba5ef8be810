// The line below a channel: Enter sends what was typed, as words for everyone or as a slash command.
import { toast } from "./dom.js";
import { tell } from "./server.js";

// `where` says who is typing in which channel: {user, channel}.
export function compose(form, where) {
  const input = form.elements.text;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = input.value;
    if (!text.trim()) return;
    input.value = "";
    const { error } = await tell("compose", { ...where(), text });
    if (!error) return;
    toast(error);
    input.value = text; // nothing was sent: nobody should have to type it again
  });
}

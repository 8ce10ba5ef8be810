// Making DOM nodes. Text always goes in as text: nothing on this page is ever parsed as HTML.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// A few words at the edge of the window, for what has no other place.
export function toast(words) {
  const node = element("div", { class: "toast", role: "status" }, words);
  document.body.append(node);
  window.setTimeout(() => node.remove(), 8000);
}

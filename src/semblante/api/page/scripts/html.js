/**
 * Makes nodes from template literals. What is put in is text, never markup: the name of a file cannot become an element.
 *
 *   html`<button class="primary" onclick=${save}>${label}</button>`
 *
 * A hole is a child (a node, text, a list of them, or nothing) or the whole value of an attribute:
 * a function for `on…` listens, `style` takes an object of CSS properties, true and false set or omit the attribute,
 * null and undefined omit it, any other function or object becomes a property of the element.
 */

const templates = new WeakMap();
const ATTRIBUTE = /\s([\w:-]+)=$/;

function templateOf(strings, isSvg) {
  let template = templates.get(strings);
  if (!template) {
    const marked = strings.map((text, number) => {
      if (number === strings.length - 1) return text;
      const attribute = ATTRIBUTE.exec(text);
      if (!attribute) return `${text}<!--hole:${number}-->`;
      return `${text.slice(0, attribute.index)} hole-${number}="${attribute[1]}"`;
    });
    template = document.createElement("template");
    const markup = marked.join("").trim();
    template.innerHTML = isSvg ? `<svg>${markup}</svg>` : markup;
    if (isSvg) template.content.firstChild.replaceWith(...template.content.firstChild.childNodes);
    templates.set(strings, template);
  }
  return template;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "style") {
    for (const [property, each] of Object.entries(value)) element.style.setProperty(property, each);
  } else if (typeof value === "function" && name.startsWith("on")) {
    element.addEventListener(name.slice(2), value);
  } else if (typeof value === "function" || typeof value === "object") {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : value);
  }
}

function asNodes(value) {
  if (value === null || value === undefined || value === false) return [];
  if (Array.isArray(value)) return value.flatMap(asNodes);
  return [value instanceof Node ? value : document.createTextNode(value)];
}

function fill(strings, values, isSvg) {
  const fragment = document.importNode(templateOf(strings, isSvg).content, true);
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.COMMENT_NODE) {
      comments.push(node);
      continue;
    }
    for (const { name, value } of [...node.attributes]) {
      if (!name.startsWith("hole-")) continue;
      node.removeAttribute(name);
      setAttribute(node, value, values[Number(name.slice(5))]);
    }
  }
  for (const comment of comments) {
    comment.replaceWith(...asNodes(values[Number(comment.data.slice(5))]));
  }
  return fragment.childNodes.length === 1 ? fragment.firstChild : fragment;
}

/** The node of a template with one root, otherwise a fragment. */
export const html = (strings, ...values) => fill(strings, values, false);

/** The same for what stands inside an `<svg>`. */
export const svg = (strings, ...values) => fill(strings, values, true);

/** Puts `content` in place of what `target` holds; the focus stays on the element with the same id. */
export function render(target, ...content) {
  const focused = target.contains(document.activeElement) ? document.activeElement.id : "";
  target.replaceChildren(...asNodes(content));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  return target;
}

const ICONS = "/page/icons.svg";

/** A symbol of icons.svg; it says nothing to a screen reader, the words beside it do. */
export const icon = (name) =>
  html`<svg class="icon" aria-hidden="true"><use href=${`${ICONS}#${name}`}></use></svg>`;

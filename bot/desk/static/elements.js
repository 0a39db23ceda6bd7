// Elements without markup in strings: texts stay texts.

const SVG = "http://www.w3.org/2000/svg";

/**
 * A new element. Properties are set as attributes; `onX` listens, `data` fills the dataset, false and
 * null are left out. Children: nodes, texts, arrays; false and null are left out.
 */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) put(node, name, value);
  node.append(...children.flat(9).filter((child) => child !== null && child !== false && child !== undefined));
  return node;
}

function put(node, name, value) {
  if (value === null || value === false || value === undefined) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(node.dataset, value);
  else node.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
}

/** A drawing of shapes.html. */
export function icon(name, className = "icon") {
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#shape-${name}`);
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", className);
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(use);
  return drawing;
}

/** Fills an element anew, and only when it would look different: selections and focus stay. */
export function fill(node, ...children) {
  const next = h("div", {}, ...children);
  if (node.innerHTML !== next.innerHTML) node.replaceChildren(...next.childNodes);
}

export function byId(id) {
  return document.getElementById(id);
}

// The messages as the customer sees them: bubbles in groups, days, buttons, states of sending.

import { Clock, dayOf, minutesBetween, withLinks } from "./words.js";

const GROUP_MINUTES = 5;

// on: press({payload, title}), retry().
export class Log {
  #root;
  #config;
  #clock;
  #on;
  #byId = new Map();
  #lines = new Set();

  constructor(root, config, on) {
    this.#root = root;
    this.#config = config;
    this.#clock = new Clock(config.language);
    this.#on = on;
    root.setAttribute("aria-label", config.texts.log);
  }

  get isEmpty() {
    return this.#root.childElementCount === 0;
  }

  clear() {
    this.#root.replaceChildren();
    this.#byId.clear();
    this.#lines.clear();
  }

  // A line of the transcript; true when it is new to the page.
  show(line) {
    if (this.#lines.has(line.line)) return false;
    this.#lines.add(line.line);
    const mine = line.id ? this.#byId.get(line.id) : undefined;
    const node = mine ?? this.#message(line.from, line.text, line.at);
    if (mine) this.#settle(mine, line);
    this.#place(node);
    if (line.from === "customer") this.#closeButtons(line.text);
    else this.#newButtons(node, line.buttons);
    return true;
  }

  // A message on its way.
  showOutgoing(message) {
    const node = this.#message("customer", message.title ?? message.text, message.at);
    node.classList.add("outgoing");
    this.#byId.set(message.id, node);
    this.#root.append(node);
    this.#group(node);
    this.#closeButtons(message.title);
    this.mark(message.id, "sending");
  }

  // state: sending, waiting or failed.
  mark(id, state) {
    const node = this.#byId.get(id);
    if (!node?.classList.contains("outgoing")) return;
    const { texts } = this.#config;
    node.classList.toggle("failed", state !== "sending");
    const shown = node.querySelector(".state");
    if (state === "sending") return shown.replaceChildren(texts.sending);
    const again = element("button", "again", texts.retry);
    again.type = "button";
    again.addEventListener("click", () => this.#on.retry());
    shown.replaceChildren(`${texts.failed} `, again);
  }

  #settle(node, line) {
    node.classList.remove("outgoing", "failed");
    node.querySelector(".bubble").replaceChildren(withLinks(line.text));
    node.querySelector("time").replaceWith(this.#time(line.at));
    node.querySelector(".state").replaceChildren();
    node.dataset.at = line.at;
    this.#byId.delete(line.id);
  }

  // Behind everything that was stored, before everything that is on its way.
  #place(node) {
    const next = this.#root.querySelector(".outgoing");
    if (next && next.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) return;
    if (node.isConnected && !next) return;
    this.#root.insertBefore(node, next);
    this.#group(node);
    const following = messageAfter(node);
    if (following) this.#group(following);
  }

  // Says the day where it changes, and the name only once in a row of messages.
  #group(node) {
    const before = messageBefore(node);
    const sameDay = before && dayOf(before.dataset.at) === dayOf(node.dataset.at);
    if (!sameDay && !node.previousElementSibling?.classList.contains("day")) {
      node.before(element("p", "day", this.#clock.day(node.dataset.at)));
    }
    const together =
      sameDay &&
      before.dataset.from === node.dataset.from &&
      minutesBetween(before.dataset.at, node.dataset.at) < GROUP_MINUTES;
    node.classList.toggle("continued", Boolean(together));
    before?.classList.toggle("followed", Boolean(together));
  }

  #message(from, text, at) {
    const node = element("article", `message ${from}`);
    Object.assign(node.dataset, { from, at });
    const name = element("p", from === "customer" ? "name unseen" : "name", this.#nameOf(from));
    const bubble = element("div", "bubble");
    bubble.dir = "auto";
    bubble.append(withLinks(text));
    const meta = element("p", "meta");
    meta.append(this.#time(at), element("span", "state"));
    node.append(name, bubble, meta);
    if (from !== "customer") node.prepend(face(from));
    return node;
  }

  #nameOf(from) {
    const { assistant, texts } = this.#config;
    return { customer: texts.you, bot: assistant, agent: texts.team }[from];
  }

  #time(at) {
    const time = element("time", "", this.#clock.time(at));
    time.dateTime = at;
    return time;
  }

  // Buttons that were used go when the next answer is there; new ones replace any.
  #newButtons(node, buttons) {
    const old = this.#root.querySelector(".choices");
    if (buttons?.length || old?.dataset.closed) old?.remove();
    if (!buttons?.length) return;
    const row = element("div", "choices");
    for (const { title, payload } of buttons) {
      const button = element("button", "choice", title);
      button.type = "button";
      button.addEventListener("click", () => this.#on.press({ payload, title }));
      row.append(button);
    }
    node.append(row);
  }

  // One was pressed, or the customer answered in words.
  #closeButtons(chosen) {
    const row = this.#root.querySelector(".choices:not([data-closed])");
    if (!row) return;
    row.dataset.closed = "true";
    for (const button of row.children) {
      button.classList.toggle("chosen", button.textContent === chosen);
      button.disabled = true;
    }
  }
}

function messageBefore(node) {
  let before = node.previousElementSibling;
  while (before && !before.classList.contains("message")) before = before.previousElementSibling;
  return before;
}

function messageAfter(node) {
  let after = node.nextElementSibling;
  while (after && !after.classList.contains("message")) after = after.nextElementSibling;
  return after;
}

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

function face(from) {
  const svg = "http://www.w3.org/2000/svg";
  const node = element("span", `face ${from}`);
  node.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(svg, "use");
  shape.setAttribute("href", `#shape-${from}`);
  const drawing = document.createElementNS(svg, "svg");
  drawing.append(shape);
  node.append(drawing);
  return node;
}

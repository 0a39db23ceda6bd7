// The conversation with notes and turning points between: what was said stays as it was written.

import { byId, h, icon } from "./elements.js";
import { happeningOf } from "./history_words.js";
import { withLinks } from "./links.js";
import { dayOf, fullMomentOf, hourOf, minutesBetween } from "./moments.js";
import { customerName } from "./words.js";

const GROUP_MINUTES = 5;
const NEAR_END_PX = 90;
const TURNING_POINTS = ["claimed", "transferred", "given_back", "returned", "resolved", "closed", "reopened", "rated"];

export class TalkLog {
  #root = byId("log");
  #scroller = byId("scroller");
  #words;
  #nodes = new Map();
  #seen = null;
  #atEnd = true;

  /** @param {import("./words.js").Words} words */
  constructor(words) {
    this.#words = words;
    this.#scroller.addEventListener("scroll", () => (this.#atEnd = this.#isAtEnd()), { passive: true });
    new ResizeObserver(() => this.#stay()).observe(this.#scroller);
  }

  /** Shows what is new; stays at the end for who was there. */
  show(one) {
    const first = this.#seen === null;
    const entries = this.#entries(one);
    const nodes = new Map();
    let before = null;
    const children = [];
    for (const entry of entries) {
      if (!before || dayOf(before.at) !== dayOf(entry.at)) children.push(this.#day(entry.at, nodes));
      const node = this.#nodes.get(entry.key) ?? this.#draw(entry, one);
      const together = before?.from === entry.from && entry.from && before.name === entry.name && minutesBetween(before.at, entry.at) < GROUP_MINUTES;
      node.classList.toggle("continued", Boolean(together));
      node.classList.toggle("fresh", !first && !this.#seen.has(entry.key));
      nodes.set(entry.key, node);
      children.push(node);
      before = entry;
    }
    this.#nodes = nodes;
    this.#seen = new Set([...(this.#seen ?? []), ...nodes.keys()]);
    place(this.#root, children);
    this.#stay();
  }

  // Who was at the end stays there, whatever grows.
  #stay() {
    if (this.#atEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #entries(one) {
    const lines = one.transcript.map((line, at) => ({ ...line, key: `line ${line.line}`, name: line.who, next: one.transcript[at + 1] }));
    const notes = one.notes.map((note, at) => ({ ...note, key: `note ${at}`, from: "note", name: note.who }));
    const points = one.history
      .map((entry, at) => ({ ...entry, key: `point ${at}`, from: "", isPoint: true }))
      .filter((entry) => TURNING_POINTS.includes(entry.what) && new Date(entry.at) >= new Date(one.opened_at));
    return [...lines, ...notes, ...points].sort((one, other) => new Date(one.at) - new Date(other.at));
  }

  #day(at, nodes) {
    const label = dayOf(at);
    const key = `day ${label}`;
    const node = this.#nodes.get(key) ?? h("li", { className: "day" }, label);
    nodes.set(key, node);
    return node;
  }

  #draw(entry, one) {
    if (entry.isPoint) return point(happeningOf(entry, this.#words), entry.at);
    if (entry.from === "note") return this.#note(entry);
    const name = { customer: customerName(one.customer), bot: "Assistant" }[entry.from] ?? entry.who ?? "Agent";
    const bubble = h("div", { className: "bubble", dir: "auto", lang: entry.from === "customer" ? one.customer.language : null });
    bubble.append(withLinks(entry.text));
    return h("li", { className: `said ${entry.from}` }, byline(name, entry.at), bubble, choices(entry));
  }

  #note({ who, at, text }) {
    const bubble = h("div", { className: "bubble", dir: "auto" });
    bubble.append(withLinks(text));
    return h("li", { className: "said note" }, byline([icon("note"), `Internal note · ${this.#words.person(who)}`], at), bubble);
  }
}

function byline(name, at) {
  return h("p", { className: "byline" }, h("span", {}, name), h("time", { datetime: at, title: fullMomentOf(at) }, hourOf(at)));
}

function point(text, at) {
  return h("li", { className: "point" }, h("span", {}, text), h("time", { datetime: at, title: fullMomentOf(at) }, hourOf(at)));
}

// The buttons the customer had, and which one was pressed.
function choices({ buttons, next }) {
  if (!buttons?.length) return null;
  const pressed = next?.from === "customer" ? next.text : null;
  return h(
    "p",
    { className: "choices" },
    h("span", { className: "unseen" }, "Buttons: "),
    buttons.map(({ title }) => h("span", { className: title === pressed ? "choice pressed" : "choice" }, title)),
  );
}

function place(root, children) {
  let before = root.firstChild;
  for (const child of children) {
    if (child === before) before = before.nextSibling;
    else root.insertBefore(child, before);
  }
  while (before) {
    const next = before.nextSibling;
    before.remove();
    before = next;
  }
}

// The filters with how many cases each value has.

import { h } from "./elements.js";
import { me } from "./session.js";
import { channelWord, languageWord, SEVERITIES, severityWord, STATUSES, statusWord } from "./words.js";

const SHORT = 7;

const FACETS = [
  { name: "severity", label: "Severity", order: SEVERITIES },
  { name: "team", label: "Team" },
  { name: "topic", label: "Topic" },
  { name: "subtopic", label: "Subtopic", needs: "topic" },
  { name: "status", label: "Status", order: STATUSES },
  { name: "channel", label: "Channel" },
  { name: "language", label: "Language" },
  { name: "tag", label: "Tag" },
];

export class Facets {
  #root;
  #words;
  #onChange;
  #query = null;
  #by = null;
  #open = new Set();
  #drawn = "";

  /** @param {(query: import("./query.js").Query) => void} onChange */
  constructor(root, words, onChange) {
    this.#root = root;
    this.#words = words;
    this.#onChange = onChange;
    root.addEventListener("submit", (event) => event.preventDefault());
    root.addEventListener("change", ({ target }) => this.#changed(target));
  }

  /** @param {import("./query.js").Query} query @param {Record<string, Record<string, number>>} [by] counts */
  show(query, by) {
    this.#query = query;
    this.#by = by ?? this.#by;
    if (!this.#by) return;
    const now = JSON.stringify([query.lists, this.#by, [...this.#open], this.#words.people.length]);
    if (now === this.#drawn) return;
    this.#drawn = now;
    const focused = this.#root.contains(document.activeElement) ? document.activeElement.id : "";
    this.#root.replaceChildren(this.#holder(), ...FACETS.map((facet) => this.#facet(facet)).filter(Boolean));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  /** How a filter in use is called. */
  labelOf(name, value) {
    if (name === "assignee") return `Has it: ${{ me: "you", none: "nobody" }[value] ?? this.#words.person(value)}`;
    const facet = FACETS.find((one) => one.name === name);
    return `${facet.label}: ${this.#valueOf(name, value)}`;
  }

  #changed(target) {
    if (target.name === "assignee") {
      this.#onChange(this.#query.with("assignee", target.value ? [target.value] : []));
    } else if (target.dataset.facet) {
      this.#onChange(this.#query.toggled(target.dataset.facet, target.value));
    }
  }

  #holder() {
    const [chosen = ""] = this.#query.lists.assignee;
    const others = this.#words.people.filter((person) => person.id !== me.id && !person.disabled && person.role !== "content");
    const options = [["", "Anybody or nobody"], ["me", "You"], ["none", "Nobody"], ...others.map(({ id, name }) => [id, name])];
    return h(
      "div",
      { className: "field facet-holder" },
      h("label", { for: "facet-assignee" }, "Who has it"),
      h(
        "select",
        { id: "facet-assignee", name: "assignee" },
        options.map(([value, label]) => h("option", { value, selected: value === chosen }, label)),
      ),
    );
  }

  #facet({ name, label, order, needs }) {
    const chosen = this.#query.lists[name];
    if (needs && !this.#query.lists[needs].length && !chosen.length) return null;
    const counts = this.#by[name] ?? {};
    const values = sorted([...new Set([...Object.keys(counts), ...chosen])].filter(Boolean), counts, order);
    if (values.length < 2 && !chosen.length) return null;
    const isOpen = this.#open.has(name) || values.length <= SHORT + 1;
    const shown = isOpen ? values : values.filter((value, at) => at < SHORT || chosen.includes(value));
    return h(
      "fieldset",
      { className: "facet" },
      h("legend", {}, label),
      shown.map((value) => this.#value(name, value, counts[value] ?? 0, chosen.includes(value))),
      !isOpen && this.#more(name, values.length - shown.length),
    );
  }

  #value(name, value, count, checked) {
    return h(
      "label",
      { className: count ? "facet-value" : "facet-value none" },
      h("input", { type: "checkbox", id: `facet-${name}-${value}`, value, checked, data: { facet: name } }),
      h("span", {}, this.#valueOf(name, value)),
      " ",
      h("span", { className: "number" }, String(count)),
    );
  }

  #more(name, count) {
    const open = () => {
      this.#open.add(name);
      this.show(this.#query);
    };
    return h("button", { type: "button", className: "facet-more", onclick: open }, `${count} more`);
  }

  #valueOf(name, value) {
    if (name === "status") return statusWord(value);
    if (name === "channel") return channelWord(value);
    if (name === "language") return languageWord(value);
    if (name === "severity") return severityWord(value);
    if (name === "tag") return value;
    return this.#words[name](value);
  }
}

function sorted(values, counts, order) {
  if (order) return order.filter((value) => values.includes(value));
  return values.sort((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0) || one.localeCompare(other));
}

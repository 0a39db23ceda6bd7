// The views people use most, with how many cases are in each.

import { fill, h } from "./elements.js";
import { PRESETS } from "./query.js";

export class Views {
  #root;
  #query = null;
  #counts = {};

  /** @param {(query: import("./query.js").Query) => void} onChoose */
  constructor(root, onChoose) {
    this.#root = root;
    root.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onChoose(this.#query.viewing(PRESETS.find(({ name }) => name === link.dataset.view)));
    });
  }

  /** @param {import("./query.js").Query} query @param {object} [by] counts of all that is open */
  show(query, by) {
    this.#query = query;
    if (by) this.#counts = countsOf(by);
    const focused = this.#root.contains(document.activeElement) ? document.activeElement.dataset.view : null;
    fill(this.#root, ...PRESETS.map((preset) => this.#link(preset)));
    if (focused) this.#root.querySelector(`[data-view="${focused}"]`)?.focus({ preventScroll: true });
  }

  /** What the list itself found is newer than the counts. */
  correct(total) {
    const { preset } = this.#query;
    if (!preset || !(preset.name in this.#counts)) return;
    this.#counts[preset.name] = total;
    this.show(this.#query);
  }

  #link(preset) {
    const current = preset === this.#query.preset ? "page" : null;
    const count = this.#counts[preset.name];
    return h(
      "a",
      { href: `/desk${this.#query.viewing(preset).search}`, "aria-current": current, data: { view: preset.name } },
      preset.label,
      count !== undefined && h("span", { className: "tally" }, String(count)),
    );
  }
}

function countsOf({ status = {}, assignee = {} }) {
  const sum = (...names) => names.reduce((total, name) => total + (status[name] ?? 0), 0);
  return {
    todo: sum("new", "claimed"),
    mine: assignee.me ?? 0,
    unassigned: assignee.none ?? 0,
    waiting: sum("waiting"),
    resolved: sum("resolved", "closed"),
  };
}

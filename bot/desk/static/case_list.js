// The rows in their order. A row that stays keeps its element, the focus and the place on the screen.

import { CaseRow } from "./case_row.js";

export class CaseList {
  #root;
  #words;
  #rows = new Map();
  #order = [];

  /** @param {HTMLElement} root @param {import("./words.js").Words} words */
  constructor(root, words) {
    this.#root = root;
    this.#words = words;
  }

  get isEmpty() {
    return this.#order.length === 0;
  }

  /** @param {any[]} cases @param {Set<string>} fresh references of those that came just now */
  show(cases, fresh = new Set()) {
    const focused = this.#focused();
    const place = focused ? this.#order.indexOf(focused.id) : -1;
    const next = new Map(cases.map((one) => [one.id, this.#rows.get(one.id) ?? new CaseRow(this.#words, one.id)]));
    for (const child of [...this.#root.children]) {
      if (!next.has(child.dataset.ref)) child.remove();
    }
    this.#rows = next;
    this.#order = cases.map((one) => one.id);
    let after = null;
    for (const one of cases) {
      const row = next.get(one.id);
      row.show(one);
      if (fresh.has(one.id)) row.mark(true);
      const before = after ? after.nextSibling : this.#root.firstChild;
      if (before !== row.node) move(this.#root, row.node, before);
      after = row.node;
    }
    if (focused) this.#keepFocus(focused, place);
  }

  /** Moves the focus by so many rows; into the list, when it is elsewhere. */
  step(by) {
    const at = this.#order.indexOf(this.#focused()?.id);
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), this.#order.length - 1);
    this.focus(this.#order[next]);
  }

  /** False when the case is not listed. */
  focus(id) {
    const row = this.#rows.get(id);
    if (!row) return false;
    row.link.focus({ preventScroll: true });
    row.node.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Names of people came after the rows.
  redraw(cases) {
    cases.forEach((one) => this.#rows.get(one.id)?.show(one));
  }

  #focused() {
    return [...this.#rows.values()].find((row) => row.node.contains(document.activeElement));
  }

  // The focused case may have gone: the one in its place is next.
  #keepFocus(focused, place) {
    const row = this.#rows.get(focused.id) ?? this.#rows.get(this.#order[Math.min(place, this.#order.length - 1)]);
    if (row && document.activeElement !== row.link) row.link.focus({ preventScroll: true });
  }
}

// moveBefore keeps focus and scroll; where it is missing the focus is put back.
function move(root, node, before) {
  if (root.moveBefore && node.isConnected) root.moveBefore(node, before);
  else root.insertBefore(node, before);
}

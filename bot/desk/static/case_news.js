// What others did to the case while it was open here: said at once, kept until it is put away or we do
// something ourselves.

import { byId, h, icon } from "./elements.js";
import { happeningOf } from "./history_words.js";
import { hourOf } from "./moments.js";
import { me } from "./session.js";

const MOST = 3;

export class CaseNews {
  #root = byId("news");
  #words;
  #known = null;
  #news = [];

  /** @param {import("./words.js").Words} words */
  constructor(words) {
    this.#words = words;
  }

  /** True when somebody else did something since the last look. */
  show(one) {
    const added = one.history.slice(this.#known ?? one.history.length);
    this.#known = one.history.length;
    if (!added.length) return false;
    const ours = added.map((entry) => entry.who).lastIndexOf(me.id);
    const before = ours < 0 ? this.#news : [];
    this.#news = [...before, ...added.slice(ours + 1)].slice(-MOST);
    this.#draw();
    return this.#news.length > 0;
  }

  #draw() {
    const rows = this.#news.map((entry) => h("li", {}, h("time", {}, hourOf(entry.at)), h("span", { dir: "auto" }, `${happeningOf(entry, this.#words)}.`)));
    const putAway = () => {
      this.#news = [];
      this.#draw();
    };
    const close = h("button", { type: "button", className: "icon-button", "aria-label": "Put away", onclick: putAway }, icon("close", ""));
    this.#root.replaceChildren(...(rows.length ? [h("ul", {}, rows), close] : []));
  }
}

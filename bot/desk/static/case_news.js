// What others did to the case while it was open here: said at once, kept until it is put away.

import { byId, fill, h, icon } from "./elements.js";
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

  /** True when somebody else changed something since the last look. */
  show(one) {
    const known = this.#known ?? one.history.length;
    const news = one.history.slice(known).filter((entry) => entry.who !== me.id);
    this.#known = one.history.length;
    if (!news.length) return false;
    this.#news = [...this.#news, ...news].slice(-MOST);
    this.#draw();
    return true;
  }

  #draw() {
    const rows = this.#news.map((entry) => h("li", {}, h("time", {}, hourOf(entry.at)), h("span", { dir: "auto" }, `${happeningOf(entry, this.#words)}.`)));
    const close = h("button", { type: "button", className: "icon-button", "aria-label": "Put away" }, icon("close", ""));
    fill(this.#root, ...(rows.length ? [h("ul", {}, rows), close] : []));
    this.#root.querySelector("button")?.addEventListener("click", () => {
      this.#news = [];
      this.#draw();
    });
  }
}

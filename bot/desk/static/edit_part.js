// A part of the case that is read most of the time and edited now and then, in place.

import { h, icon } from "./elements.js";

/** What a part shows and how it is edited: subclasses say `view`, `form` and `changes`. */
export class EditPart {
  #root;
  #title;
  #page;
  #editing = null;
  #drawn = "";
  one = null;
  words;

  /** @param {HTMLElement} root @param {string} title @param {import("./case.js").CasePage} page */
  constructor(root, title, page) {
    this.#root = root;
    this.#title = title;
    this.#page = page;
    this.words = page.words;
  }

  /** Shows the case as it is now; an edit under way is left alone. */
  show(one) {
    this.one = one;
    if (!this.#editing) this.#read();
  }

  #read() {
    const view = h("div", {}, this.view(this.one, this.words));
    if (view.innerHTML === this.#drawn) return; // nothing new: the focus stays
    this.#drawn = view.innerHTML;
    const edit = h(
      "button",
      { type: "button", className: "icon-button", "aria-label": `Edit ${this.#title.toLowerCase()}`, title: "Edit", onclick: () => this.#edit() },
      icon("pencil", ""),
    );
    this.#root.replaceChildren(h("div", { className: "part-head" }, h("h2", {}, this.#title), edit), view);
  }

  #edit() {
    const error = h("p", { className: "error", role: "alert" });
    const form = h(
      "form",
      { className: "part-form" },
      this.form(this.one, this.words),
      error,
      h(
        "div",
        { className: "row" },
        h("button", { type: "submit", className: "button primary" }, "Save"),
        h("button", { type: "button", className: "button", onclick: () => this.#done() }, "Cancel"),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save(form, error);
    });
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.#done());
    this.#editing = form;
    this.#drawn = "";
    this.#root.replaceChildren(h("div", { className: "part-head" }, h("h2", {}, this.#title)), form);
    form.querySelector("input, select, textarea")?.focus();
  }

  async #save(form, error) {
    const changes = this.changes(form);
    if (!changes) return this.#done();
    const save = form.querySelector('[type="submit"]');
    save.disabled = true;
    error.textContent = "";
    try {
      const now = await this.#page.deeds.change(changes);
      this.#done();
      this.#page.apply(now);
    } catch (refused) {
      error.textContent = `Not saved: ${refused.words ?? refused.message}`;
    } finally {
      save.disabled = false;
    }
  }

  #done() {
    this.#editing = null;
    this.#read();
    this.#root.querySelector(".icon-button")?.focus({ preventScroll: true });
  }
}

// The queue: what is to do, in order, as it changes.

import { read } from "./api.js";
import { CaseList } from "./case_list.js";
import { coalesce } from "./coalesce.js";
import { byId, fill, h, icon } from "./elements.js";
import { Facets } from "./facets.js";
import { onKeys } from "./keys.js";
import { Live } from "./live.js";
import { Query } from "./query.js";
import { emptyList, failedList } from "./queue_states.js";
import { Views } from "./views.js";
import { Words } from "./words.js";

const PAGE = 50;
const MOST_A_REQUEST = 200;
const AGAIN_MS = 4_000;
const LIST_EVERY_MS = 300;
const COUNTS_EVERY_MS = 2_500;
const TYPING_MS = 250;
const ARRIVALS = ["case_opened", "case_reopened", "case_given_back", "case_returned"];

class Queue {
  #words = new Words();
  #query = Query.read(location.search);
  #list = new CaseList(byId("cases"), this.#words);
  #facets = new Facets(byId("filters"), this.#words, (query) => this.#go(query));
  #shown = PAGE;
  #total = 0;
  #cases = [];
  #runs = 0;
  #views = new Views(byId("presets"), (query) => this.#go(query));
  #arrived = new Set();
  #refresh = coalesce(() => this.#load(), LIST_EVERY_MS);
  #recount = coalesce(() => this.#count(), COUNTS_EVERY_MS);
  #cameFrom = sessionStorage.getItem("nightdesk.desk.opened");

  async run() {
    this.#wire();
    this.#showQuery();
    await Promise.all([this.#load(), this.#count(), this.#learnNames()]);
    new Live({ look: () => this.#look(), heard: (name, data) => this.#heard(name, data) }).run();
  }

  #wire() {
    const search = byId("q");
    let typing = 0;
    search.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.#go(this.#query.searching(search.value.trim()), true), TYPING_MS);
    });
    search.addEventListener("keydown", (event) => event.key === "Escape" && !search.value && search.blur());
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(typing);
      this.#go(this.#query.searching(search.value.trim()));
      this.#list.step(0);
    });
    byId("order").addEventListener("change", ({ target }) => this.#go(this.#query.ordered(target.value)));
    byId("cases").addEventListener("click", ({ target }) => this.#opened(target));
    addEventListener("popstate", () => this.#go(Query.read(location.search), false, true));
    onKeys({
      j: () => this.#list.step(1),
      k: () => this.#list.step(-1),
      "/": () => search.select(),
    });
    this.#wireSheet();
  }

  // The filters stand beside the list where there is room, else in a sheet.
  #wireSheet() {
    const sheet = byId("filter-sheet");
    const narrow = matchMedia("(max-width: 64rem)");
    const place = () => {
      (narrow.matches ? byId("sheet-body") : byId("rail")).append(byId("filters"));
      if (!narrow.matches) sheet.close();
    };
    narrow.addEventListener("change", place);
    place();
    byId("open-filters").addEventListener("click", () => sheet.showModal());
  }

  // Another query: the address, the controls and the list follow.
  #go(query, replace = false, fromHistory = false) {
    this.#query = query;
    this.#shown = PAGE;
    const address = `/desk${query.search}`;
    if (!fromHistory && address !== location.pathname + location.search) {
      history[replace ? "replaceState" : "pushState"](null, "", address);
    }
    this.#showQuery();
    this.#load();
    this.#count();
  }

  async #learnNames() {
    await this.#words.load().catch(() => {}); // asked for again with the next look
    this.#namesAreHere();
  }

  #look() {
    if (!this.#words.isLoaded) this.#learnNames();
    this.#refresh();
    this.#recount();
  }

  #heard(name, data) {
    if (name !== "case") return;
    if (ARRIVALS.includes(data.type)) this.#arrived.add(data.case);
    this.#look();
  }

  async #load() {
    const query = this.#query;
    const run = ++this.#runs;
    const isCurrent = () => run === this.#runs;
    try {
      const { cases, total } = await this.#readCases(query);
      if (!isCurrent()) return;
      this.#cases = cases;
      this.#total = total;
      this.#showCases();
      await this.#meet();
    } catch (error) {
      if (isCurrent()) this.#failed(error);
    }
  }

  async #readCases(query) {
    const offsets = Array.from({ length: Math.ceil(this.#shown / MOST_A_REQUEST) }, (_, at) => at * MOST_A_REQUEST);
    const pages = await Promise.all(
      offsets.map((offset) => {
        const limit = Math.min(MOST_A_REQUEST, this.#shown - offset);
        return read("cases", { ...query.filters, order: query.order, offset, limit });
      }),
    );
    const unique = new Map(pages.flatMap((page) => page.cases).map((one) => [one.id, one]));
    return { cases: [...unique.values()], total: pages[0].total };
  }

  async #count() {
    const query = this.#query;
    try {
      const [counts, views] = await Promise.all([read("counts", query.filters), read("counts", query.filtersOfViews)]);
      if (query !== this.#query) return;
      this.#facets.show(query, counts.by);
      this.#views.show(query, views.by);
      showUndelivered((await read("undelivered", { limit: 0 })).total);
    } catch {
      // The list says what is wrong.
    }
  }

  async #meet() {
    if (await this.#words.meet(...this.#cases.map((one) => one.assignee))) this.#namesAreHere();
  }

  #namesAreHere() {
    this.#list.redraw(this.#cases);
    this.#facets.show(this.#query);
    this.#showChosen();
  }

  #showCases() {
    const fresh = new Set(this.#cases.map((one) => one.id).filter((id) => this.#arrived.has(id)));
    this.#arrived.clear();
    const root = byId("cases");
    root.removeAttribute("aria-busy");
    this.#list.show(this.#cases, fresh);
    root.hidden = this.#list.isEmpty;
    this.#showEnd();
    this.#showTitle();
    this.#views.correct(this.#total);
    if (fresh.size) byId("told").textContent = fresh.size === 1 ? "A new case came in." : `${fresh.size} new cases came in.`;
    if (this.#cameFrom) this.#list.focus(this.#cameFrom);
    this.#cameFrom = null;
  }

  #showEnd() {
    const end = byId("list-end");
    const left = this.#total - this.#cases.length;
    end.hidden = left <= 0 && !this.#list.isEmpty;
    if (this.#list.isEmpty) return fill(end, ...emptyList(this.#query)), this.#wireEmpty(end);
    end.replaceChildren(
      h("button", { type: "button", className: "button", onclick: () => this.#more() }, `Show ${Math.min(left, PAGE)} more`),
      h("span", { className: "soft" }, `${this.#cases.length} of ${this.#total}`),
    );
  }

  #wireEmpty(end) {
    const ways = { clear: () => this.#query.cleared(), everywhere: () => this.#query.everywhere() };
    for (const button of end.querySelectorAll("[data-way]")) {
      button.onclick = () => {
        const query = ways[button.dataset.way]();
        byId("q").value = query.q;
        this.#go(query);
      };
    }
  }

  async #more() {
    const first = this.#cases.length;
    this.#shown += PAGE;
    await this.#load();
    this.#list.focus(this.#cases[first]?.id);
  }

  // What was there stays; the banner says what is wrong. Without anything the page says it itself.
  #failed(error) {
    if (error.status === 401) return;
    setTimeout(() => this.#refresh(), AGAIN_MS); // also when the stream says that all is well
    if (!this.#list.isEmpty) return;
    byId("cases").hidden = true;
    byId("list-title").textContent = this.#query.preset?.title ?? "Cases";
    const end = byId("list-end");
    end.hidden = false;
    end.replaceChildren(...failedList(error, () => this.#go(this.#query)));
  }

  #showQuery() {
    const search = byId("q");
    if (document.activeElement !== search) search.value = this.#query.q;
    byId("order").value = this.#query.order;
    this.#views.show(this.#query);
    this.#showChosen();
    this.#facets.show(this.#query);
    sessionStorage.setItem("nightdesk.desk.queue", `/desk${this.#query.search}`);
  }

  #showChosen() {
    const chosen = this.#query.chosen;
    const tally = byId("filter-tally");
    tally.textContent = chosen.length ? String(chosen.length) : "";
    const root = byId("chosen");
    root.replaceChildren(...chosen.map(([name, value]) => h("li", {}, this.#chosenButton(name, value))));
    root.hidden = !chosen.length;
    if (chosen.length > 1) {
      const clear = () => this.#go(this.#query.cleared().searching(this.#query.q));
      root.append(h("li", {}, h("button", { type: "button", className: "button quiet", onclick: clear }, "Clear all")));
    }
  }

  #chosenButton(name, value) {
    const label = this.#facets.labelOf(name, value);
    const drop = () => this.#go(this.#query.toggled(name, value));
    return h("button", { type: "button", className: "chosen-one", "aria-label": `Remove filter ${label}`, onclick: drop }, label, icon("close"));
  }

  #showTitle() {
    const title = this.#query.preset?.title ?? "Cases";
    byId("list-title").replaceChildren(title, " ", h("span", { className: "soft" }, String(this.#total)));
    byId("sheet-done").textContent = this.#total === 1 ? "Show 1 case" : `Show ${this.#total} cases`;
    document.title = `(${this.#total}) ${title} – Nightdesk`;
  }

  // Coming back, the reader finds the case where it was.
  #opened(target) {
    const row = target.closest(".case");
    if (!row) return;
    sessionStorage.setItem("nightdesk.desk.opened", row.dataset.ref);
    if (!target.closest("a") && !getSelection().toString()) row.querySelector("a").click();
  }
}

function showUndelivered(total) {
  const note = byId("undelivered");
  note.hidden = !total;
  note.querySelector("a").textContent = total === 1 ? "1 reply was not delivered" : `${total} replies were not delivered`;
}

new Queue().run();

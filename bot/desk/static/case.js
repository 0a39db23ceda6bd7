// The page of one case: reads it, shows it, does what people decide, and follows what others do.

import { read } from "./api.js";
import { Deeds } from "./case_deeds.js";
import { ResolveDialog, ReturnDialog, TransferDialog } from "./case_dialogs.js";
import { CaseHead } from "./case_head.js";
import { CaseNews } from "./case_news.js";
import { Details, showAround, Sorting, Tags } from "./case_parts.js";
import { rightsOf } from "./case_rights.js";
import { coalesce } from "./coalesce.js";
import { DeedsBar } from "./deeds_bar.js";
import { Dock } from "./dock.js";
import { byId, h, icon } from "./elements.js";
import { happeningOf } from "./history_words.js";
import { onKeys } from "./keys.js";
import { Live } from "./live.js";
import { fullMomentOf, momentOf } from "./moments.js";
import { say } from "./notices.js";
import { Query } from "./query.js";
import { mayTakeOver } from "./session.js";
import { TalkLog } from "./talk_log.js";
import { Words } from "./words.js";

const READ_EVERY_MS = 300;
const QUEUE = sessionStorage.getItem("nightdesk.desk.queue") ?? "/desk";

export class CasePage {
  reference = byId("case").dataset.reference;
  deeds = new Deeds(this.reference);
  words = new Words();
  one = null;
  #others = [];
  #hasUnseen = false;
  #reread = coalesce(() => this.load(), READ_EVERY_MS);
  #head = new CaseHead(this.words);
  #news = new CaseNews(this.words);
  #log = new TalkLog(this.words);
  #parts = [new Sorting(this), new Details(this), new Tags(this)];
  #dialogs = { transfer: new TransferDialog(this), resolve: new ResolveDialog(this), giveBack: new ReturnDialog(this) };
  #bar = new DeedsBar({
    claim: () => this.#claim(),
    reopen: () => this.#attempt(() => this.deeds.reopen(), "Reopened; you have it."),
    transfer: () => this.#dialogs.transfer.open(),
    giveBack: () => this.#dialogs.giveBack.open(),
    resolve: () => this.#dialogs.resolve.open(),
  });
  #dock = new Dock(this);

  async run() {
    byId("back").href = QUEUE;
    sessionStorage.setItem("nightdesk.desk.opened", this.reference);
    this.#wireKeys();
    document.addEventListener("visibilitychange", () => this.#showTitle());
    await this.load();
    new Live({ look: this.#reread, heard: (name, data) => name === "case" && this.#heard(data) }).run();
  }

  /** Reads the case anew and shows it. */
  async load() {
    try {
      if (!this.words.isLoaded) this.#learnNames();
      this.apply(await read(`cases/${encodeURIComponent(this.reference)}`));
      await this.#loadOthers();
    } catch (error) {
      if (!this.one) this.#failed(error);
    }
  }

  async #learnNames() {
    await this.words.load().catch(() => {}); // asked for again with the next look
    if (this.one) this.#show();
  }

  /** The case as the server told it just now. An older answer than what is shown is passed over. */
  apply(one) {
    if (this.one && one.revision < this.one.revision) return;
    this.one = one;
    this.words.learn(one.names);
    this.#show();
  }

  say(text, action) {
    say(text, action);
  }

  /** Does something by its name, or says why not: claim, reopen, transfer, giveBack, resolve. */
  do(deed) {
    this.#bar.do(deed);
  }

  showRights() {
    if (!this.one) return;
    const rights = rightsOf(this.one, this.words);
    this.#bar.show(rights);
    this.#dock.show(rights);
  }

  /** To the first case of the queue that is not this one. */
  async goNext() {
    const query = Query.read(new URL(QUEUE, location.href).search);
    const { cases } = await read("cases", { ...query.filters, order: query.order, limit: 2 }).catch(() => ({ cases: [] }));
    const next = cases.find(({ id }) => id !== this.reference);
    location.href = next ? `/desk/cases/${next.id}` : QUEUE;
  }

  #show() {
    const { one } = this;
    byId("missing-case").hidden = true;
    for (const part of document.querySelectorAll(".head, .talk, .side")) part.hidden = false;
    byId("case").removeAttribute("aria-busy");
    this.#head.show(one);
    this.showRights();
    if (this.#news.show(one) && document.hidden) this.#hasUnseen = true;
    this.#showTitle();
    this.#log.show(one);
    for (const part of this.#parts) part.show(one);
    showAround(one, this.#others);
    this.#showHistory();
  }

  // A dot in the tab's title while something happened that nobody has seen.
  #showTitle() {
    if (!this.one) return;
    this.#hasUnseen &&= document.hidden;
    document.title = `${this.#hasUnseen ? "● " : ""}${this.one.id} ${this.one.summary} – Nightdesk`;
  }

  #showHistory() {
    const entries = [...this.one.history].reverse();
    byId("history-list").replaceChildren(
      ...entries.map((entry) =>
        h("li", {}, h("span", { dir: "auto" }, happeningOf(entry, this.words)), h("time", { datetime: entry.at, title: fullMomentOf(entry.at) }, momentOf(entry.at))),
      ),
    );
  }

  async #loadOthers() {
    const { cases } = await read("cases", { conversation: this.one.conversation, order: "newest", limit: 20 });
    this.#others = cases.filter(({ id }) => id !== this.reference);
    showAround(this.one, this.#others);
  }

  #heard(data) {
    if (data.case === this.reference || this.#others.some(({ id }) => id === data.case)) this.#reread();
  }

  #claim() {
    const takeOver = rightsOf(this.one, this.words).isOthers;
    this.#attempt(() => this.deeds.claim(takeOver), "You have this case. The assistant is silent now.");
  }

  async #attempt(deed, words) {
    try {
      this.apply(await deed());
      say(words);
    } catch (error) {
      if (error.status === 401) return;
      const again = error.mayWorkLater ? { label: "Try again", act: () => this.#attempt(deed, words) } : undefined;
      say(`Not done: ${error.words ?? error.message}`, again ?? this.#wayOn(error));
      if (error.status === 409) this.load();
    }
  }

  // Somebody was faster; those who may can still have it.
  #wayOn(error) {
    if (error.code !== "held_by" || !mayTakeOver) return undefined;
    return { label: "Take over", act: () => this.#attempt(() => this.deeds.claim(true), "You have this case.") };
  }

  #wireKeys() {
    onKeys({
      c: () => this.one && this.do("claim"),
      r: () => this.one && this.#dock.write("reply"),
      n: () => this.one && this.#dock.write("note"),
      t: () => this.one && this.do("transfer"),
      e: () => this.one && this.do("resolve"),
      u: () => (location.href = QUEUE),
    });
  }

  #failed(error) {
    if (error.status === 401) return;
    const isUnknown = error.status === 404;
    const root = byId("missing-case");
    for (const part of document.querySelectorAll(".head, .talk, .side")) part.hidden = true;
    for (const ghost of document.querySelectorAll(".placeholder")) ghost.remove();
    byId("case").removeAttribute("aria-busy");
    root.hidden = false;
    root.replaceChildren(
      h(
        "div",
        { className: "empty" },
        icon(isUnknown ? "search" : "missing", ""),
        h("h1", {}, isUnknown ? `There is no case ${this.reference}` : "The case can't be shown"),
        h("p", {}, isUnknown ? "The reference may be mistyped, or the customer's data was erased." : (error.words ?? "Something went wrong on this page.")),
        h(
          "p",
          { className: "row" },
          h("a", { className: "button", href: QUEUE }, "Back to the queue"),
          !isUnknown && h("button", { type: "button", className: "button primary", onclick: () => this.load() }, "Try again"),
        ),
      ),
    );
  }
}

new CasePage().run();

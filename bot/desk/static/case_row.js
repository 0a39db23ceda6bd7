// One case in the queue. The element lives as long as the case is listed; only what changed is drawn.

import { countDown } from "./countdown.js";
import { fill, h, icon } from "./elements.js";
import { fullMomentOf, momentOf } from "./moments.js";
import { me } from "./session.js";
import { channelWord, customerName, dueWord, handleOf, languageWord, severityWord, statusWord } from "./words.js";

const MOST_TAGS = 4;

export class CaseRow {
  #words;
  #drawn = "";
  #parts;

  /** @param {import("./words.js").Words} words */
  constructor(words, id) {
    this.#words = words;
    this.id = id;
    this.link = h("a", { className: "case-link", href: `/desk/cases/${id}`, dir: "auto" });
    this.#parts = {
      lead: h("p", { className: "case-lead" }),
      title: h("h3", { className: "case-title" }, this.link),
      meta: h("p", { className: "case-meta" }),
      chips: h("p", { className: "case-chips" }),
      due: h("p", { className: "case-due" }),
    };
    this.node = h("li", { className: "case", data: { ref: id } }, Object.values(this.#parts));
    this.node.addEventListener("focusin", () => this.mark(false));
    this.node.addEventListener("pointerenter", () => this.mark(false));
  }

  /** Shows that it came, or came back, while the page was open. */
  mark(fresh) {
    this.node.classList.toggle("fresh", fresh);
  }

  show(row) {
    const now = JSON.stringify([row, this.#words.person(row.assignee), this.#words.version]);
    if (now === this.#drawn) return;
    this.#drawn = now;
    this.node.dataset.severity = row.severity;
    this.node.classList.toggle("mine", row.assignee === me.id);
    this.link.textContent = row.summary || "Without words";
    const { lead, meta, chips, due } = this.#parts;
    fill(lead, severityMark(row.severity), h("span", { className: `state ${row.status}` }, statusWord(row.status)));
    lead.title = row.severity_reasons.join("\n");
    fill(meta, this.#meta(row));
    fill(chips, this.#chips(row));
    this.#due(due, row);
  }

  #meta(row) {
    const { name, handle } = row.customer;
    const also = name && handle ? h("span", {}, handleOf(handle)) : null;
    const texts = [
      [h("strong", {}, customerName(row.customer)), also && " ", also],
      this.#words.subject(row),
      this.#words.team(row.team),
      channelWord(row.channel),
      languageWord(row.language),
    ];
    return texts.map((text) => h("span", {}, text));
  }

  #chips(row) {
    const words = this.#words;
    const mine = row.assignee === me.id;
    const missing = row.missing.map((name) => words.field(name).toLowerCase()).join(", ");
    const more = row.tags.length - MOST_TAGS;
    const tags = row.tags.slice(0, MOST_TAGS).map((tag) => h("span", {}, `#${tag}`));
    return [
      h("span", { className: "case-ref" }, row.id),
      row.assignee && h("span", { className: mine ? "chip who own" : "chip who" }, icon("person"), mine ? "You" : words.person(row.assignee)),
      row.unread && row.status !== "new" && h("span", { className: "chip unread" }, "Customer wrote"),
      row.rating && h("span", { className: "chip" }, `Rated ${row.rating} of 5`),
      missing && h("span", { className: "chip missing" }, icon("missing"), `Missing: ${missing}`),
      tags.length > 0 && h("span", { className: "case-tags" }, tags, more > 0 && h("span", {}, `+${more}`)),
    ];
  }

  #due(node, row) {
    if (!row.due) {
      const at = h("time", { datetime: row.updated_at, title: fullMomentOf(row.updated_at) }, momentOf(row.updated_at));
      return node.replaceChildren(h("span", { className: "soft" }, "Last change"), h("span", { className: "case-when" }, at));
    }
    const left = countDown(h("strong", { className: "due" }), row.due);
    const when = h("time", { datetime: row.due }, momentOf(row.due));
    node.replaceChildren(left, h("span", { className: "case-when" }, `${dueWord(row.due_kind)} `, when));
  }
}

/** Word and shape; never colour alone. */
export function severityMark(severity) {
  return h("span", { className: `severity ${severity}` }, icon(severity, ""), severityWord(severity));
}

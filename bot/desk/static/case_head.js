// The ten seconds: who, what, how bad and why, promised until when, what is missing, what was offered.

import { countDown } from "./countdown.js";
import { byId, fill, h, icon } from "./elements.js";
import { linkTo } from "./links.js";
import { fullMomentOf, momentOf, spanOf } from "./moments.js";
import { severityMark } from "./case_row.js";
import { me } from "./session.js";
import { channelWord, customerName, handleOf, languageWord, statusWord } from "./words.js";

const SENTIMENT = { negative: "Sounds unhappy", positive: "Sounds friendly" };

export class CaseHead {
  #words;
  #drawn = "";

  /** @param {import("./words.js").Words} words */
  constructor(words) {
    this.#words = words;
  }

  show(one) {
    const { transcript, revision, now, names, ...rest } = one;
    const key = JSON.stringify([rest, this.#words.version]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const summary = byId("summary");
    summary.lang = one.customer.language;
    fill(summary, one.summary || "Without words");
    fill(byId("state"), ...this.#state(one));
    byId("facts").replaceChildren(
      fact("Who", this.#who(one), "who"),
      fact("What", this.#what(one), "what"),
      fact("How bad, and why", this.#why(one), "why"),
      fact("Promised", this.#promised(one), "promised"),
      fact("Missing", this.#missing(one), "missing-facts"),
      fact("Already offered", this.#offered(one), "offered"),
    );
  }

  #state(one) {
    const mine = one.assignee === me.id;
    const isHeld = one.assignee && ["claimed", "waiting"].includes(one.status);
    return [
      h("span", { className: `state ${one.status}` }, statusWord(one.status)),
      isHeld && h("span", { className: mine ? "holder own" : "holder" }, icon("person"), mine ? "You have it" : `${this.#words.person(one.assignee)} has it`),
      one.rating && h("span", { className: "chip" }, `Rated ${one.rating} of 5`),
    ];
  }

  #who({ customer, channel, visibility }) {
    const followers = customer.followers === null ? null : `${customer.followers.toLocaleString("en")} followers`;
    return [
      h("strong", { dir: "auto" }, customerName(customer)),
      customer.name && customer.handle && h("span", {}, handleOf(customer.handle)),
      h("span", {}, [channelWord(channel), languageWord(customer.language)].join(" · ")),
      h("span", {}, [visibility === "public" && "Public post", followers].filter(Boolean).join(" · ")),
    ];
  }

  #what(one) {
    const also = one.secondary_topics.map((name) => this.#words.topic(name)).join(", ");
    return [
      h("strong", {}, this.#words.topic(one.topic)),
      h("span", {}, this.#words.subtopic(one.subtopic)),
      h("span", {}, `Team ${this.#words.team(one.team)}`),
      also && h("span", {}, `Also: ${also}`),
      one.incident && h("span", {}, `Part of incident ${one.incident}`),
    ];
  }

  #why(one) {
    const reasons = one.severity_reasons.map((reason) => h("li", {}, reason));
    const mood = SENTIMENT[one.sentiment];
    return [severityMark(one.severity), h("ul", { className: "reasons" }, reasons), mood && h("span", { className: "soft" }, mood)];
  }

  #promised(one) {
    const { sla } = one;
    const owing = ["new", "claimed"].includes(one.status);
    const first = one.reply_at ? `First answer ${momentOf(one.reply_at)}` : null;
    return [
      owing ? clock(sla.respond_by, "Answer by") : h("strong", {}, one.status === "waiting" ? "The customer is next" : "Done"),
      first && h("span", {}, first),
      owing && sla.next_response_by && sla.next_response_by !== sla.respond_by && target("Next answer", sla.next_response_by),
      owing && sla.resolve_by && target("Solve by", sla.resolve_by),
      one.status === "waiting" && sla.resolve_left !== null && h("span", {}, pausedWords(sla.resolve_left)),
      owing && sla.window_closes_at && target("Chat closes", sla.window_closes_at),
    ];
  }

  #missing(one) {
    const missing = Object.entries(one.details).filter(([, { source }]) => source === "missing");
    if (!missing.length) return nothing();
    return missing.map(([name]) => h("span", { className: "chip missing" }, icon("missing"), this.#words.field(name)));
  }

  #offered({ resources_offered: offered }) {
    if (!offered.length) return nothing();
    return offered.map((id) => {
      const { title, url } = this.#words.resource(id);
      return h("span", {}, (url && linkTo(url, title)) ?? title);
    });
  }
}

function nothing() {
  return [h("span", { className: "soft nothing" }, "Nothing")];
}

function fact(label, children, name) {
  return h("div", { className: `fact ${name}` }, h("dt", {}, label), h("dd", {}, children));
}

function clock(due, label) {
  const when = h("span", {}, `${label} `, h("time", { datetime: due }, momentOf(due)));
  return [countDown(h("strong", { className: "due" }), due), when];
}

function target(label, due) {
  return h("span", { title: fullMomentOf(due) }, `${label} `, h("time", { datetime: due }, momentOf(due)));
}

function pausedWords(seconds) {
  return seconds < 0 ? "Solution is late" : `Solution paused, ${spanOf(seconds * 1000)} left`;
}

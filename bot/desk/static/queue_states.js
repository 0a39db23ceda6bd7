// The queue with nothing in it: because all is done, because nothing fits, because something failed.

import { h, icon } from "./elements.js";
import { serverNow } from "./server_clock.js";

const NOTHING = {
  todo: () => ["Nothing is waiting", `Good ${partOfDay()}! What comes in appears here by itself.`],
  mine: () => ["You have no cases", "Claim one from those that nobody has."],
  unassigned: () => ["Every case is in somebody's hands", "What comes in appears here by itself."],
  waiting: () => ["No customer owes an answer", "Cases wait here after you replied."],
  resolved: () => ["Nothing is resolved yet", "Cases come here when they are done."],
  all: () => ["There are no cases yet", "What the assistant takes in appears here by itself."],
};

/** @param {import("./query.js").Query} query */
export function emptyList(query) {
  if (!query.q && !query.chosen.length && query.preset) return nothing(...NOTHING[query.preset.name](), query.preset);
  const isEverywhere = query.preset?.name === "all";
  return [
    h(
      "div",
      { className: "empty" },
      icon("search", ""),
      h("h2", {}, query.q ? `Nothing found for “${query.q}”` : "No case fits these filters"),
      h("p", {}, isEverywhere ? "Try fewer words or filters." : "It may be in another view, or the filters leave it out."),
      h(
        "p",
        { className: "row" },
        h("button", { type: "button", className: "button", data: { way: "clear" } }, "Clear search and filters"),
        !isEverywhere && h("button", { type: "button", className: "button", data: { way: "everywhere" } }, "Look in all cases"),
      ),
    ),
  ];
}

function nothing(title, text, preset) {
  const isMine = preset.name === "mine";
  return [
    h(
      "div",
      { className: "empty" },
      icon(preset.name === "todo" ? "moon" : "resolve", ""),
      h("h2", {}, title),
      h("p", {}, text),
      isMine && h("p", { className: "row" }, h("a", { className: "button", href: "/desk?assignee=none" }, "Cases nobody has")),
    ),
  ];
}

/** @param {import("./api.js").Refused} error @param {() => void} again */
export function failedList(error, again) {
  return [
    h(
      "div",
      { className: "empty" },
      icon("missing", ""),
      h("h2", {}, "The queue can't be shown"),
      h("p", {}, error.words ?? "Something went wrong on this page."),
      h("p", { className: "row" }, h("button", { type: "button", className: "button primary", onclick: again }, "Try again")),
    ),
  ];
}

function partOfDay() {
  const hour = new Date(serverNow()).getHours();
  if (hour < 5 || hour >= 22) return "night";
  if (hour < 12) return "morning";
  return hour < 18 ? "afternoon" : "evening";
}

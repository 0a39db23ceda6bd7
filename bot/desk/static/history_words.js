// A case's history in sentences.

import { momentOf } from "./moments.js";
import { human, reasonWords, severityWord } from "./words.js";

const TARGETS = { first_response: "first answer", next_response: "next answer", resolution: "solution" };

const SENTENCES = {
  opened: (entry, who) => `${who} opened the case${entry.severity ? ` as ${severityWord(entry.severity).toLowerCase()}` : ""}`,
  message_added: (entry) => `The customer added to the case${timesOf(entry)}`,
  customer_replied: (entry) => `The customer answered${timesOf(entry)}`,
  set_aside: () => "A message could not be answered by the assistant and was set aside",
  claimed: (entry, who, words) => (entry.before ? `${who} took the case over from ${words.person(entry.before)}` : `${who} claimed the case`),
  replied: (entry, who) => `${who} replied${entry.waits === false ? ", and is still working on it" : ""}`,
  noted: (entry, who) => `${who} wrote a note`,
  changed: changedWords,
  transferred: transferredWords,
  reminded: (entry, who, words) => `${words.person(entry.agent)} was reminded that the customer waits`,
  given_back: (entry, who, words) => `${words.person(entry.agent)} was silent for too long; the case is back in the queue`,
  returned: (entry, who) => `${who} returned the case to the assistant`,
  resolved: (entry, who) => `${who} resolved the case${entry.asked ? " and asked for a rating" : ""}`,
  closed: (entry, who) => `${who} closed the case`,
  reopened: (entry, who) => `${who} reopened the case`,
  not_delivered: (entry) => `A reply was not delivered: ${reasonWords(entry.reason)}`,
  sent_again: (entry, who) => `${who} sent a reply again that was not delivered`,
  rated: (entry) => `The customer rated the case ${entry.rating} of 5`,
  promise_moved: (entry) => `The customer got a new promise instead of ${momentOf(entry.before)}`,
  promise_broken: (entry) => `The promise was not kept${entry.due ? ` (${momentOf(entry.due)})` : ""}`,
  target_warned: (entry) => `The time for the ${TARGETS[entry.target] ?? entry.target} is almost over`,
  target_breached: (entry) => `The time for the ${TARGETS[entry.target] ?? entry.target} is over`,
};

function timesOf({ messages }) {
  return messages > 1 ? ` (${messages} messages)` : "";
}

/** What happened, in a sentence without its full stop. @param {import("./words.js").Words} words */
export function happeningOf(entry, words) {
  const sentence = SENTENCES[entry.what];
  const who = words.who(entry.who);
  return sentence ? sentence(entry, who, words) : `${who}: ${human(entry.what).toLowerCase()}`;
}

function changedWords({ field, before, after }, who, words) {
  const named = { severity: severityWord, topic: (name) => words.topic(name), subtopic: (name) => words.subtopic(name), team: (name) => words.team(name) }[field];
  const name = named || field === "tags" ? field : words.field(field).toLowerCase();
  const shown = named ?? ((value) => `“${value}”`);
  if (!before) return `${who} set ${name} to ${shown(after)}`;
  if (!after) return `${who} removed ${name} ${shown(before)}`;
  return `${who} changed ${name} from ${shown(before)} to ${shown(after)}`;
}

function transferredWords({ team, person, before }, who, words) {
  if (person) return `${who} gave the case to ${words.who(person) === "You" ? "you" : words.person(person)}`;
  return `${who} moved the case ${before ? `from ${words.team(before)} ` : ""}to ${words.team(team)}`;
}

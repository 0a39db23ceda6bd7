// What the state of a case, its holder and our role let us do; and why not, in words.

import { mayTakeOver, me } from "./session.js";
import { statusWord } from "./words.js";

/**
 * @typedef {object} Rights for each deed null when it is allowed, else the reason
 * @property {boolean} isOpen @property {boolean} isHeld @property {boolean} isMine @property {boolean} isOthers
 */

/** @param {import("./words.js").Words} words @returns {Rights & Record<string, string | null>} */
export function rightsOf(one, words) {
  const isOpen = ["new", "claimed", "waiting"].includes(one.status);
  const isHeld = Boolean(one.assignee) && isOpen && one.status !== "new";
  const isMine = isHeld && one.assignee === me.id;
  const isOthers = isHeld && !isMine;
  const done = isOpen ? null : `This case is ${statusWord(one.status).toLowerCase()}; reopen it first.`;
  const has = isOthers ? `${words.person(one.assignee)} has this case` : "";
  const unlessLead = isOthers && !mayTakeOver ? `${has}.` : null;
  return {
    isOpen,
    isHeld,
    isMine,
    isOthers,
    claim: done ?? (isMine ? "You have this case." : unlessLead),
    reply: done ?? (isMine ? null : isOthers ? `${has}, and answers.` : "Claim the case to reply."),
    transfer: done ?? unlessLead,
    giveBack: done ?? (isHeld ? unlessLead : "Nobody has this case; the assistant talks already."),
    resolve: done ?? (isOthers ? (mayTakeOver ? `${has}; take it over first.` : `${has}.`) : null),
    reopen: isOpen ? "This case is open." : null,
    summary: isOthers ? summaryFor(has) : "",
  };
}

function summaryFor(has) {
  if (mayTakeOver) return `${has}. Take it over to reply or to resolve it.`;
  return `${has}, and answers. You can write notes and correct what is known.`;
}

// Replies that did not reach their customers: what, to whom, why, and another try.

import { read, write } from "./api.js";
import { coalesce } from "./coalesce.js";
import { byId, h, icon } from "./elements.js";
import { Live } from "./live.js";
import { momentOf } from "./moments.js";
import { say } from "./notices.js";
import { channelWord, reasonWords } from "./words.js";

const PAGE = 50;
const EVERY_MS = 500;
let shown = PAGE;

async function show() {
  const root = byId("replies");
  try {
    const { replies, total } = await read("undelivered", { limit: Math.min(shown, 200) });
    const rows = replies.map(row);
    const kept = document.activeElement?.dataset?.key;
    root.replaceChildren(total ? h("ol", { className: "undelivered-list" }, rows) : none(), more(total - replies.length) || "");
    if (kept) root.querySelector(`[data-key="${kept}"]`)?.focus();
  } catch (error) {
    if (root.hasAttribute("aria-busy") && error.status !== 401) root.replaceChildren(failed(error));
  }
  root.removeAttribute("aria-busy");
}

function row(one) {
  const who = one.from === "agent" ? "An agent's reply" : "The assistant's reply";
  const title = one.case ? h("a", { href: `/desk/cases/${one.case}`, dir: "auto" }, one.summary || one.case) : "No case";
  const times = one.tries === 1 ? "tried once" : `tried ${one.tries} times`;
  return h(
    "li",
    { className: "card", data: { reply: one.id } },
    h("h2", {}, title),
    h("p", { className: "soft" }, [one.case, channelWord(one.channel), who, `${momentOf(one.at)}, ${times}`].filter(Boolean).join(" · ")),
    h("blockquote", { dir: "auto" }, one.text || "(erased)"),
    h("p", {}, `Not delivered: ${reasonWords(one.reason)}.`),
    h(
      "div",
      { className: "row" },
      button("Send again", "primary", `send-${one.id}`, () => act("POST", `undelivered/${one.id}/send`, "It is on its way again.")),
      button("Take off the list", "quiet", `drop-${one.id}`, () => act("DELETE", `undelivered/${one.id}`, "It is off the list.")),
    ),
  );
}

function button(label, kind, key, onclick) {
  return h("button", { type: "button", className: `button ${kind}`, data: { key }, onclick }, label);
}

async function act(method, path, words) {
  try {
    await write(method, path);
    say(words);
  } catch (error) {
    if (error.status !== 401) say(error.words ?? "Something went wrong on this page.");
  }
  await show();
}

function more(left) {
  if (left <= 0) return null;
  return button(`${left} more`, "", "more", () => {
    shown += PAGE;
    show();
  });
}

function none() {
  return h("div", { className: "empty" }, icon("send", ""), h("h2", {}, "Every reply was delivered"), h("p", { className: "row" }, h("a", { className: "button", href: "/desk" }, "To the queue")));
}

function failed(error) {
  return h("div", { className: "empty" }, icon("missing", ""), h("h2", {}, "The list can't be shown"), h("p", {}, error.words ?? "Something went wrong on this page."), h("p", { className: "row" }, h("button", { type: "button", className: "button primary", onclick: show }, "Try again")));
}

const refresh = coalesce(show, EVERY_MS);
new Live({ look: refresh, heard: (name) => name === "case" && refresh() }).run();

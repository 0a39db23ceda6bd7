// The morning: what the night left for each team, with the ways to it.

import { read } from "./api.js";
import { countDown } from "./countdown.js";
import { byId, h, icon } from "./elements.js";
import { Live } from "./live.js";
import { momentOf } from "./moments.js";
import { severityMark } from "./case_row.js";
import { SEVERITIES, statusWord, Words } from "./words.js";

const words = new Words();

async function show() {
  const root = byId("digests");
  try {
    const { digests } = await read("digests");
    root.replaceChildren(...(digests.length ? digests.map(team) : [none()]));
  } catch (error) {
    if (root.hasAttribute("aria-busy") && error.status !== 401) root.replaceChildren(failed(error));
  }
  root.removeAttribute("aria-busy");
}

function team(digest) {
  const queue = `/desk?team=${digest.team}`;
  return h(
    "section",
    { className: "card team", "aria-labelledby": `team-${digest.team}` },
    h(
      "header",
      { className: "team-head" },
      h("h2", { id: `team-${digest.team}` }, h("a", { href: queue }, words.team(digest.team))),
      h("p", { className: "soft" }, cameWords(digest), ", ", h("strong", {}, owedWords(digest)), ` when the team opened at ${momentOf(digest.opens_at)}`),
    ),
    (digest.total > 0 || digest.unanswered > 0) && [
      alarm("Critical", digest.critical, digest.critical_total, "critical", `${queue}&severity=critical`),
      alarm("Promises that were not kept", digest.breached, digest.breached_total, "high", queue),
      h("div", { className: "team-parts" }, severities(digest), topics(digest), promises(digest)),
    ],
  );
}

function cameWords({ total, since }) {
  return `${total === 1 ? "1 case" : `${total || "No"} cases`} since ${momentOf(since)}`;
}

function owedWords({ unanswered }) {
  if (!unanswered) return "nobody waited for an answer";
  return unanswered === 1 ? "1 waited for an answer" : `${unanswered} waited for an answer`;
}

function alarm(title, cases, total, severity, way) {
  if (!cases.length) return null;
  const rows = cases.map((one) => h("li", {}, link(one), h("span", { className: "soft" }, statusWord(one.status))));
  return h("div", { className: `alarm ${severity}` }, h("h3", {}, icon(severity, ""), `${title}: ${total}`), h("ul", {}, rows, more(total - cases.length, way)));
}

function more(count, way) {
  return count > 0 && h("li", {}, h("a", { href: way }, `${count} more`));
}

function severities(digest) {
  const rows = SEVERITIES.filter((name) => digest.by_severity[name]).map((name) =>
    counted(`/desk?team=${digest.team}&severity=${name}`, severityMark(name), digest.by_severity[name], digest.total),
  );
  return part("By severity", rows);
}

function topics(digest) {
  const sorted = Object.entries(digest.by_topic).sort(([, one], [, other]) => other - one);
  const rows = sorted.map(([name, count]) => counted(`/desk?team=${digest.team}&topic=${name}`, words.topic(name), count, digest.total));
  return part("By topic", rows);
}

function promises(digest) {
  const rows = digest.promises.map((one) =>
    h(
      "li",
      { className: "promise" },
      h("span", { className: "promise-time" }, h("time", { datetime: one.respond_by }, momentOf(one.respond_by)), countDown(h("span", { className: "due" }), one.respond_by)),
      severityMark(one.severity),
      link(one),
    ),
  );
  return part("Promises by time", [...rows, more(digest.unanswered - rows.length, `/desk?team=${digest.team}`)].filter(Boolean), "promises");
}

function part(title, rows, className = "") {
  return h("div", { className: `team-part ${className}` }, h("h3", {}, title), h("ul", {}, rows.length ? rows : h("li", { className: "soft" }, "None")));
}

function counted(href, label, count, total) {
  return h("li", {}, h("a", { className: "counted", href }, h("span", {}, label), h("meter", { min: 0, max: total, value: count, "aria-hidden": "true" }), h("span", { className: "number" }, String(count))));
}

function link(one) {
  return h("a", { href: `/desk/cases/${one.case}`, dir: "auto" }, one.summary || one.case);
}

function none() {
  return h("div", { className: "empty" }, icon("moon", ""), h("h2", {}, "No digest yet"), h("p", {}, "Each team gets its digest when it opens in the morning."), h("p", { className: "row" }, h("a", { className: "button", href: "/desk" }, "To the queue")));
}

function failed(error) {
  return h("div", { className: "empty" }, icon("missing", ""), h("h2", {}, "The digest can't be shown"), h("p", {}, error.words ?? "Something went wrong on this page."), h("p", { className: "row" }, h("button", { type: "button", className: "button primary", onclick: show }, "Try again")));
}

await words.load().catch(() => {});
new Live({ look: show, heard: (name) => name === "digest" && show() }).run();

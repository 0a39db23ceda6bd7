// What stands beside the conversation: how the case is sorted, its details, tags, and what is around it.

import { EditPart } from "./edit_part.js";
import { byId, fill, h, icon } from "./elements.js";
import { linkTo } from "./links.js";
import { momentOf } from "./moments.js";
import { severityMark } from "./case_row.js";
import { human, SEVERITIES, severityWord, statusWord } from "./words.js";

const INPUT_MODES = { email: "email", phone: "tel", link: "url", amount: "decimal" };

/** Topic, subtopic, severity and its reason. */
export class Sorting extends EditPart {
  constructor(page) {
    super(byId("sorting"), "Topic and severity", page);
  }

  view(one, words) {
    return [
      h(
        "dl",
        { className: "pairs" },
        pair("Topic", words.subject(one)),
        pair("Severity", severityMark(one.severity)),
        pair("Team", words.team(one.team)),
      ),
    ];
  }

  form(one, words) {
    const topics = words.content.topics;
    const subtopicsOf = (name) => named(topics[name]?.subtopics, name === one.topic && one.subtopic).map((sub) => [sub, words.subtopic(sub)]);
    const subtopic = select("subtopic", "Subtopic", subtopicsOf(one.topic), one.subtopic);
    const topic = select("topic", "Topic", named(topics, one.topic).map((name) => [name, words.topic(name)]), one.topic);
    topic.querySelector("select").addEventListener("change", ({ target }) => {
      const names = subtopicsOf(target.value);
      const wanted = target.value === one.topic ? one.subtopic : names.at(-1)?.[0];
      subtopic.querySelector("select").replaceChildren(...options(names, wanted));
    });
    const reason = h("div", { className: "field", hidden: true }, h("label", { for: "edit-reason" }, "Why"), h("input", { type: "text", id: "edit-reason", name: "reason", maxlength: 300, placeholder: "For colleagues, in a few words" }));
    const severity = select("severity", "Severity", SEVERITIES.map((name) => [name, severityWord(name)]), one.severity);
    severity.querySelector("select").addEventListener("change", ({ target }) => {
      reason.hidden = target.value === one.severity;
    });
    return [topic, subtopic, severity, reason];
  }

  changes(form) {
    const given = Object.fromEntries(new FormData(form));
    const changes = {};
    if (given.topic !== this.one.topic) changes.topic = given.topic;
    if (given.subtopic !== this.one.subtopic || changes.topic) changes.subtopic = given.subtopic;
    if (given.severity !== this.one.severity) {
      changes.severity = given.severity;
      if (given.reason.trim()) changes.reason = given.reason.trim();
    }
    return Object.keys(changes).length ? changes : null;
  }
}

/** The details of the topic, those that are missing too. */
export class Details extends EditPart {
  constructor(page) {
    super(byId("details"), "Details", page);
  }

  view(one, words) {
    const names = this.#names(one).filter((name) => one.details[name]);
    if (!names.length) return [h("p", { className: "soft" }, "None yet")];
    return [h("dl", { className: "pairs" }, names.map((name) => pair(words.field(name), shown(one.details[name]))))];
  }

  form(one, words) {
    return this.#names(one).map((name) => {
      const { kind } = words.content.fields[name] ?? {};
      return h(
        "div",
        { className: "field" },
        h("label", { for: `detail-${name}` }, words.field(name)),
        h("input", { type: "text", id: `detail-${name}`, name, value: one.details[name]?.value ?? "", maxlength: 500, inputmode: INPUT_MODES[kind], autocomplete: "off", dir: "auto" }),
      );
    });
  }

  changes(form) {
    const details = {};
    for (const input of form.querySelectorAll("input")) {
      if (input.value.trim() !== input.defaultValue) details[input.name] = input.value.trim() || null;
    }
    return Object.keys(details).length ? { details } : null;
  }

  #names(one) {
    return [...new Set([...(this.words.content.topics[one.topic]?.fields ?? []), ...Object.keys(one.details)])];
  }
}

/** Tags, as a list of words. */
export class Tags extends EditPart {
  constructor(page) {
    super(byId("tags"), "Tags", page);
  }

  view(one) {
    if (!one.tags.length) return [h("p", { className: "soft" }, "None")];
    return [h("p", { className: "chips" }, one.tags.map((tag) => h("a", { className: "chip", href: `/desk?tag=${encodeURIComponent(tag)}` }, tag)))];
  }

  form(one) {
    return h("div", { className: "field" }, h("label", { for: "edit-tags" }, "Tags ", h("span", { className: "hint" }, "with commas between")), h("input", { type: "text", id: "edit-tags", name: "tags", value: one.tags.join(", "), autocomplete: "off" }));
  }

  changes(form) {
    const tags = new FormData(form).get("tags").split(",").map((tag) => tag.trim().toLowerCase()).filter(Boolean);
    return tags.join(",") === this.one.tags.join(",") ? null : { tags: [...new Set(tags)] };
  }
}

/** Files and posts the customer sent, and other cases of the same conversation. */
export function showAround(one, others) {
  const files = one.attachments.map(({ kind, url, name }) => h("li", {}, linkTo(url, name || human(kind)) ?? `${human(kind)}: ${name ?? url}`));
  const cases = others.map((other) =>
    h("li", {}, h("a", { href: `/desk/cases/${other.id}`, dir: "auto" }, other.summary || other.id), h("span", { className: "soft" }, `${statusWord(other.status)} · ${momentOf(other.opened_at)}`)),
  );
  const root = byId("around");
  root.hidden = !files.length && !cases.length;
  fill(
    root,
    ...(files.length ? [h("h2", {}, "Files and posts"), h("ul", { className: "around-list" }, files)] : []),
    ...(cases.length ? [h("h2", {}, "Other cases of this customer"), h("ul", { className: "around-list" }, cases)] : []),
  );
}

function pair(label, value) {
  return h("div", {}, h("dt", {}, label), h("dd", { dir: "auto" }, value));
}

function shown({ value, source }) {
  if (source === "missing") return h("span", { className: "chip missing" }, icon("missing"), "Missing");
  return source === "edited" ? [value, h("span", { className: "soft small" }, " (corrected)")] : value;
}

// What can be chosen, and what is chosen now even if the playbook does not know it any more.
function named(known, now) {
  return [...new Set([...Object.keys(known ?? {}), now])].filter(Boolean);
}

function select(name, label, values, chosen) {
  return h("div", { className: "field" }, h("label", { for: `edit-${name}` }, label), h("select", { id: `edit-${name}`, name }, options(values, chosen)));
}

function options(values, chosen) {
  return values.map(([value, label]) => h("option", { value, selected: value === chosen }, label));
}

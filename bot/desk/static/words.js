// Names in words: of the playbook's topics, teams and details, of people, states and languages.

import { read } from "./api.js";
import { me } from "./session.js";

export const SEVERITIES = ["critical", "high", "normal", "low"];
export const STATUSES = ["new", "claimed", "waiting", "resolved", "closed"];

const STATUS = {
  new: "New",
  claimed: "Claimed",
  waiting: "Waiting for customer",
  resolved: "Resolved",
  closed: "Closed by customer",
};
const CHANNEL = { rest: "API", webchat: "Web chat", webhook: "Webhook" };
const REASON = {
  blocked: "the customer has blocked the brand",
  channel_off: "the channel is switched off",
  gone: "the message is no longer there",
  internal: "something went wrong on our side",
  rate_limited: "the platform did not take any more",
  rejected: "the platform refused it",
  timeout: "the platform did not answer",
  unknown_recipient: "the platform does not know the customer",
  unreachable: "the platform could not be reached",
  window_closed: "the platform's time for answers was over",
};
const DUE = {
  promise: "Promised answer",
  next_response: "Next answer",
  resolution: "Solution",
  window: "Chat window closes",
};
const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

/** "double_charge" -> "Double charge" */
export function human(name) {
  return capital(name.replace(/[_-]+/gu, " "));
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const statusWord = (status) => STATUS[status] ?? human(status);
export const severityWord = (severity) => human(severity);
export const channelWord = (channel) => CHANNEL[channel] ?? human(channel);
/** Why a reply was not delivered: "the customer has blocked the brand". */
export const reasonWords = (reason) => REASON[reason] ?? `the platform refused it (${reason.replaceAll("_", " ")})`;
export const dueWord = (kind) => DUE[kind] ?? human(kind ?? "");

export function languageWord(code) {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

/** "Priya and Tom have", "Priya has" and the like need a customer's name: theirs, the handle, or none. */
export function customerName({ name, handle }) {
  return name || handleOf(handle) || "Customer without a name";
}

export function handleOf(handle) {
  return handle ? `@${handle.replace(/^@/u, "")}` : "";
}

/** What the playbook and the people are called; read once, people again when somebody is unknown. */
export class Words {
  content = { topics: {}, fields: {}, teams: {}, severities: SEVERITIES, resources: {} };
  people = [];
  /** Counts what was learned, for those who draw with it. */
  version = 0;
  isLoaded = false;
  #asked = new Set();
  #names = {};

  /** Reads what is not known yet. */
  async load() {
    if (this.isLoaded) return;
    const [content] = await Promise.all([read("content"), this.loadPeople()]);
    this.content = { ...this.content, ...content };
    this.isLoaded = true;
    this.version += 1;
  }

  async loadPeople() {
    const answer = await read("people");
    this.people = answer.people;
    this.version += 1;
  }

  /** Reads the people again when an id is new to us, once for each; true when that helped. */
  async meet(...ids) {
    const strangers = ids.filter((id) => id?.startsWith("u-") && !this.#find(id) && !this.#asked.has(id));
    if (!strangers.length) return false;
    strangers.forEach((id) => this.#asked.add(id));
    await this.loadPeople().catch(() => {});
    return strangers.some((id) => this.#find(id));
  }

  /** Somebody's name, as seen by the reader: an agent, the bot, the customer. */
  who(id) {
    if (id === me.id) return "You";
    return { bot: "The assistant", customer: "The customer" }[id] ?? this.person(id);
  }

  /** Names that came with a case: id -> name. */
  learn(names) {
    Object.assign(this.#names, names);
  }

  person(id) {
    if (!id) return "Nobody";
    if (id === me.id) return me.name;
    return this.#find(id)?.name ?? this.#names[id] ?? (id.startsWith("t-") ? `${id.slice(2)} (API)` : "Somebody who left");
  }

  // The playbook's own names: its labels are made for customers ("your message").
  topic(name) {
    return human(name);
  }

  subtopic(name) {
    return human(name);
  }

  /** "Billing › Double charge" */
  subject({ topic, subtopic }) {
    return `${this.topic(topic)} › ${this.subtopic(subtopic)}`;
  }

  team(name) {
    return human(name);
  }

  field(name) {
    return capital(this.content.fields[name]?.label ?? human(name));
  }

  /** A page or an answer that the assistant offered. @returns {{title: string, url?: string}} */
  resource(id) {
    if (id.startsWith("faq:")) return { title: `Answer: ${human(id.slice(4)).toLowerCase()}` };
    return this.content.resources[id] ?? { title: human(id) };
  }

  #find(id) {
    return this.people.find((person) => person.id === id);
  }
}

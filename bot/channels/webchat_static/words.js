// Text for the page: links, times and counts. Nothing here ever parses HTML.

const SPECIAL = /https?:\/\/[^\s<>"']+|\bND-[0-9A-Z]{7}\b/giu;
const BREAKS = /([^/?&=]*[/?&=]+)/u;
const TRAILING = /[.,;:!?'"»”)\]}…]$/u;
const MINUTE_MS = 60_000;

// The text as nodes: web addresses as links that open beside the chat, case references in one piece.
export function withLinks(text) {
  const nodes = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(SPECIAL)) {
    const isLink = /^http/iu.test(match[0]);
    const words = isLink ? trimmed(match[0]) : match[0];
    const node = isLink ? linkTo(words) : referenceOf(words);
    if (!node) continue;
    nodes.append(text.slice(end, match.index), node);
    end = match.index + words.length;
  }
  nodes.append(text.slice(end));
  return nodes;
}

function referenceOf(words) {
  const node = document.createElement("strong");
  node.className = "reference";
  node.textContent = words;
  return node;
}

// A sentence's own punctuation is no part of the address, a bracket that it opened is.
function trimmed(address) {
  while (TRAILING.test(address)) {
    const opened = address.split("(").length - address.split(")").length;
    if (address.endsWith(")") && opened >= 0) break;
    address = address.slice(0, -1);
  }
  return address;
}

function linkTo(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  const link = document.createElement("a");
  link.href = url.href;
  for (const piece of address.split(BREAKS)) link.append(piece, document.createElement("wbr"));
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

export function countOf(text) {
  return [...text].length;
}

export function filled(template, count) {
  return template.replace("{count}", count);
}

export function dayOf(at) {
  const day = new Date(at);
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}

export function minutesBetween(first, second) {
  return Math.abs(new Date(second) - new Date(first)) / MINUTE_MS;
}

export class Clock {
  #locale;
  #time;
  #day;

  // Days as the customer's region writes them, hours as the bot says them: 09:00.
  constructor(language) {
    this.#locale = navigator.languages.find((known) => known.split("-")[0] === language) ?? language;
    const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const day = { weekday: "long", day: "numeric", month: "long" };
    this.#time = new Intl.DateTimeFormat(this.#locale, hour);
    this.#day = new Intl.DateTimeFormat(this.#locale, day);
  }

  time(at) {
    return this.#time.format(new Date(at));
  }

  // "Today", "Yesterday", or the weekday with its date.
  day(at) {
    const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
    const days = Math.round((midnight(at) - midnight(Date.now())) / (24 * 60 * MINUTE_MS));
    if (days < -1 || days > 0) return this.#day.format(new Date(at));
    const near = new Intl.RelativeTimeFormat(this.#locale, { numeric: "auto" }).format(days, "day");
    return near.charAt(0).toLocaleUpperCase(this.#locale) + near.slice(1);
  }
}

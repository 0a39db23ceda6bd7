// A message's text as nodes: web addresses and case references become links. Nothing parses HTML.

import { h } from "./elements.js";

const SPECIAL = /https?:\/\/[^\s<>"']+|\bND-[0-9A-Z]{7}\b/giu;
const BREAKS = /([^/?&=]*[/?&=]+)/u;
const TRAILING = /[.,;:!?'"»”)\]}…]$/u;

/** @param {string} text @returns {DocumentFragment} */
export function withLinks(text) {
  const nodes = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(SPECIAL)) {
    const isAddress = /^http/iu.test(match[0]);
    const words = isAddress ? trimmed(match[0]) : match[0];
    const node = isAddress ? linkTo(words) : h("a", { href: `/desk/cases/${words.toUpperCase()}` }, words);
    if (!node) continue;
    nodes.append(text.slice(end, match.index), node);
    end = match.index + words.length;
  }
  nodes.append(text.slice(end));
  return nodes;
}

/** A link that opens beside the desk and tells nobody where it was; null when it is no web address. */
export function linkTo(address, label) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  const words = label ? [label] : address.split(BREAKS).flatMap((piece) => [piece, h("wbr")]);
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, words);
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

// The line to the server, as the person sees it: a lamp while all is well, a banner while it is not.

import { byId } from "./elements.js";

const KEPT = "What you type is kept.";
const state = { reached: true, store: true, live: false };

/** @param {Partial<{reached: boolean, store: boolean, live: boolean}>} change */
export function tellLink(change) {
  if (Object.entries(change).every(([name, value]) => state[name] === value)) return;
  Object.assign(state, change);
  show();
}

export function storeIsThere() {
  return state.reached && state.store;
}

function show() {
  const lamp = byId("lamp");
  const good = state.reached && state.store && state.live;
  lamp.hidden = false;
  lamp.classList.toggle("good", good);
  setText(lamp, good ? "Connected" : "Connecting");
  setText(byId("banner"), trouble());
}

function trouble() {
  if (!navigator.onLine) return `You are offline. ${KEPT}`;
  if (!state.reached) return `Nightdesk can't be reached; trying again. ${KEPT}`;
  return state.store ? "" : `The store is away; trying again. ${KEPT}`;
}

// A live region is filled only when its words change, so that nothing is read twice.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

addEventListener("offline", show);
addEventListener("online", show);

// Short words at the edge of the page about what just happened; read out, gone by themselves.

import { byId, h } from "./elements.js";

const SHOWN_MS = 6_000;
const WITH_ACTION_MS = 20_000;

/**
 * Says one thing at a time: what was said before goes.
 * @param {string} text
 * @param {{label: string, act: () => void}} [action]
 */
export function say(text, action) {
  const notice = h("p", {}, h("span", {}, text));
  const close = () => notice.remove();
  if (action) notice.append(actionButton(action, close));
  notice.append(h("button", { type: "button", "aria-label": "Dismiss", onclick: close }, "×"));
  byId("notices").replaceChildren(notice);
  setTimeout(close, action ? WITH_ACTION_MS : SHOWN_MS);
}

function actionButton({ label, act }, done) {
  return h("button", { type: "button", onclick: () => (done(), act()) }, label);
}

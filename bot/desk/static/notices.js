// Short words at the edge of the page about what just happened; read out, gone by themselves.

import { byId, h, icon } from "./elements.js";

const SHOWN_MS = 8_000;
const MOST = 3;

/**
 * @param {string} text
 * @param {{label: string, act: () => void}} [action] a notice with an action stays until it is dealt with
 */
export function say(text, action) {
  const root = byId("notices");
  const close = h("button", { type: "button", "aria-label": "Dismiss" }, "×");
  const notice = h("p", {}, h("span", {}, text), action && actionButton(action, () => notice.remove()), close);
  close.addEventListener("click", () => notice.remove());
  root.append(notice);
  while (root.childElementCount > MOST) root.firstElementChild.remove();
  if (!action) setTimeout(() => notice.remove(), SHOWN_MS);
}

function actionButton({ label, act }, done) {
  return h("button", { type: "button", onclick: () => (done(), act()) }, label);
}

/** A button with a drawing. */
export function iconButton(name, label, act, className = "icon-button") {
  return h("button", { type: "button", className, "aria-label": label, title: label, onclick: act }, icon(name, ""));
}

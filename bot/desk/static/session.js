// Who works here, and what happens when the session ends in the middle of something.

import { h } from "./elements.js";

const ME = "/api/me";
const meta = document.querySelector('meta[name="me"]');

/** Of the page; `teams` come with the first renewal. */
export const me = {
  id: meta?.content ?? "",
  name: meta?.dataset.name ?? "",
  role: meta?.dataset.role ?? "",
};

/** Whether this person may take cases from others. */
export const mayTakeOver = me.role === "lead" || me.role === "admin";

let token = document.querySelector('meta[name="csrf"]')?.content ?? "";
let dialog = null;

export function csrfToken() {
  return token;
}

/** Asks the server who we are: true, or false when nobody is signed in. Throws when it is not reached. */
export async function renewSession() {
  const answer = await fetch(ME, { cache: "no-store", headers: { Accept: "application/json" } });
  if (answer.status === 401) return false;
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const known = await answer.json();
  if (known.id !== me.id) location.reload(); // somebody else signed in: nothing of this page is theirs
  token = known.csrf ?? token;
  return true;
}

/** A dialog over everything that was being done; it goes away by itself when somebody signed in. */
export function askToSignIn() {
  if (dialog?.open) return;
  dialog ??= makeDialog();
  dialog.showModal();
}

function makeDialog() {
  const hint = h("p", { role: "status" });
  const goOn = h("button", { type: "button", className: "button", onclick: () => tryAgain(hint) }, "I have signed in");
  const made = h(
    "dialog",
    { className: "dialog", "aria-labelledby": "signed-out", data: { stays: "yes" } },
    h("div", { className: "dialog-head" }, h("h2", { id: "signed-out" }, "You are signed out")),
    h(
      "div",
      { className: "dialog-body" },
      h("p", {}, "Sign in again in a new tab, then go on here. What you typed is kept."),
      hint,
      h(
        "div",
        { className: "dialog-end" },
        goOn,
        h("a", { className: "button primary", href: "/desk/sign-in", target: "_blank", rel: "noopener" }, "Sign in"),
      ),
    ),
  );
  document.body.append(made);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && made.open) tryAgain(hint, true);
  });
  return made;
}

async function tryAgain(hint, quietly = false) {
  try {
    if (await renewSession()) {
      dialog.close();
      document.dispatchEvent(new Event("signed-in"));
      return;
    }
    hint.textContent = quietly ? "" : "Nobody is signed in yet.";
  } catch {
    hint.textContent = "Nightdesk does not answer; please try again in a moment.";
  }
}

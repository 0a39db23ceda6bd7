// Where an agent writes: to the customer, or to colleagues. What is typed is kept until it is sent.

import { read } from "./api.js";
import { Draft } from "./draft.js";
import { byId, h, icon } from "./elements.js";

const TALLEST_PX = 260;
const CLOCKS_DIFFER_MS = 60_000;

export class Dock {
  #root = byId("dock");
  #page;
  #kind = "reply";
  #panels;
  #tabs;

  /** @param {import("./case.js").CasePage} page */
  constructor(page) {
    this.#page = page;
    const still = h("input", { type: "checkbox" });
    this.#panels = {
      reply: this.#panel("reply", "Reply to the customer", "Send reply", [
        h("label", { className: "check" }, still, " I'm still working on it"),
      ]),
      note: this.#panel("note", "Note for colleagues; the customer never sees it", "Save note", []),
    };
    this.#panels.reply.still = still;
    this.#tabs = { reply: this.#tab("reply", "reply", "Reply", "r"), note: this.#tab("note", "note", "Note", "n") };
    const bar = h("div", { className: "dock-tabs", role: "group", "aria-label": "Write" }, Object.values(this.#tabs));
    this.#root.append(bar, this.#panels.reply.node, this.#panels.note.node);
    this.#choose("reply", false);
  }

  /** @param {import("./case_rights.js").Rights} rights */
  show(rights) {
    const { form, instead, field } = this.#panels.reply;
    const isOff = rights.reply !== null;
    form.hidden = isOff && !field.value;
    instead.hidden = !isOff;
    this.#panels.reply.send.disabled = isOff;
    const [why, act] = instead.children;
    const deed = rights.isOpen ? "claim" : "reopen";
    why.textContent = rights.reply ?? "";
    act.textContent = rights.isOpen ? (rights.isOthers ? "Take over" : "Claim") : "Reopen";
    act.dataset.way = deed;
    act.hidden = rights[deed] !== null;
  }

  /** Opens the reply or the note to write in. */
  write(kind) {
    this.#choose(kind, true);
    const { field, form, instead } = this.#panels[kind];
    if (!form.hidden) field.focus();
    else instead.querySelector("button").focus();
  }

  #tab(kind, drawing, label, key) {
    const button = h("button", { type: "button", title: `${label} (${key})`, onclick: () => this.write(kind) }, icon(drawing), label);
    return button;
  }

  #choose(kind, open) {
    this.#kind = kind;
    if (open) this.#root.dataset.open = "yes";
    for (const [name, panel] of Object.entries(this.#panels)) {
      panel.node.hidden = name !== kind;
      this.#tabs?.[name].setAttribute("aria-pressed", String(name === kind));
    }
    this.#root.dataset.kind = kind;
    fit(this.#panels[kind].field);
  }

  #panel(kind, placeholder, label, more) {
    const draft = new Draft(this.#page.reference, kind);
    const field = h("textarea", { rows: 2, maxlength: 4000, placeholder, "aria-label": placeholder, dir: "auto" });
    const send = h("button", { type: "submit", className: "button primary" }, label);
    const state = h("p", { className: "dock-state", role: "status" });
    const hint = h("span", { className: "hint" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"));
    const form = h("form", { className: "dock-form" }, field, state, h("div", { className: "dock-end" }, more, hint, send));
    const act = h("button", { type: "button", className: "button primary", onclick: () => this.#page.do(act.dataset.way) });
    const instead = h("div", { className: "dock-instead", hidden: true }, h("span", {}), act);
    const node = h("div", { className: "dock-panel" }, instead, form);
    field.value = draft.text;
    if (draft.text) this.#root.dataset.open = "yes";
    field.addEventListener("input", () => {
      draft.text = field.value;
      fit(field);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
      if (event.key === "Escape") field.blur();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(kind);
    });
    return { node, form, instead, field, send, state, draft };
  }

  async #send(kind) {
    const panel = this.#panels[kind];
    const { field, draft, send } = panel;
    const text = field.value.trim();
    if (!text || send.disabled) return field.focus();
    this.#busy(panel, true);
    try {
      if (!(await this.#isNew(panel, kind, text))) return;
      draft.tries(text);
      const { deeds } = this.#page;
      const now = kind === "note" ? await deeds.note(draft.id, text) : await deeds.reply(draft.id, text, !panel.still.checked);
      this.#sent(panel, kind);
      this.#page.apply(now);
    } catch (error) {
      this.#failed(panel, kind, error);
    } finally {
      this.#busy(panel, false);
    }
  }

  // Words that were changed after a delivery nobody confirmed: did the earlier ones arrive?
  async #isNew(panel, kind, text) {
    const { draft } = panel;
    if (!draft.tried || draft.tried.text === text) return true;
    const { text: earlier, at } = draft.tried;
    const one = await read(`cases/${this.#page.reference}`);
    const said = kind === "note" ? one.notes : one.transcript.filter((line) => line.from === "agent");
    const arrived = said.some((line) => line.text === earlier && new Date(line.at) >= at - CLOCKS_DIFFER_MS);
    draft.renew();
    this.#page.apply(one);
    if (arrived) panel.state.textContent = "What you wrote before had arrived after all; it is above. Send this, too?";
    return !arrived;
  }

  #sent({ field, draft, state, still }, kind) {
    draft.clear();
    field.value = "";
    state.textContent = "";
    if (still) still.checked = false;
    fit(field);
    if (!matchMedia("(pointer: fine)").matches) delete this.#root.dataset.open;
    this.#page.say(kind === "note" ? "Note saved." : "Reply sent.");
  }

  #failed(panel, kind, error) {
    if (!error.mayWorkLater) panel.draft.wasRefused();
    const words = `${kind === "note" ? "Not saved" : "Not sent"}: ${error.words ?? error.message} It is kept here.`;
    const again = h("button", { type: "button", className: "button", onclick: () => this.#send(kind) }, "Try again");
    panel.state.replaceChildren(h("span", {}, words), error.status === 401 || error.mayWorkLater ? again : "");
    if (error.status === 409) this.#page.load();
  }

  #busy({ field, send, form }, on) {
    field.readOnly = on;
    send.disabled = on;
    form.classList.toggle("busy", on);
    if (!on) this.#page.showRights();
  }
}

function fit(field) {
  field.style.height = "auto";
  if (field.scrollHeight) field.style.height = `${Math.min(field.scrollHeight + 2, TALLEST_PX)}px`;
}

// The dialogs for transfer, resolve and return. A text stays in its dialog until the server has it.

import { Draft } from "./draft.js";
import { byId, h } from "./elements.js";
import { mayTakeOver, me } from "./session.js";

class DeedDialog {
  /** @param {string} id @param {import("./case.js").CasePage} page */
  constructor(id, page) {
    this.page = page;
    this.dialog = byId(id);
    this.form = this.dialog.querySelector("form");
    this.fields = this.form.elements;
    this.draft = new Draft(page.reference, id);
    const text = this.form.querySelector("textarea");
    text.value = this.draft.text;
    text.addEventListener("input", () => (this.draft.text = text.value));
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    });
    this.text = text;
    for (const button of this.form.querySelectorAll("[data-close]")) button.addEventListener("click", () => this.dialog.close());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  open() {
    this.#tell("");
    this.prepare();
    this.dialog.showModal();
  }

  prepare() {}

  async #submit() {
    const button = this.form.querySelector("[data-do]");
    button.disabled = true;
    this.#tell("");
    try {
      const { now, words } = await this.deed(this.text.value.trim());
      this.draft.clear();
      this.text.value = "";
      this.dialog.close();
      this.page.apply(now);
      this.done(words);
    } catch (error) {
      this.#tell(`Not done: ${error.words ?? error.message}${error.mayWorkLater ? " What you typed is kept; try again." : ""}`);
      if (error.status === 409) this.page.load();
    } finally {
      button.disabled = false;
    }
  }

  done(words) {
    this.page.say(words);
  }

  #tell(text) {
    const error = this.form.querySelector("[data-error]");
    error.textContent = text;
    error.hidden = !text;
  }
}

export class TransferDialog extends DeedDialog {
  constructor(page) {
    super("transfer", page);
    for (const radio of this.fields.to) radio.addEventListener("change", () => this.#show());
  }

  prepare() {
    const { words, one } = this.page;
    const teams = Object.keys(words.content.teams).filter((name) => name !== one.team);
    const people = words.people.filter(({ id, role, disabled }) => id !== one.assignee && !disabled && role !== "content" && (mayTakeOver || id === me.id));
    this.fields.team.replaceChildren(...teams.map((name) => h("option", { value: name }, words.team(name))));
    this.fields.person.replaceChildren(...people.map(({ id, name }) => h("option", { value: id }, id === me.id ? `${name} (you)` : name)));
    const [team, person] = this.fields.to;
    person.disabled = !mayTakeOver || !people.length;
    if (person.disabled) team.checked = true;
    this.form.querySelector("[data-person-hint]").textContent = mayTakeOver ? "" : "(team leads do this)";
    this.#show();
  }

  #show() {
    const toTeam = this.fields.to.value === "team";
    this.fields.team.closest(".field").hidden = !toTeam;
    this.fields.person.closest(".field").hidden = toTeam;
  }

  async deed(note) {
    const toTeam = this.fields.to.value === "team";
    const { team, person } = this.fields;
    const now = await this.page.deeds.transfer(toTeam ? { team: team.value } : { person: person.value }, note);
    const { words } = this.page;
    return { now, words: `Transferred to ${toTeam ? words.team(team.value) : words.person(person.value)}.` };
  }
}

export class ResolveDialog extends DeedDialog {
  constructor(page) {
    super("resolve", page);
  }

  async deed(text) {
    const now = await this.page.deeds.resolve(this.draft.id, text, this.fields.ask_rating.checked);
    return { now, words: "Resolved." };
  }

  done(words) {
    this.page.say(words, { label: "Next case", act: () => this.page.goNext() });
  }
}

export class ReturnDialog extends DeedDialog {
  constructor(page) {
    super("return", page);
  }

  async deed(note) {
    return { now: await this.page.deeds.giveBack(note), words: "The assistant talks again." };
  }
}

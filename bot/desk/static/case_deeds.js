// What people do to a case, as requests. Each answers with the case as it is then.

import { write } from "./api.js";

export class Deeds {
  #path;

  constructor(reference) {
    this.#path = `cases/${encodeURIComponent(reference)}`;
  }

  claim(takeOver = false) {
    return write("POST", `${this.#path}/claim`, { take_over: takeOver });
  }

  /** `id` is ours: sent again, it counts once. `waits`: the customer is to answer. */
  reply(id, text, waits) {
    return write("POST", `${this.#path}/replies`, { id, text, waits });
  }

  note(id, text) {
    return write("POST", `${this.#path}/notes`, { id, text });
  }

  change(changes) {
    return write("PATCH", this.#path, changes);
  }

  /** @param {{team: string} | {person: string}} to */
  transfer(to, note) {
    return write("POST", `${this.#path}/transfer`, { ...to, note: note || null });
  }

  resolve(id, text, askRating) {
    return write("POST", `${this.#path}/resolve`, { id, text: text || null, ask_rating: askRating });
  }

  giveBack(note) {
    return write("POST", `${this.#path}/return`, { note: note || null });
  }

  reopen() {
    return write("POST", `${this.#path}/reopen`);
  }
}

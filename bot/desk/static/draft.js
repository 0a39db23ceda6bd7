// Words that were typed and not sent yet: kept in this browser until the server has them.

import { recall, remember } from "./memory.js";
import { me } from "./session.js";
import { serverNow } from "./server_clock.js";

export class Draft {
  #name;
  #kept;

  /** @param {string} kind reply, note, closing ... */
  constructor(reference, kind) {
    this.#name = `draft.${me.id}.${reference}.${kind}`;
    this.#kept = recall(this.#name) ?? fresh();
  }

  /** Makes a delivery that is repeated count once. */
  get id() {
    return this.#kept.id;
  }

  get text() {
    return this.#kept.text;
  }

  set text(text) {
    this.#kept.text = text;
    this.#keep();
  }

  /** What was sent without an answer, so that nobody knows whether it arrived: {text, at}, or null. */
  get tried() {
    return this.#kept.tried ?? null;
  }

  tries(text) {
    this.#kept.tried ??= { text, at: serverNow() };
    this.#keep();
  }

  wasRefused() {
    delete this.#kept.tried;
    this.#keep();
  }

  /** The same words as another message. */
  renew() {
    this.#kept = { ...fresh(), text: this.#kept.text };
    this.#keep();
  }

  clear() {
    this.#kept = fresh();
    remember(this.#name, undefined);
  }

  #keep() {
    remember(this.#name, this.#kept.text || this.#kept.tried ? this.#kept : undefined);
  }
}

function fresh() {
  return { id: newId(), text: "" };
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "d" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What the customer wrote and the server has not taken yet; survives a reload, goes out in order.

import { pauseMs } from "./live.js";

const MOST_KEPT = 50;

// on: state(message, "sending" | "waiting" | "failed", error), sent(message).
export class Outbox {
  #api;
  #memory;
  #on;
  #waiting;
  #running = false;
  #wake = () => {};

  constructor(api, memory, on) {
    this.#api = api;
    this.#memory = memory;
    this.#on = on;
    this.#waiting = (memory.get("outbox") ?? []).slice(-MOST_KEPT);
    addEventListener("online", () => this.#wake());
  }

  get messages() {
    return this.#waiting;
  }

  // A new message: {text} or {payload, title}; its id makes a second delivery harmless.
  add(said) {
    const message = { id: newId(), at: new Date().toISOString(), ...said };
    this.#keep([...this.#waiting, message]);
    this.run();
    return message;
  }

  // It arrived, whatever we were told.
  arrived(id) {
    if (this.#waiting.some((message) => message.id === id)) {
      this.#keep(this.#waiting.filter((message) => message.id !== id));
    }
  }

  retry() {
    this.#waiting.forEach((message) => delete message.failed);
    this.#wake();
    this.run();
  }

  async run() {
    if (this.#running) return;
    this.#running = true;
    let failures = 0;
    for (let next = this.#next(); next; next = this.#next()) {
      this.#on.state(next, "sending");
      try {
        await this.#api.send(bodyOf(next));
        failures = 0;
        this.arrived(next.id);
        this.#on.sent(next);
      } catch (error) {
        failures += 1;
        await this.#failed(next, error, failures);
      }
    }
    this.#running = false;
  }

  async #failed(message, error, failures) {
    if (!this.#waiting.includes(message)) return;
    if (!error.mayWorkLater) {
      message.failed = true;
      this.#keep(this.#waiting);
      this.#on.state(message, "failed", error);
      return;
    }
    this.#on.state(message, "waiting", error);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(pauseMs(failures), error.waitMs ?? 0));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #next() {
    return this.#waiting.find((message) => !message.failed);
  }

  #keep(messages) {
    this.#waiting = messages;
    this.#memory.set("outbox", messages);
  }
}

function bodyOf({ id, text, payload }) {
  return payload === undefined ? { id, text } : { id, payload };
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "m" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Keeps the page up to date: a stream while it is seen, a look now and then while it is not.

const FIRST_SIGN_MS = 8_000;
const SILENCE_MS = 40_000;
const LOOK_MS = 3_000;
const LOOK_HIDDEN_MS = 20_000;
const LONGEST_PAUSE_MS = 30_000;

// on: message(line), typing(bool), reached(bool). last(): the newest line the page has.
export class Live {
  #api;
  #on;
  #last;
  #abort = null;
  #wake = () => {};
  #failures = 0;
  #streams = "TextDecoderStream" in globalThis;

  constructor(api, last, on) {
    this.#api = api;
    this.#last = last;
    this.#on = on;
    document.addEventListener("visibilitychange", () => this.again());
    addEventListener("online", () => this.again());
    addEventListener("offline", () => this.again());
  }

  // Drops what runs and starts anew at once.
  again() {
    this.#failures = 0;
    this.#abort?.abort();
    this.#wake();
  }

  async run() {
    for (;;) {
      try {
        await (document.hidden || !this.#streams ? this.#look() : this.#follow());
        this.#failures = 0;
      } catch (error) {
        this.#failures += 1;
        if (this.#failures > 1 || !navigator.onLine) this.#on.reached(false);
        await this.#pause(Math.max(pauseMs(this.#failures), error.waitMs ?? 0));
      }
    }
  }

  async #look() {
    const { messages, typing } = await this.#api.messages(this.#last());
    this.#on.reached(true);
    messages.forEach((line) => this.#on.message(line));
    this.#on.typing(typing);
    await this.#pause(document.hidden ? LOOK_HIDDEN_MS : LOOK_MS);
  }

  async #follow() {
    const abort = (this.#abort = new AbortController());
    let heard = false;
    let watch = setTimeout(() => abort.abort(), FIRST_SIGN_MS);
    const alive = () => {
      heard = true;
      clearTimeout(watch);
      watch = setTimeout(() => abort.abort(), SILENCE_MS);
      this.#failures = 0;
      this.#on.reached(true);
    };
    const began = Date.now();
    try {
      await this.#api.follow(this.#last(), { ...this.#on, alive }, abort.signal);
      if (Date.now() - began < 1000) await this.#pause(1000);
    } finally {
      clearTimeout(watch);
      // Something between us and the server holds streams back: look instead.
      if (!heard && navigator.onLine && Date.now() - began >= FIRST_SIGN_MS) this.#streams = false;
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

// 1, 2, 4 ... 30 seconds, each up to a quarter shorter so that not everybody comes at once.
export function pauseMs(failures) {
  const longest = Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS);
  return longest * (1 - Math.random() / 4);
}

// What happens at the desk, as it happens: a stream while the page is seen, a look now and then while it
// is hidden (a browser has only six connections to a server, and people have many tabs).

import { openStream } from "./api.js";
import { storeIsThere, tellLink } from "./link.js";

const FIRST_SIGN_MS = 10_000;
const SILENCE_MS = 45_000;
const LOOK_HIDDEN_MS = 30_000;
const LOOK_IN_TROUBLE_MS = 4_000;
const LONGEST_PAUSE_MS = 30_000;
const AGAIN = new DOMException("Start anew", "AbortError");

export class Live {
  #on;
  #abort = null;
  #wake = () => {};
  #failures = 0;

  /**
   * @param {{look: () => void, heard: (name: string, data: any) => void}} on
   *   look: anything may have changed, read it anew; heard: an event by name
   */
  constructor(on) {
    this.#on = on;
    for (const name of ["online", "offline"]) addEventListener(name, () => this.#again());
    document.addEventListener("visibilitychange", () => this.#again());
    document.addEventListener("signed-in", () => this.#again());
    setInterval(() => !document.hidden && !storeIsThere() && on.look(), LOOK_IN_TROUBLE_MS);
  }

  async run() {
    for (;;) {
      try {
        await (document.hidden ? this.#rest() : this.#follow());
        this.#failures = 0;
      } catch (error) {
        if (this.#abort?.signal.reason === AGAIN) continue;
        this.#failures += 1;
        if (error.status === 429) this.#on.look(); // too many windows: this one looks now and then
        tellLink({ live: false });
        if (error.status === 0 && this.#failures > 1) tellLink({ reached: false });
        await this.#pause(pauseMs(this.#failures));
      }
    }
  }

  #again() {
    this.#failures = 0;
    this.#abort?.abort(AGAIN);
    this.#wake();
  }

  async #rest() {
    await this.#pause(LOOK_HIDDEN_MS);
    this.#on.look();
  }

  async #follow() {
    const abort = (this.#abort = new AbortController());
    let watch = setTimeout(() => abort.abort(), FIRST_SIGN_MS);
    try {
      const answer = await openStream("events", abort.signal);
      tellLink({ live: true });
      this.#on.look();
      for await (const text of chunksOf(answer)) {
        clearTimeout(watch);
        watch = setTimeout(() => abort.abort(), SILENCE_MS);
        this.#failures = 0;
        for (const { name, data } of text) this.#heard(name, data);
      }
    } finally {
      clearTimeout(watch);
      abort.abort();
    }
    if (!document.hidden) await this.#pause(1000);
  }

  #heard(name, data) {
    if (name === "store") tellLink({ store: data.there });
    if (name === "resync") this.#on.look();
    this.#on.heard(name, data);
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

/** The events of a stream, in the portions in which they came; a heartbeat is an empty portion. */
async function* chunksOf(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    yield blocks.map(eventOf).filter((event) => event.name);
  }
}

function eventOf(block) {
  const event = { name: "", data: {} };
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event.name = line.slice(7);
    if (line.startsWith("data: ")) event.data = JSON.parse(line.slice(6));
  }
  return event;
}

/** 1, 2, 4 ... 30 seconds, each up to a quarter shorter so that not everybody comes at once. */
function pauseMs(failures) {
  return Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS) * (1 - Math.random() / 4);
}


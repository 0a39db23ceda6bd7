// The chat page: puts the parts together and keeps what is seen true.

import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { Host } from "./host.js";
import { Live, pauseMs } from "./live.js";
import { Log } from "./log.js";
import { Memory } from "./memory.js";
import { Outbox } from "./outbox.js";
import { withLinks } from "./words.js";

const SLOW_AFTER_MS = 20_000;
const OPENING_EVERY_MS = 60_000;
const NEAR_THE_END_PX = 80;

const part = (id) => document.getElementById(id);

class Chat {
  #memory = new Memory();
  #api = new Api(this.#memory);
  #host = new Host(() => this.#opened());
  #config;
  #log;
  #outbox;
  #composer;
  #live;
  #last = 0;
  #reached = true;
  #tooFast = false;
  #unread = new Set();
  #slowTimer = 0;

  async start() {
    await this.#host.lendMemory(this.#memory);
    this.#config = await this.#firstConfig();
    this.#name();
    this.#open(this.#config);
    this.#outbox = new Outbox(this.#api, this.#memory, {
      state: (message, state, error) => this.#state(message, state, error),
      sent: () => this.#tellTrouble(false),
    });
    this.#log = new Log(part("log"), this.#config, {
      press: (button) => this.#say(button),
      retry: () => this.#outbox.retry(),
    });
    this.#composer = new Composer(this.#config, this.#memory, (text) => this.#say({ text }));
    this.#api.onNewSession = () => this.#forget();
    this.#live = new Live(this.#api, () => this.#last, {
      message: (line) => this.#message(line),
      typing: (on) => this.#typing(on),
      reached: (reached) => this.#reach(reached),
    });
    await this.#history();
    this.#listen();
    this.#composer.ready();
    this.#outbox.run();
    this.#live.run();
    if (this.#host.isOpen) this.#opened();
  }

  async #firstConfig() {
    const language = new URLSearchParams(location.search).get("language");
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.#api.config(language);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseMs(failures)));
      }
    }
  }

  #name() {
    const { brand, title, language, texts } = this.#config;
    document.documentElement.lang = language;
    document.title = title;
    part("brand").textContent = brand;
    part("crest").textContent = [...brand][0] ?? "";
    part("welcome-text").textContent = texts.welcome;
    part("privacy").replaceChildren(withLinks(texts.privacy));
    part("slow").textContent = texts.slow;
    part("scroller").setAttribute("aria-label", title);
    part("latest").setAttribute("aria-label", texts.latest);
    part("close").setAttribute("aria-label", texts.close);
    part("close").hidden = !this.#host.isThere;
  }

  #open({ open, opening }) {
    part("opening").hidden = false;
    part("opening").classList.toggle("open", open);
    part("opening-text").textContent = opening;
  }

  // Whatever there is already, without being read aloud.
  async #history() {
    try {
      const { messages, typing } = await this.#api.messages(0);
      messages.forEach((line) => this.#message(line));
      this.#typing(typing);
    } catch {
      this.#reach(false);
    }
    this.#outbox.messages.forEach((message) => this.#log.showOutgoing(message));
    part("welcome").hidden = false;
    this.#toEnd();
    requestAnimationFrame(() => part("log").setAttribute("aria-live", "polite"));
  }

  #listen() {
    part("close").addEventListener("click", () => this.#host.close());
    part("latest").addEventListener("click", () => {
      this.#toEnd("smooth");
      this.#composer.focus();
    });
    part("scroller").addEventListener("scroll", () => this.#scrolled(), { passive: true });
    addEventListener("keydown", (event) => event.key === "Escape" && this.#host.close());
    addEventListener("resize", () => part("latest").hidden && this.#toEnd());
    document.addEventListener("visibilitychange", () => this.#seen());
    setInterval(() => this.#refreshOpening(), OPENING_EVERY_MS);
  }

  #say(said) {
    this.#log.showOutgoing(this.#outbox.add(said));
    this.#toEnd();
    if (said.payload) this.#composer.focus();
  }

  #message(line) {
    this.#last = Math.max(this.#last, line.line);
    if (line.id) this.#outbox.arrived(line.id);
    const near = this.#isNearEnd();
    if (!this.#log.show(line)) return;
    if (line.from !== "customer") this.#arrived(line);
    if (near) this.#toEnd();
    else part("latest").hidden = false;
  }

  #arrived(line) {
    if (line.line <= (this.#memory.get("read") ?? 0)) return;
    this.#unread.add(line.line);
    this.#seen();
  }

  // What is on a visible page counts as read; the rest is told to the page around us.
  #seen() {
    if (this.#host.isOpen && !document.hidden) {
      this.#unread.clear();
      this.#memory.set("read", this.#last);
    }
    this.#host.tellUnread(this.#unread.size);
  }

  #opened() {
    this.#seen();
    this.#toEnd();
    this.#composer?.focus();
  }

  #typing(on) {
    const near = this.#isNearEnd();
    part("typing").hidden = !on;
    part("status").textContent = on ? this.#config.texts.typing : "";
    clearTimeout(this.#slowTimer);
    part("slow").hidden = true;
    if (on) this.#slowTimer = setTimeout(() => this.#slow(), SLOW_AFTER_MS);
    if (near) this.#toEnd();
  }

  #slow() {
    part("slow").hidden = false;
    part("status").textContent = this.#config.texts.slow;
    this.#toEnd();
  }

  #state(message, state, error) {
    this.#log.mark(message.id, state);
    if (state === "waiting") this.#tellTrouble(error.status === 429, error.status !== 429);
  }

  #reach(reached) {
    if (reached && !this.#reached) this.#outbox.retry();
    this.#reached = reached;
    this.#banner();
  }

  #tellTrouble(tooFast, away = false) {
    this.#tooFast = tooFast;
    if (away) this.#reached = false;
    this.#banner();
  }

  #banner() {
    const { texts } = this.#config;
    const away = navigator.onLine ? texts.unreachable : texts.offline;
    const text = !this.#reached ? away : this.#tooFast ? texts.too_fast : "";
    if (part("banner").textContent !== text) part("banner").textContent = text;
  }

  async #refreshOpening() {
    if (document.hidden) return;
    const fresh = await this.#api.config(this.#config.language).catch(() => null);
    if (fresh) this.#open(fresh);
  }

  // The session was not valid any more: a new conversation, what is unsent goes into it.
  #forget() {
    this.#last = 0;
    this.#memory.set("read", 0);
    this.#unread.clear();
    this.#log.clear();
    this.#outbox.messages.forEach((message) => this.#log.showOutgoing(message));
  }

  #isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = part("scroller");
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
  }

  #toEnd(behavior = "auto") {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = part("scroller").scrollHeight;
    part("scroller").scrollTo({ top, behavior: calm ? "auto" : behavior });
  }

  #scrolled() {
    if (this.#isNearEnd()) part("latest").hidden = true;
  }
}

new Chat().start();

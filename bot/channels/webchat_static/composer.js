// Where the customer writes: grows, counts near the limit, keeps a draft over a reload.

import { countOf, filled } from "./words.js";

const WARN_LEFT = 200;
const TALLEST_PX = 160;

export class Composer {
  #text = document.getElementById("text");
  #send = document.getElementById("send");
  #hint = document.getElementById("hint");
  #config;
  #memory;
  #onSend;

  constructor(config, memory, onSend) {
    this.#config = config;
    this.#memory = memory;
    this.#onSend = onSend;
    const { texts } = config;
    this.#text.placeholder = texts.placeholder;
    this.#text.setAttribute("aria-label", texts.placeholder);
    this.#send.setAttribute("aria-label", texts.send);
    this.#text.value = memory.get("draft") ?? "";
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    document.getElementById("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#changed();
  }

  // Until everything is in place nothing can be typed, so that nothing typed is lost.
  ready() {
    this.#text.disabled = false;
  }

  // Where a touch keyboard would jump up over the conversation, the focus stays away.
  focus() {
    if (matchMedia("(pointer: fine)").matches) this.#text.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = this.#text.value.trim();
    if (!text || this.#left() < 0) return this.#text.focus();
    this.#text.value = "";
    this.#changed();
    this.#text.focus();
    this.#onSend(text);
  }

  #changed() {
    const left = this.#left();
    const { texts } = this.#config;
    this.#memory.set("draft", this.#text.value);
    this.#send.disabled = !this.#text.value.trim() || left < 0;
    this.#text.setAttribute("aria-invalid", String(left < 0));
    this.#hint.classList.toggle("wrong", left < 0);
    this.#hint.textContent =
      left < 0 ? texts.too_long : left <= WARN_LEFT ? filled(texts.left, left) : "";
    this.#text.style.height = "auto";
    this.#text.style.height = `${Math.min(this.#text.scrollHeight, TALLEST_PX)}px`;
  }

  #left() {
    return this.#config.limits.characters - countOf(this.#text.value.trim());
  }
}

// The page around us, when the widget embeds the chat. Openness and counts pass, never text. Where the
// browser blocks our storage inside other pages, that page keeps the session for us; else never.

const KEPT = ["session", "read"];
const ANSWER_WITHIN_MS = 1000;

export class Host {
  #open;
  #parent = new URLSearchParams(location.search).get("embed") === "1" && parent !== window;
  #greeted;
  #origin = "*";

  constructor(onOpened) {
    this.#open = !this.#parent;
    this.#greeted = new Promise((resolve) => {
      addEventListener("message", (event) => {
        if (event.source !== parent || event.data?.nightdesk !== "panel") return;
        this.#origin = event.origin;
        resolve(event.data.kept ?? {});
        const opened = event.data.open === true;
        if (opened === this.#open) return;
        this.#open = opened;
        if (opened) onOpened();
      });
      setTimeout(() => resolve({}), ANSWER_WITHIN_MS);
    });
    this.#tell({ nightdesk: "ready" });
  }

  get isThere() {
    return this.#parent;
  }

  get isOpen() {
    return this.#open;
  }

  // Gives the memory what the page around us kept, and tells that page of changes from now on.
  async lendMemory(memory) {
    if (!this.#parent || !memory.isBlocked) return;
    const kept = await this.#greeted;
    KEPT.filter((name) => kept[name]).forEach((name) => memory.set(name, kept[name]));
    memory.onChange = (name, value) => {
      if (KEPT.includes(name)) this.#tell({ nightdesk: "keep", name, value });
    };
  }

  close() {
    this.#tell({ nightdesk: "close" });
  }

  tellUnread(count) {
    this.#tell({ nightdesk: "unread", count });
  }

  #tell(news) {
    if (this.#parent) parent.postMessage(news, this.#origin);
  }
}

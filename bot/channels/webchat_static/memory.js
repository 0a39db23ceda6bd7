// What this browser remembers; where storage is blocked (a private window, an embedded page), only as
// long as the page lives.

const PREFIX = "nightdesk.";

export class Memory {
  #here = new Map();
  #store = storage();
  // Told of every change while storage is blocked, so that somebody else may keep it.
  onChange = () => {};

  get isBlocked() {
    return this.#store === null;
  }

  get(name) {
    try {
      const text = this.#store?.getItem(PREFIX + name);
      if (text) return JSON.parse(text);
    } catch {
      // Something else wrote there.
    }
    return this.#here.get(name);
  }

  set(name, value) {
    this.#here.set(name, value);
    if (this.isBlocked) this.onChange(name, value);
    try {
      this.#store?.setItem(PREFIX + name, JSON.stringify(value));
    } catch {
      // Full: the value is kept for this page.
    }
  }

  forget(name) {
    this.#here.delete(name);
    if (this.isBlocked) this.onChange(name, null);
    this.#store?.removeItem(PREFIX + name);
  }
}

function storage() {
  try {
    localStorage.setItem(`${PREFIX}probe`, "1");
    localStorage.removeItem(`${PREFIX}probe`);
    return localStorage;
  } catch {
    return null;
  }
}

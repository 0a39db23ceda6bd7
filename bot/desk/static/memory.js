// What this browser remembers; where storage is blocked, only as long as the page lives.

const PREFIX = "nightdesk.desk.";
const here = new Map();

/** @param {string} name @returns {any} what was set, or undefined */
export function recall(name) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    if (text !== null) return JSON.parse(text);
  } catch {
    // Blocked, or something else wrote there.
  }
  return here.get(name);
}

/** @param {string} name @param {any} value undefined forgets it */
export function remember(name, value) {
  if (value === undefined) here.delete(name);
  else here.set(name, value);
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Full or blocked: kept for this page.
  }
}

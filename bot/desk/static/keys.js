// Single keys as shortcuts: never while typing, never over a dialog, and they can be switched off.

import { recall, remember } from "./memory.js";

const KEYLESS = ["checkbox", "radio", "button", "submit"];

/** @param {Record<string, (event: KeyboardEvent) => void>} actions key -> what it does */
export function onKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const act = actions[event.key];
    if (!act || !keysAreOn() || isBusy(event)) return;
    event.preventDefault();
    act(event);
  });
}

export function keysAreOn() {
  return recall("keys") !== false;
}

export function switchKeys(on) {
  remember("keys", on ? undefined : false);
}

function isBusy(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  return isTyping(event.target) || document.querySelector("dialog[open], [popover]:popover-open") !== null;
}

function isTyping(target) {
  if (target instanceof HTMLInputElement) return !KEYLESS.includes(target.type);
  return target.matches?.("textarea, select, [contenteditable]") ?? false;
}

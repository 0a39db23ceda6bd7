// What every page has: the choice of colours, the account's menu, the help sheet.

import { byId } from "./elements.js";
import { keysAreOn, onKeys, switchKeys } from "./keys.js";
import { recall, remember } from "./memory.js";

function chooseTheme(theme) {
  remember("theme", theme === "auto" ? undefined : theme);
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function showThemes() {
  for (const radio of document.querySelectorAll("[data-themes] input")) {
    radio.checked = radio.value === (recall("theme") ?? "auto");
    radio.addEventListener("change", () => chooseTheme(radio.value));
  }
}

function showHelp() {
  const sheet = byId("help");
  if (!sheet) return;
  const open = () => sheet.showModal();
  const keys = byId("keys-on");
  keys.checked = keysAreOn();
  keys.addEventListener("change", () => switchKeys(keys.checked));
  byId("open-help")?.addEventListener("click", open);
  byId("open-help-too")?.addEventListener("click", open);
  onKeys({ "?": open });
}

// A click beside a dialog closes it, as it does everywhere else.
addEventListener("click", (event) => {
  if (!(event.target instanceof HTMLDialogElement) || event.target.dataset.stays) return;
  const box = event.target.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) event.target.close();
});

showThemes();
showHelp();

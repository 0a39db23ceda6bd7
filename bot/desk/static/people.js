// What is shown once gets a button that copies it; without this script it is selected by hand.

import { h } from "./elements.js";
import { say } from "./notices.js";

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say("Copied.");
  } catch {
    say("Copy it by hand: it is selected."); // the clipboard needs https or localhost
  }
}

for (const field of document.querySelectorAll("[data-copy]")) {
  field.after(h("button", { type: "button", className: "button", onclick: () => copy(field) }, "Copy"));
  field.select();
}

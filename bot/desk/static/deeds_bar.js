// The buttons for what can be done to a case as a whole.

import { byId, h, icon } from "./elements.js";
import { say } from "./notices.js";

const KEYS = { claim: "c", transfer: "t", resolve: "e" };

export class DeedsBar {
  #root = byId("deeds");
  #buttons;
  #rights = null;

  /** @param {Record<string, () => void>} acts claim, transfer, giveBack, resolve, reopen */
  constructor(acts) {
    const make = (deed, drawing, label, className = "button") => {
      const button = h("button", { type: "button", className, data: { deed } }, icon(drawing, ""), h("span", {}, label));
      if (KEYS[deed]) button.title = `${label} (${KEYS[deed]})`;
      button.addEventListener("click", () => this.do(deed));
      return button;
    };
    this.acts = acts;
    this.#buttons = {
      claim: make("claim", "claim", "Claim", "button primary"),
      reopen: make("reopen", "reopen", "Reopen", "button primary"),
      transfer: make("transfer", "transfer", "Transfer"),
      giveBack: make("giveBack", "bot", "To assistant"),
      resolve: make("resolve", "resolve", "Resolve"),
    };
    this.#root.append(...Object.values(this.#buttons));
  }

  /** Does it, or says why it cannot be done. */
  do(deed) {
    const reason = this.#rights?.[deed];
    if (reason) return say(reason);
    this.acts[deed]();
  }

  /** @param {import("./case_rights.js").Rights} rights */
  show(rights) {
    this.#rights = rights;
    this.#root.hidden = false;
    const { claim, reopen, transfer, giveBack, resolve } = this.#buttons;
    claim.querySelector("span").textContent = rights.isOthers ? "Take over" : "Claim";
    claim.classList.toggle("primary", !rights.isOthers);
    claim.hidden = !rights.isOpen || rights.isMine || (rights.isOthers && rights.claim !== null);
    reopen.hidden = rights.isOpen;
    giveBack.hidden = !rights.isHeld;
    transfer.hidden = resolve.hidden = !rights.isOpen;
    for (const [deed, button] of Object.entries(this.#buttons)) explain(button, rights[deed]);
    const why = byId("why-not");
    why.textContent = rights.summary;
    why.hidden = !rights.summary;
  }
}

// Still found by keyboard and screen reader, so that the reason is, too.
function explain(button, reason) {
  if (reason) {
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("aria-description", reason);
  } else {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-description");
  }
}

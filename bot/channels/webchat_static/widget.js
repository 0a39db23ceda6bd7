// <script src=".../widget.js" async></script> puts a chat button on any page. Everything it adds
// lives in a shadow root, so neither page's styles touch the other's. data-language="de" on the
// script chooses a language, data-side="left" the corner.
(() => {
  "use strict";

  const script = document.currentScript;
  if (!script || window.nightdeskWidget) return;
  window.nightdeskWidget = true;
  const base = new URL(".", script.src);
  const language = script.dataset.language || document.documentElement.lang || "";
  const onTheLeft = script.dataset.side === "left";
  const phone = matchMedia("(max-width: 30rem), (max-height: 26rem)");

  const STYLE = `
    :host { all: initial; --accent: #37479f; --accent-deep: #2c3a86; }
    .launcher, .panel { position: fixed; z-index: 2147483000; box-sizing: border-box; }
    .launcher {
      inset: auto max(20px, env(safe-area-inset-right)) max(20px, env(safe-area-inset-bottom)) auto;
      width: 60px; height: 60px; padding: 0; border: 0; border-radius: 50%; cursor: pointer;
      color: #fff; background: var(--accent);
      box-shadow: 0 1px 2px rgb(16 24 40 / 20%), 0 8px 24px rgb(16 24 40 / 24%);
      transition: background-color .15s, transform .15s;
    }
    .left .launcher { inset-inline: max(20px, env(safe-area-inset-left)) auto; }
    .launcher:hover { background: var(--accent-deep); transform: translateY(-1px); }
    .launcher:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px var(--accent-deep); }
    .launcher svg { position: absolute; inset: 16px; width: 28px; height: 28px; transition: opacity .15s, transform .2s; }
    .launcher .cross, .shown .launcher .speech { opacity: 0; transform: rotate(-45deg); }
    .shown .launcher .cross { opacity: 1; transform: none; }
    .badge {
      position: absolute; inset: -2px -2px auto auto; min-width: 22px; height: 22px; padding: 0 6px;
      box-sizing: border-box; border-radius: 11px; border: 2px solid #fff; background: #b3261e;
      font: 700 12px/18px "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; text-align: center;
    }
    .badge[hidden], .panel[hidden] { display: none; }
    .panel {
      inset: auto max(20px, env(safe-area-inset-right)) calc(max(20px, env(safe-area-inset-bottom)) + 76px) auto;
      width: 400px; height: min(680px, calc(100vh - 120px)); height: min(680px, calc(100dvh - 120px));
      max-width: calc(100vw - 40px); border-radius: 18px; overflow: hidden; background: Canvas;
      box-shadow: 0 0 0 1px rgb(16 24 40 / 8%), 0 24px 64px rgb(16 24 40 / 28%);
      animation: rise .18s ease-out;
    }
    .left .panel { inset-inline: max(20px, env(safe-area-inset-left)) auto; }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: normal; }
    @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
    @media (max-width: 30rem), (max-height: 26rem) {
      .panel, .left .panel { inset: 0; width: auto; max-width: none; height: 100vh; height: 100dvh; border-radius: 0; }
      .shown .launcher { display: none; }
    }
    @media (prefers-color-scheme: dark) { .panel { background: #10151d; } }
    @media (prefers-reduced-motion: reduce) { .panel { animation: none; } .launcher, .launcher svg { transition: none; } }
    @media (forced-colors: active) { .launcher { border: 2px solid ButtonText; } }
    @media print { .launcher, .panel { display: none; } }
  `;

  const host = document.createElement("nightdesk-chat");
  const root = host.attachShadow({ mode: "open" });
  const frameOf = { current: null };
  let texts = { open: "", close: "", unread: "{count}" };
  let title = "";
  let unread = 0;
  let scroll = "";
  let ready = false;

  const box = make("div", { class: onTheLeft ? "left" : "" });
  const launcher = make("button", { class: "launcher", type: "button", "aria-expanded": "false", "aria-controls": "panel" });
  const badge = make("span", { class: "badge", "aria-hidden": "true" });
  const panel = make("div", { class: "panel", id: "panel", role: "dialog" });
  badge.hidden = panel.hidden = true;
  launcher.append(
    drawing("speech", "M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.5 3.3 5.9L5.5 21l4.2-2.2c.7.2 1.5.2 2.3.2 5 0 9-3.4 9-7.8s-4-7.7-9-7.7Z", true),
    drawing("cross", "m6 6 12 12M18 6 6 18", false),
    badge,
  );
  box.append(panel, launcher);

  function make(tag, attributes) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  }

  function drawing(name, path, full) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const look = full
      ? { d: path, fill: "currentColor" }
      : { d: path, fill: "none", stroke: "currentColor", "stroke-width": "2.2", "stroke-linecap": "round" };
    for (const [key, value] of Object.entries(look)) line.setAttribute(key, value);
    svg.setAttribute("class", name);
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(line);
    return svg;
  }

  function dress() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } catch {
      const style = make("style", {});
      style.textContent = STYLE;
      root.append(style);
    }
  }

  function remembered() {
    try {
      return JSON.parse(localStorage.getItem("nightdesk.widget")) ?? {};
    } catch {
      return {};
    }
  }

  function remember(changes) {
    try {
      const whole = { ...remembered(), ...changes };
      localStorage.setItem("nightdesk.widget", JSON.stringify(whole));
    } catch {
      // Storage is blocked: the next page starts anew.
    }
  }

  function frame() {
    if (frameOf.current) return frameOf.current;
    const address = new URL("chat", base);
    address.searchParams.set("embed", "1");
    if (language) address.searchParams.set("language", language.slice(0, 2).toLowerCase());
    const made = make("iframe", { src: address.href, title, referrerpolicy: "no-referrer" });
    panel.append(made);
    return (frameOf.current = made);
  }

  function isShown() {
    return !panel.hidden;
  }

  function show(open, moveFocus = true) {
    frame();
    panel.hidden = !open;
    box.classList.toggle("shown", open);
    launcher.setAttribute("aria-expanded", String(open));
    remember({ open, used: true });
    name();
    holdPage(open && phone.matches);
    tellFrame();
    if (moveFocus) (open ? frame() : launcher).focus();
  }

  // Behind a panel that fills the phone the page must not scroll.
  function holdPage(held) {
    const { style } = document.documentElement;
    if (held && !scroll) {
      scroll = style.overflow || "visible";
      style.overflow = "hidden";
    } else if (!held && scroll) {
      style.overflow = scroll === "visible" ? "" : scroll;
      scroll = "";
    }
  }

  function tellFrame() {
    if (!ready) return;
    const news = { nightdesk: "panel", open: isShown(), kept: remembered().kept };
    frameOf.current.contentWindow?.postMessage(news, base.origin);
  }

  function name() {
    const count = isShown() ? 0 : unread;
    badge.hidden = count === 0;
    badge.textContent = count > 9 ? "9+" : String(count);
    const news = count ? `. ${texts.unread.replace("{count}", count)}` : "";
    launcher.setAttribute("aria-label", (isShown() ? texts.close : texts.open) + news);
    panel.setAttribute("aria-label", title);
    frameOf.current?.setAttribute("title", title);
  }

  function hear(event) {
    if (event.origin !== base.origin || event.source !== frameOf.current?.contentWindow) return;
    const { nightdesk: kind, count, name: key, value } = event.data ?? {};
    if (kind === "ready") {
      ready = true;
      tellFrame();
    }
    if (kind === "keep") remember({ kept: { ...remembered().kept, [key]: value } });
    if (kind === "close" && isShown()) show(false);
    if (kind === "unread") {
      unread = Number.isInteger(count) && count > 0 ? count : 0;
      name();
    }
  }

  async function start() {
    dress();
    root.append(box);
    const query = language ? `?language=${encodeURIComponent(language)}` : "";
    const config = await fetch(new URL(`chat/config${query}`, base)).then((answer) => answer.json());
    ({ texts, title } = config);
    launcher.addEventListener("click", () => show(!isShown()));
    addEventListener("message", hear);
    addEventListener("keydown", (event) => event.key === "Escape" && isShown() && show(false));
    phone.addEventListener("change", () => holdPage(isShown() && phone.matches));
    const { open, used } = remembered();
    if (open) show(true, false);
    else if (used) frame();
    name();
    document.body.append(host);
  }

  const begin = () => start().catch(() => {}); // without the server there is nothing to open
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin, { once: true });
})();

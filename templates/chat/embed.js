// The chat in a corner of your page. Put this on it:
//   <script src="https://console.example.org/chat/KEY/embed.js" data-label="Chat with us" defer></script>
// The origin of your page has to stand in the list of allowed origins of the chat's work stream.
(() => {
  "use strict";
  const script = document.currentScript;
  const base = new URL(".", script.src);
  const name = `chat:${base.pathname}`;
  if (document.documentElement.dataset[`chat${base.pathname.replace(/\W/g, "")}`]) return; // one is enough
  document.documentElement.dataset[`chat${base.pathname.replace(/\W/g, "")}`] = "here";
  const label = script.dataset.label || "Chat with us";
  const left = script.dataset.position === "left";
  const PATIENCE_MS = 6000;
  // Your page has none of our style sheets, and its own must not change the chat.
  const STYLE = `
    :host { all: initial; position: fixed; z-index: 2147483000; bottom: 20px; ${left ? "left" : "right"}: 20px; font: 500 15px/1.2 system-ui, sans-serif; color-scheme: light dark; }
    button { display: inline-flex; align-items: center; gap: 8px; min-height: 48px; padding: 0 20px; font: inherit; color: #fff; background: #1f4fc4; border: 0; border-radius: 24px; box-shadow: 0 4px 16px rgb(16 24 40 / 25%); cursor: pointer; }
    button:hover { background: #183f9f; }
    button:focus-visible { outline: 3px solid #3b74f2; outline-offset: 2px; }
    .unread { min-width: 22px; padding: 3px 6px; box-sizing: border-box; font-size: 13px; text-align: center; color: #1f4fc4; background: #fff; border-radius: 11px; }
    .panel { position: absolute; bottom: 0; ${left ? "left" : "right"}: 0; width: 360px; height: min(560px, calc(100dvh - 40px)); background: Canvas; color: CanvasText; border-radius: 14px; box-shadow: 0 12px 40px rgb(16 24 40 / 30%); overflow: hidden; }
    iframe { width: 100%; height: 100%; border: 0; color-scheme: normal; }
    .early { position: absolute; top: 8px; right: 8px; min-height: 40px; padding: 0 14px; color: inherit; background: Canvas; border: 1px solid; box-shadow: none; }
    .early:hover { background: Canvas; }
    .help { margin: 0; padding: 64px 20px 20px; font-weight: 400; color: CanvasText; }
    .help a { color: LinkText; }
    [hidden] { display: none !important; }
    @media (max-width: 480px) { .panel { position: fixed; inset: 0; width: auto; height: auto !important; border-radius: 0; } }
    @media (prefers-reduced-motion: no-preference) { .panel { transition: height 0.15s; } }
  `;

  const element = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
  const remembered = (value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(name);
      if (value) sessionStorage.setItem(name, value);
      else sessionStorage.removeItem(name);
    } catch {
      // storage can be forbidden; then the chat begins closed on the next page
    }
    return null;
  };

  const place = element("div");
  const root = place.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const button = element("button", { type: "button", textContent: label });
  button.setAttribute("aria-expanded", "false");
  const unread = element("span", { className: "unread", hidden: true });
  button.append(unread);
  const panel = element("div", { className: "panel", hidden: true });
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", label);
  const help = element("p", { className: "help", hidden: true, textContent: "The chat can’t be shown here. " });
  help.append(element("a", { href: base.href, target: "_blank", rel: "noopener", textContent: "Open it in its own window" }));
  // Until the frame brings a button of its own.
  const early = element("button", { type: "button", className: "early", textContent: "Close" });
  early.addEventListener("click", () => set(false));
  panel.append(help, early);
  root.append(panel, button);

  let frame = null;
  let ready = false;
  let open = false;
  let patience = 0;

  const say = (message) => frame?.contentWindow?.postMessage(message, base.origin);

  function load() {
    if (frame) return;
    frame = element("iframe", { src: base.href, title: label, allow: "" });
    // Each page in the frame is greeted anew; one that isn't ours doesn't hear it.
    frame.addEventListener("load", () => say({ type: "chat:hello" }));
    panel.prepend(frame);
    patience = setTimeout(() => {
      if (ready) return;
      help.hidden = false;
      frame.hidden = true;
    }, PATIENCE_MS);
  }

  function set(value, { focus = true } = {}) {
    open = value;
    if (open) load();
    panel.hidden = !open;
    button.hidden = open;
    button.setAttribute("aria-expanded", String(open));
    if (ready) say({ type: open ? "chat:shown" : "chat:hidden", focus });
    if (open) remembered("open");
    else if (remembered() === "open") remembered("known");
    if (focus) (open ? frame : button).focus();
  }

  function count(number) {
    unread.textContent = number > 99 ? "99+" : String(number);
    unread.hidden = number === 0;
    button.setAttribute("aria-label", number ? `${label}, ${number} new ${number === 1 ? "message" : "messages"}` : label);
  }

  addEventListener("message", ({ origin, source, data }) => {
    if (!frame || origin !== base.origin || source !== frame.contentWindow || typeof data?.type !== "string") return;
    if (data.type === "chat:ready") {
      ready = true;
      clearTimeout(patience);
      help.hidden = early.hidden = true;
      frame.hidden = false;
      say({ type: open ? "chat:shown" : "chat:hidden", focus: root.activeElement === frame });
    } else if (data.type === "chat:unread" && Number.isInteger(data.count) && data.count >= 0) {
      count(data.count);
    } else if (data.type === "chat:size" && Number.isInteger(data.height)) {
      panel.style.height = `min(${Math.min(Math.max(data.height, 320), 720)}px, calc(100dvh - 40px))`;
    } else if (data.type === "chat:close") {
      set(false);
    }
  });
  button.addEventListener("click", () => set(true));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && set(false));

  function begin() {
    document.body.append(place);
    // The person came from another page of yours with the chat open, or with one that may be answered meanwhile.
    if (remembered() === "open") set(true, { focus: false });
    else if (remembered() === "known") load();
  }
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();

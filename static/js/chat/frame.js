// The page inside a frame on somebody else's page: speaks with exactly that page, once it has shown that it may.
// From it: chat:hello, chat:shown, chat:hidden. To it: chat:ready, chat:unread {count}, chat:close, chat:size {height}.

const framed = window.parent !== window;
const allowed = new Set([location.origin, ...document.body.dataset.origins.split(" ").filter(Boolean)]);
const close = document.getElementById("chat-close");
let host = ""; // the origin that said hello
const held = new Map(); // the newest of each kind, said before it did

export function tellParent(message) {
  if (!framed) return;
  if (host) window.parent.postMessage(message, host);
  else held.set(message.type, message);
}

function hello(origin) {
  host = origin;
  close.hidden = false;
  tellParent({ type: "chat:ready" });
  for (const message of held.values()) tellParent(message);
  held.clear();
  tellSize();
}

// What the page would like; how much there is, the page around it knows.
function tellSize() {
  const start = document.querySelector(".chat__start");
  tellParent({ type: "chat:size", height: start ? Math.ceil(start.getBoundingClientRect().bottom) + 1 : 560 });
}

if (framed) {
  document.documentElement.classList.add("is-framed");
  addEventListener("message", async ({ source, origin, data }) => {
    if (source !== window.parent || !allowed.has(origin) || typeof data?.type !== "string") return;
    if (data.type === "chat:hello") hello(origin);
    if (!host || origin !== host) return;
    if (data.type === "chat:shown" || data.type === "chat:hidden") {
      const { setShown } = await import("./page.js");
      setShown(data.type === "chat:shown");
      if (data.type === "chat:shown" && data.focus) document.querySelector("#chat-text, #chat-name")?.focus();
    }
  });
  close.addEventListener("click", () => tellParent({ type: "chat:close" }));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) tellParent({ type: "chat:close" });
  });
}

// How the page stays current: over its socket, by asking every few seconds where there is none; and tells the other side
// that its customer is typing.

const POLL_MS = 3_000;
const LONGEST_POLL_MS = 15_000;
const SILENCE_MS = 12_000; // the server says something every 5 s
const GRACE_MS = 4_000; // for the socket to connect before the page asks by itself
const TYPING_MS = 2_500;

const panel = document.querySelector("[data-read]");
const line = document.getElementById("chat-line");
let wrapper = null;
let heardAt = -Infinity;
let failures = 0;
let begun = 0; // requests that ask for the page, in order
let applied = 0;

export const isLive = () => performance.now() - heardAt < SILENCE_MS;
export const started = () => ++begun;

// A frame as the socket sends it. One that was asked for earlier than what is shown already says nothing new, and while
// the socket is alive it alone knows what this page has; it brings the same in a moment.
export function apply(text, request) {
  if (request < applied || isLive()) return;
  applied = request;
  htmx.swap(document.body, text, { swapStyle: "none" });
}

function say(words) {
  if (!line || line.textContent === words) return;
  line.textContent = words;
  line.hidden = !words;
}

const isOver = () => !document.getElementById("chat-composer");

async function poll() {
  if (!isLive() && !isOver() && performance.now() > GRACE_MS) {
    const request = started();
    try {
      const response = await fetch(panel.dataset.read, { headers: { "HX-Request": "true" } });
      if (response.status === 200) apply(await response.text(), request);
      else if (response.status !== 429) throw new Error(response.status);
      back();
    } catch {
      failures += 1;
      say("The connection is lost. What you write is kept and sent as soon as it is back.");
    }
  }
  setTimeout(poll, Math.min(LONGEST_POLL_MS, POLL_MS * 2 ** Math.min(failures, 3)));
}

function back() {
  say("");
  if (failures) document.dispatchEvent(new CustomEvent("chat:line-back"));
  failures = 0;
}

if (panel) {
  panel.addEventListener("htmx:wsOpen", ({ detail }) => {
    wrapper = detail.socketWrapper;
  });
  panel.addEventListener("htmx:wsBeforeMessage", () => {
    heardAt = performance.now();
    back();
  });
  panel.addEventListener("htmx:wsClose", () => {
    heardAt = -Infinity;
  });
  setTimeout(poll, GRACE_MS + 100);
}

// --- Typing ---

let toldAt = -Infinity;

function tell(word) {
  if (isLive()) wrapper?.send(word);
}

document.addEventListener("input", ({ target }) => {
  if (target.id !== "chat-text" || !wrapper) return;
  if (!target.value) {
    toldAt = -Infinity;
    tell("stopped");
  } else if (performance.now() - toldAt > TYPING_MS) {
    toldAt = performance.now();
    tell("typing");
  }
});
document.addEventListener("chat:sent", () => {
  toldAt = -Infinity;
  tell("stopped");
});

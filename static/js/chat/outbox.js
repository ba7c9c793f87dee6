// What the customer sends: shown at once, tried until it has arrived, and sent again under the same name after a reload,
// so that it is stored once whatever happens to the line.

import { apply, started } from "./line.js";
import { dropDraft, keepDraft, store, toEnd } from "./page.js";

const LONGEST_PAUSE_MS = 15_000;
const key = `chat-outbox:${document.body.dataset.chat}`;
const pending = document.getElementById("chat-pending");

let waiting = JSON.parse(store.get(key) || "[]"); // { token, text, sent }
// Also where the conversation has ended meanwhile: then another one follows it.
const address = document.querySelector("[data-write]")?.dataset.write;
let busy = false;
let failures = 0;
let timer = 0;
let words = "";

const save = () => store.set(key, waiting.length ? JSON.stringify(waiting) : "");
const token = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const isShown = (item) => document.querySelector(`#chat-list [data-token="${item.token}"]`) !== null;

function paint() {
  waiting = waiting.filter((item) => !isShown(item));
  save();
  if (!pending) return;
  pending.hidden = waiting.length === 0;
  pending.replaceChildren(...waiting.map(line));
}

function line(item) {
  const entry = document.createElement("li");
  entry.className = "chat__line is-customer is-pending";
  const text = document.createElement("span");
  text.className = "chat__text";
  text.textContent = item.text;
  entry.append(text);
  if (!item.sent) entry.append(fate(item));
  return entry;
}

function fate(item) {
  const note = document.createElement("span");
  note.className = "chat__name";
  note.textContent = item === waiting[0] && words ? words : "Sending …";
  if (item === waiting[0] && words) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-button";
    button.textContent = "Try now";
    button.addEventListener("click", () => flush());
    note.append(" ", button);
  }
  return note;
}

function later(pause, reason) {
  words = reason;
  clearTimeout(timer);
  timer = setTimeout(flush, pause);
  paint();
}

async function flush() {
  clearTimeout(timer);
  const item = waiting.find((each) => !each.sent);
  if (busy || !item || !address) return;
  busy = true;
  const began = started();
  try {
    const body = new URLSearchParams({ token: item.token, text: item.text });
    const response = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
    await answered(item, response, began);
  } catch {
    failures += 1;
    later(Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(failures, 4)), "Not sent yet; it is tried again.");
  }
  busy = false;
  if (waiting.some((each) => !each.sent) && !words) flush();
}

async function answered(item, response, began) {
  if (response.ok) {
    failures = 0;
    words = "";
    item.sent = true;
    const text = await response.text();
    if (response.redirected) location.reload();
    else apply(text, began);
    paint();
  } else if (response.status === 429) {
    const pause = Number(response.headers.get("Retry-After")) || 30;
    later(pause * 1000, `That was a lot in a short time. It is sent in ${pause} s.`);
  } else if (response.status === 422) {
    giveBack(item, (await response.json()).error);
  } else {
    throw new Error(response.status);
  }
}

// Refused for what it says: it returns to where it was written, with the reason.
function giveBack(item, reason) {
  waiting = waiting.filter((each) => each !== item);
  words = "";
  paint();
  const box = document.getElementById("chat-text");
  if (!box) return keepDraft(item.text); // for the question that follows
  box.value = [item.text, box.value].filter(Boolean).join("\n");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  say(reason);
  box.focus();
}

function say(sentence) {
  const error = document.getElementById("chat-error");
  if (error) error.textContent = sentence;
}

document.addEventListener("submit", (event) => {
  if (event.target.id === "chat-composer") {
    event.preventDefault();
    const box = event.target.querySelector("textarea");
    const text = box.value.trim();
    say(text ? "" : "Please write a message first.");
    if (!text) return;
    waiting.push({ token: token(), text, sent: false });
    box.value = "";
    dropDraft();
    box.dispatchEvent(new Event("chat:sent", { bubbles: true }));
    paint();
    toEnd();
    box.focus();
    flush();
  } else if (event.target.matches("[data-answers], #chat-end")) {
    post(event);
  }
});

// An answer about monitoring, or the end: without a script the same form loads the page again.
async function post(event) {
  event.preventDefault();
  document.getElementById("chat-end-dialog")?.close();
  const body = new URLSearchParams(new FormData(event.target, event.submitter?.name ? event.submitter : undefined));
  const began = started();
  try {
    const response = await fetch(event.target.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!response.ok) throw new Error(response.status);
    if (response.redirected) location.reload();
    else apply(await response.text(), began);
    document.getElementById("chat-text")?.focus();
  } catch {
    say("That didn’t reach us. Please try again.");
  }
}

const list = document.getElementById("chat-messages");
if (list) new MutationObserver(() => waiting.length && paintSoon()).observe(list, { childList: true, subtree: true });
let soon = 0;
function paintSoon() {
  if (waiting.some(isShown) && !soon) soon = requestAnimationFrame(() => ((soon = 0), paint()));
}

addEventListener("online", () => flush());
document.addEventListener("chat:line-back", () => flush());
for (const item of waiting) item.sent = false; // whether it had arrived isn't known; the name tells the server
paint();
flush();

// The customer's page by itself: stays at the newest line, keeps what is being written, counts what was not yet seen.

import { tellParent } from "./frame.js";

const TYPING_MS = 6500; // how long a mark of typing holds without a new one
const chat = document.body.dataset.chat;
const draftKey = `chat-draft:${chat}`;
const title = document.title;
const messages = document.getElementById("chat-messages");
const byId = (id) => document.getElementById(id);

// --- What is being written outlives a reload ---

export const store = {
  get(key) {
    try {
      return sessionStorage.getItem(key) || "";
    } catch {
      return ""; // storage can be forbidden; the page still works
    }
  },
  set(key, value) {
    try {
      if (value) sessionStorage.setItem(key, value);
      else sessionStorage.removeItem(key);
    } catch {
      // as above
    }
  },
};

export const keepDraft = (text) => store.set(draftKey, text);
export const dropDraft = () => keepDraft("");

function restoreDraft() {
  const box = document.querySelector("[data-draft]");
  if (box && !box.value && box.dataset.restored === undefined) box.value = store.get(draftKey);
  if (box) box.dataset.restored = "";
}

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-draft]")) keepDraft(target.value);
});
document.querySelector("[data-start]")?.addEventListener("submit", dropDraft);

// --- The newest line ---

const atEnd = () => !messages || messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
let follow = true;
messages?.addEventListener("scroll", () => {
  follow = atEnd();
});

export function toEnd() {
  if (messages) messages.scrollTop = messages.scrollHeight;
}

if (messages) new ResizeObserver(() => follow && toEnd()).observe(messages);

// --- What came while nobody looked ---

let unread = 0;
let shown = true; // told by the page around the frame
const looksAt = () => shown && !document.hidden;

function count(number) {
  unread = number;
  document.title = unread ? `(${unread}) ${title}` : title;
  tellParent({ type: "chat:unread", count: unread });
}

export function setShown(value) {
  shown = value;
  if (looksAt() && unread) count(0);
}

document.addEventListener("visibilitychange", () => looksAt() && unread && count(0));

const isNews = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches("li.is-service");

function changed(records) {
  const news = records.flatMap((record) => [...record.addedNodes]).filter(isNews).length;
  if (news && !looksAt()) count(unread + news);
  if (follow) toEnd();
  settle();
}

// --- Typing of the other side ---

let mark = "0";
let hiding = 0;

function watchTyping() {
  const line = byId("chat-typing");
  if (!line || line.dataset.mark === mark) return;
  mark = line.dataset.mark;
  clearTimeout(hiding);
  hiding = setTimeout(() => byId("chat-typing")?.setAttribute("hidden", ""), TYPING_MS);
}

// --- Writing and ending ---

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.id !== "chat-text") return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const dialog = byId("chat-end-dialog");
  if (event.target.closest?.("[data-end]")) {
    event.preventDefault();
    dialog.showModal();
  } else if (event.target.closest?.("[data-close]")) {
    dialog.close();
  }
});

function settle() {
  restoreDraft();
  watchTyping();
}

if (messages) new MutationObserver(changed).observe(messages, { childList: true, subtree: true });
for (const name of ["htmx:oobAfterSwap", "htmx:wsAfterMessage"]) document.addEventListener(name, settle);
settle();
toEnd();
document.querySelector("[aria-invalid=true]")?.focus();

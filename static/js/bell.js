// Notifications and alerts: a toast for each new one; of notifications that stood before somebody's eyes the server hears.

import { remove, show } from "./toasts.js";

const SEEN_MS = 1500;
const bell = document.getElementById("bell");
const menu = bell?.querySelector("details");
const address = bell?.getAttribute("ws-connect");
let timer = 0;

// Up to which one this browser has shown toasts, over all its tabs.
function toldUpTo(kind) {
  try {
    return Number(localStorage.getItem(`${kind}:${address}`) ?? NaN);
  } catch {
    return NaN; // storage can be forbidden: then only the number on the bell tells
  }
}

function remember(kind, id) {
  try {
    localStorage.setItem(`${kind}:${address}`, String(id));
  } catch {
    // as above
  }
}

function toast() {
  if (document.hidden) return; // the tab in front tells
  toastNew("notified", "notification", "[data-unread]", "info");
  toastNew("alerted", "alert", "[data-alert]", "warning");
}

function toastNew(kind, name, telling, level) {
  const ids = [...bell.querySelectorAll(`[data-${name}]`)].map((item) => Number(item.dataset[name]));
  const upTo = toldUpTo(kind);
  const newest = Math.max(0, ...ids);
  if (!(newest <= upTo)) remember(kind, newest);
  if (Number.isNaN(upTo) || menu.open) return;
  const fresh = [...bell.querySelectorAll(telling)].filter((item) => Number(item.dataset[name]) > upTo);
  if (fresh.length > 3) return void show(`${fresh.length} new ${name}s`, level);
  for (const item of fresh.reverse()) {
    const link = item.dataset.url && { url: item.dataset.url, label: "Open" };
    show(item.dataset.title, level, link, actionsOf(item)).dataset.of = item.id;
  }
}

// What can be done about an alert can be done where it is told, too.
function actionsOf(item) {
  const actions = item.querySelector(".alert-item__actions")?.cloneNode(true);
  if (actions) actions.className = "toast-note__actions";
  return actions;
}

// One that is over, ignored or dismissed meanwhile leaves with its toast; all do where the open bell lies below them.
function tidy() {
  for (const note of document.querySelectorAll(".toast-note[data-of]")) {
    if (menu.open || !document.getElementById(note.dataset.of)) remove(note);
  }
}

// Shown for a moment is read: the open bell, and the page of notifications.
function seen() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (document.hidden) return;
    for (const region of document.querySelectorAll("[data-read-url]")) {
      if (region === bell && !menu.open) continue;
      const id = [...region.querySelectorAll("[data-unread]")].map((item) => item.dataset.notification);
      if (id.length) htmx.ajax("POST", region.dataset.readUrl, { source: region, swap: "none", values: { id } });
    }
  }, SEEN_MS);
}

if (bell) {
  document.addEventListener("htmx:wsAfterMessage", ({ target, detail }) => {
    if (detail.message.startsWith('<span id="live-state"')) return;
    if (target === bell) {
      tidy();
      toast();
    }
    if (target.matches("[data-read-url]")) seen();
  });
  document.addEventListener("visibilitychange", () => {
    toast();
    seen();
  });
  menu.addEventListener("toggle", () => {
    tidy();
    seen();
  });
  seen();
}

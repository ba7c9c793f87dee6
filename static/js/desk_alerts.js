// What is new at the desk: counted in the title, said aloud, and told by tone and desktop notice as the person chose.
// Of several tabs one tells: whoever takes the lock named after the news.
import { play } from "./tone.js";

const HOLD_MS = 5_000;
const title = document.title;
const offers = new Map(); // offer -> told
const unread = new Map(); // conversation -> how many were unread
let first = true;

const chosen = (name) => document.getElementById("desk-status")?.dataset[name] === "on";
const looking = () => !document.hidden && document.hasFocus();

async function once(name, tell) {
  if (!navigator.locks) return tell();
  await navigator.locks.request(`desk:${name}`, { ifAvailable: true }, (lock) => {
    if (!lock) return undefined;
    tell();
    return new Promise((done) => setTimeout(done, HOLD_MS));
  });
}

function notice(heading, subject, open) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(heading, { body: subject, tag: `${heading} ${subject}` });
    shown.onclick = () => {
      window.focus();
      open?.();
      shown.close();
    };
  } catch {
    // Phones show notices of installed pages only.
  }
}

function tell(kind, key, heading, subject, open) {
  const sound = chosen(kind === "offer" ? "soundOffers" : "soundMessages");
  const desktop = chosen(kind === "offer" ? "desktopOffers" : "desktopMessages");
  if (!sound && !desktop) return;
  void once(key, () => {
    if (sound) play(kind);
    if (desktop && !looking()) notice(heading, subject, open);
  });
}

function newOffers() {
  const now = [...document.querySelectorAll("[data-offer]")];
  const fresh = now.filter(({ dataset }) => !offers.has(dataset.offer));
  offers.clear();
  for (const { dataset } of now) offers.set(dataset.offer, true);
  if (first) return now.length;
  for (const { dataset } of fresh) tell("offer", `offer-${dataset.offer}`, "Offered to you", dataset.offerSubject);
  const announcer = document.getElementById("live-announcer");
  if (fresh.length && announcer) announcer.textContent = `Offered to you: ${fresh[0].dataset.offerSubject}`;
  return now.length;
}

function newMessages() {
  const rows = [...document.querySelectorAll("[data-unread]")];
  const before = new Map(unread);
  unread.clear();
  let waiting = 0;
  for (const row of rows) {
    const { unread: count, conversation, subject } = row.dataset;
    const inFront = row.hasAttribute("aria-current") && looking();
    unread.set(conversation, Number(count));
    if (!inFront) waiting += 1;
    if (first || inFront || Number(count) <= (before.get(conversation) || 0)) continue;
    tell("message", `message-${conversation}-${row.dataset.newest}`, "New message", subject, () => row.click());
  }
  return waiting;
}

function settle() {
  const count = newOffers() + newMessages();
  document.title = count ? `(${count}) ${title}` : title;
  first = false;
}

for (const name of ["htmx:afterSwap", "htmx:wsAfterMessage"]) document.addEventListener(name, settle);
for (const name of ["focus", "blur"]) window.addEventListener(name, settle);
settle();

// --- The dialog of choices: a desktop notice needs the browser's leave first ---

async function ask(box) {
  const told = box.form.querySelector("[data-desktop-refused]");
  const answer = "Notification" in window ? await Notification.requestPermission() : "denied";
  told.hidden = answer === "granted";
  if (answer !== "granted") box.checked = false;
  htmx.trigger(box.form, "alerts:chosen");
}

document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || !target.matches("[data-alert]")) return;
  if (target.dataset.alert === "desktop" && target.checked) void ask(target);
  else htmx.trigger(target.form, "alerts:chosen");
  if (target.dataset.alert === "sound" && target.checked) play(target.name === "sound_offers" ? "offer" : "message");
});

// The desk by keyboard: through one's conversations, to the first offer, into the reply or the note and out again.
import { add } from "./shortcuts.js";

const rows = () => [...document.querySelectorAll("#desk-mine .desk-row")];

function move(step) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(document.activeElement);
  const from = at < 0 ? list.findIndex((row) => row.hasAttribute("aria-current")) : at;
  const next = list[Math.min(list.length - 1, Math.max(0, from + step))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function write(as) {
  const choice = document.querySelector(`[data-composer] input[name=as][value=${as}]`);
  if (!choice || choice.disabled) return;
  choice.checked = true;
  document.getElementById("desk-text").focus();
}

const nextUnread = () => document.querySelector("#desk-mine [data-unread]:not([aria-current])")?.click();
const offer = () => document.querySelector("#desk-offers .desk-card__actions .btn")?.focus();
const transfer = () => document.querySelector("#desk-conversation [data-key=t]")?.click();

add(["t"], "Transfer the conversation", { t: transfer });
add(["u"], "Next conversation with unread messages", { u: nextUnread });
add(["o"], "To the first offer", { o: offer });
add(["n"], "Write an internal note; Esc leaves the field", { n: () => write("internal_note") });
add(["r"], "Write a reply; Enter sends, Shift and Enter begins a new line", { r: () => write("reply") });
add(["j", "k"], "Next and previous of my conversations", {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
});

document.addEventListener("keydown", ({ key, target, isComposing }) => {
  if (key === "Escape" && !isComposing && target.id === "desk-text") target.blur();
});

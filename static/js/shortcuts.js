// The keyboard: j/k and arrows move, x selects, Enter opens, / searches, g and a letter goes, a command's own key runs it.
import { currentRow, toggle, count } from "./selection.js";

const ADDED = {}; // keys of one page, with what they do
const rows = () => [...document.querySelectorAll("#rows > tr")];
let going = 0;

function move(step) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(document.activeElement?.closest?.("#rows > tr"));
  const next = list[Math.min(list.length - 1, Math.max(0, at + step))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function select() {
  const box = currentRow()?.querySelector("input[name=selected]");
  if (box) toggle(box);
}

// For what is selected, or else for the row that has the focus.
export function runCommand(command) {
  const row = currentRow();
  const one = row && !count() ? `${row.querySelector("input[name=selected]")?.value ?? row.id.replace("conversation-", "")}:${row.dataset.version}` : null;
  if (command.getAttribute("aria-disabled") === "true" && !one) command.focus();
  else htmx.trigger(command, "click", { row: one });
}

function run(key) {
  const command = document.querySelector(`[data-command][data-key="${CSS.escape(key)}"]`);
  if (command) runCommand(command);
  return Boolean(command);
}

function go(key) {
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
}

const KEYS = {
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  x: select,
  Enter: () => document.activeElement.querySelector("a[href]")?.click(),
  "/": () => document.querySelector("[role=searchbox]")?.focus(),
  "?": () => document.getElementById("keys-dialog").showModal(),
  g: () => { going = Date.now(); },
};

function typing(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (key === "Escape" && target.matches?.("[role=searchbox]")) return target.blur();
  if (typing(target)) return;
  if (key === "Escape" && count()) return document.dispatchEvent(new CustomEvent("selection:clear"));
  if (going && Date.now() - going < 1500) {
    going = 0;
    event.preventDefault();
    return go(key);
  }
  // Enter and the arrows mean something else on links, buttons and in menus.
  const onRow = target.matches?.("#rows > tr");
  if (key === "Enter" && !onRow) return;
  if (key.startsWith("Arrow") && !onRow && target !== document.body) return;
  const action = ADDED[key] || KEYS[key];
  if (action) {
    event.preventDefault();
    action();
  } else if (key.length === 1 && run(key)) event.preventDefault();
});

function line(keys, words) {
  const entry = document.createElement("div");
  const term = document.createElement("dt");
  for (const key of keys) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap, " ");
  }
  const meaning = document.createElement("dd");
  meaning.textContent = words;
  entry.append(term, meaning);
  return entry;
}

// A page's own keys, which go before the usual ones, and stand on the sheet.
export function add(keys, words, actions) {
  Object.assign(ADDED, actions);
  document.querySelector("#keys-dialog dl")?.prepend(line(keys, words));
}

// The sheet names what this page and this navigation really have.
const commands = [...document.querySelectorAll("[data-command][data-key]")].map((command) => line([command.dataset.key], command.textContent.trim()));
const pages = [...document.querySelectorAll("[data-go]")].map((link) => line(["g", link.dataset.go], link.dataset.goLabel));
document.querySelector("[data-keys-commands]")?.replaceWith(...commands);
document.querySelector("[data-keys-pages]")?.replaceWith(...pages);

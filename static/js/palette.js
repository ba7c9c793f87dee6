// The command palette (Ctrl-K): a combobox over pages, views and what this page can do now. The focus stays in the
// field; the option that Enter chooses is told by aria-activedescendant.
import { runCommand } from "./shortcuts.js";

const dialog = document.getElementById("palette");
const field = dialog?.querySelector("[role=combobox]");
const list = dialog?.querySelector("[role=listbox]");
const entries = document.getElementById("palette-entries");
const commands = dialog?.querySelector("[data-palette-commands]");
const state = dialog?.querySelector("[data-palette-state]");
let loading = false;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
const options = () => [...list.querySelectorAll("[role=option]")];
const visible = () => options().filter((option) => !option.hidden);
const active = () => list.querySelector("[aria-selected=true]");

function activate(option) {
  active()?.setAttribute("aria-selected", "false");
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function narrow() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  for (const option of options()) option.hidden = option.hasAttribute("data-searches") ? !words.length : !words.every((word) => plain(option.textContent).includes(word));
  for (const group of list.querySelectorAll("[role=group]")) group.hidden = !group.querySelector("[role=option]:not([hidden])");
  const found = visible();
  list.hidden = !found.length;
  field.setAttribute("aria-expanded", String(found.length > 0));
  activate(found[0]);
  list.scrollTop = 0;
  const counted = found.length ? `${found.length} found` : "Nothing here is called that.";
  state.textContent = loading && !found.length ? "One moment…" : counted;
  state.classList.toggle("visually-hidden", found.length > 0);
}

// --- What the page can do now ---

function reasonOf(command) {
  if (command.getAttribute("aria-disabled") !== "true") return "";
  return document.getElementById(command.getAttribute("aria-describedby"))?.textContent.trim() || "";
}

function optionOf(command, position) {
  const option = document.getElementById("palette-command").content.firstElementChild.cloneNode(true);
  const reason = reasonOf(command);
  option.id = `palette-command-${position}`;
  option.command = command;
  option.querySelector("use").setAttribute("href", command.querySelector("use")?.getAttribute("href") || "");
  option.querySelector("b").textContent = command.textContent.trim();
  option.querySelector("small").textContent = reason;
  if (command.getAttribute("aria-disabled") === "true") option.setAttribute("aria-disabled", "true");
  const key = option.querySelector("kbd");
  if (command.dataset.key) key.textContent = command.dataset.key;
  else key.parentElement.remove();
  return option;
}

// What can be done now stands first.
function fillCommands() {
  for (const old of commands.querySelectorAll("[role=option]")) old.remove();
  const found = ["[data-command]", "[data-palette]"].flatMap((kind) => [...document.querySelectorAll(kind)]).map(optionOf);
  const later = (option) => Number(option.hasAttribute("aria-disabled"));
  commands.append(...found.sort((one, other) => later(one) - later(other)));
}

// --- Opening, choosing ---

async function open() {
  if (!dialog || document.querySelector("dialog[open]")) return;
  fillCommands(); // before the focus leaves the row that a command may be about
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.removeAttribute("open");
  field.value = "";
  loading = true;
  dialog.showModal();
  narrow();
  field.focus();
  try {
    await htmx.ajax("GET", dialog.dataset.entriesUrl, { source: dialog, target: entries, swap: "innerHTML" });
  } finally {
    loading = false;
    narrow();
  }
}

function choose(option) {
  if (!option || option.getAttribute("aria-disabled") === "true") return;
  if (option.hasAttribute("data-searches")) return location.assign(option.dataset.url + encodeURIComponent(field.value.trim()));
  if (option.dataset.url) return location.assign(option.dataset.url);
  const { command } = option;
  dialog.close(); // the focus is back where it was
  if (!command.isConnected) return;
  if (command.dataset.command) runCommand(command);
  else command.click();
}

function step(by) {
  const found = visible();
  if (!found.length) return;
  const at = found.indexOf(active());
  activate(found[(at + by + found.length) % found.length]);
}

const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Enter: () => choose(active()),
};

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (!dialog || key.toLowerCase() !== "k" || !(ctrlKey || metaKey) || altKey || shiftKey) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else open();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-open-palette]")) open();
});

field?.addEventListener("keydown", (event) => {
  const act = !event.isComposing && KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

field?.addEventListener("input", narrow);
list?.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
// A press would take the focus out of the field.
list?.addEventListener("pointerdown", (event) => event.preventDefault());
list?.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[role=option]");
  if (option && option !== active()) activate(option);
});

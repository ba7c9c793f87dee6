// What is selected in a list: ids with the version that was seen, surviving every swap of the rows.
// Commands with data-needs-selection, and elements with data-takes-selection, send it: id=5:3 for each, or
// all=1 with query=<the list's query string> (and first=1000 when the person chose the first thousand).
// Tells others with the events selection:changed (at once) and selection:settled (after a pause) on body.

const chosen = new Map(); // id -> version as seen
let all = false;
let first = 0;
let anchor = null;
let query = null;
let pause = 0;

const body = () => document.getElementById("list-body");
const boxes = () => [...document.querySelectorAll("#rows input[name=selected]")];
const rowOf = (box) => box.closest("tr");
const number = (text) => Number(String(text).replace(/\D/g, "")) || 0;
const format = (value) => value.toLocaleString("en-US");
const matching = () => document.getElementById("match-count")?.textContent.trim() || "0";
const limit = () => number(document.querySelector(".selection-bar")?.dataset.limit) || 1000;

export const count = () => (all ? first || number(matching()) : chosen.size);

function put(box, on) {
  if (on) chosen.set(box.value, rowOf(box).dataset.version);
  else chosen.delete(box.value);
}

// Leaving "all that match" by unticking a row keeps what is on the page.
function leaveAll() {
  if (!all) return;
  all = false;
  first = 0;
  for (const box of boxes()) put(box, true);
}

function clear() {
  chosen.clear();
  all = false;
  first = 0;
  anchor = null;
}

// Which filter the selection was made under: page and size don't matter, the order only where it says which the first are.
function filterOf(region) {
  const parameters = new URLSearchParams(region.dataset.query);
  for (const name of ["after", "before", "page", "size", "columns"]) parameters.delete(name);
  if (!first) parameters.delete("sort");
  parameters.sort();
  return parameters.toString();
}

function paint() {
  let moved = false;
  for (const box of boxes()) {
    const on = all || chosen.has(box.value);
    if (box.checked !== on) box.checked = on;
    rowOf(box).toggleAttribute("data-selected", on);
    if (!on || all) continue;
    moved ||= chosen.has(box.value) && chosen.get(box.value) !== rowOf(box).dataset.version;
    chosen.set(box.value, rowOf(box).dataset.version);
  }
  if (moved) settleSoon();
  const onPage = boxes();
  const head = document.querySelector("[data-select-page]");
  if (head) {
    head.checked = onPage.length > 0 && onPage.every((box) => box.checked);
    head.indeterminate = !head.checked && onPage.some((box) => box.checked);
  }
  paintBar();
  paintCommands();
}

function paintBar() {
  const label = document.getElementById("selected-count");
  if (!label) return;
  const selected = count();
  label.hidden = selected === 0;
  label.textContent = all && !first ? `All ${matching()} selected` : `${format(selected)} selected`;
  document.querySelector("[data-clear-selection]").hidden = selected === 0;
  document.querySelector("[data-select-all]").hidden = all || !boxes().length;
  document.querySelector("[data-select-page-button]").hidden = selected > 0 || !boxes().length;
  if (!selected) document.getElementById("selection-summary").replaceChildren();
}

function paintCommands() {
  if (!body()) return;
  const nothing = count() === 0;
  body().toggleAttribute("data-selecting", !nothing);
  // What the server said can't be done to any of the selected ones.
  const refusals = nothing ? null : document.getElementById("selection-summary");
  for (const command of document.querySelectorAll("[data-needs-selection]")) {
    const tooMany = command.hasAttribute("data-one-only") && count() > 1;
    const refused = refusals?.querySelector(`[data-refuses="${command.dataset.command}"]`)?.textContent;
    command.setAttribute("aria-disabled", String(tooMany || Boolean(refused) || (nothing && !currentRow())));
    const hint = command.nextElementSibling;
    hint.dataset.first ||= hint.textContent;
    hint.textContent = tooMany ? "This is done for one conversation at a time." : refused || hint.dataset.first;
    hint.hidden = !nothing && !tooMany && !refused;
  }
}

function changed() {
  paint();
  const detail = { count: count(), all };
  document.body.dispatchEvent(new CustomEvent("selection:changed", { bubbles: true, detail }));
  settleSoon();
}

// The server is asked again what can be done: about another selection, or about rows that have changed.
function settleSoon() {
  clearTimeout(pause);
  pause = setTimeout(() => {
    if (count()) htmx.trigger(document.body, "selection:settled", { count: count(), all });
  }, 250);
}

export function toggle(box, on = !box.checked) {
  leaveAll();
  put(box, on);
  anchor = box;
  changed();
}

function range(box) {
  const list = boxes();
  const [from, to] = [list.indexOf(anchor), list.indexOf(box)].sort((a, b) => a - b);
  leaveAll();
  for (const between of list.slice(Math.max(from, 0), to + 1)) put(between, box.checked);
  changed();
}

function selectAll() {
  const total = number(matching());
  const over = document.querySelector("[data-over-limit]");
  if (total > limit() || matching().endsWith("+")) {
    over.hidden = false;
    over.querySelector("[data-over-limit-text]").textContent = `${matching()} match; at most ${format(limit())} can be changed at once.`;
    over.querySelector("button").focus();
    return;
  }
  chosen.clear();
  all = true;
  changed();
}

function selectFirst() {
  chosen.clear();
  all = true;
  first = limit();
  query = filterOf(body());
  document.querySelector("[data-over-limit]").hidden = true;
  changed();
}

// The row that the keyboard or the pointer last focused: a command without a selection is about that one.
export const currentRow = () => document.activeElement?.closest?.("#rows tr[data-version]") || null;

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("input[name=selected]");
  if (box) {
    if (event.shiftKey && anchor?.isConnected) range(box);
    else toggle(box, box.checked);
  } else if (event.target.closest?.("[data-select-page]")) {
    const on = event.target.checked;
    leaveAll();
    for (const each of boxes()) put(each, on);
    changed();
  } else if (event.target.closest?.("[data-select-page-button]")) {
    for (const each of boxes()) put(each, true);
    changed();
  } else if (event.target.closest?.("[data-select-all]")) selectAll();
  else if (event.target.closest?.("[data-select-first]")) selectFirst();
  else if (event.target.closest?.("[data-clear-selection]")) {
    clear();
    changed();
  }
});

// A disabled command keeps its focus and its reason, and does nothing.
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.closest?.("[aria-disabled=true]")) event.preventDefault();
});

document.addEventListener("htmx:configRequest", (event) => {
  const element = event.detail.elt;
  if (!element.matches("[data-command], [data-takes-selection]")) return;
  const single = element.closest("[data-single]")?.dataset.single;
  const focused = event.detail.triggeringEvent?.detail?.row;
  const send = event.detail.parameters;
  if (single) send.id = single;
  else if (all) {
    send.all = "1";
    send.query = body().dataset.query;
    if (first) send.first = String(first);
  } else if (chosen.size) send.id = [...chosen].map(([id, version]) => `${id}:${version}`);
  else if (focused) send.id = focused;
});

document.addEventListener("selection:clear", () => {
  clear();
  changed();
});

// After any swap: a new filter starts afresh, otherwise the rows that are still there stay selected.
function settle() {
  const region = body();
  if (!region) return;
  const now = filterOf(region);
  if (query !== null && now !== query) clear();
  query = filterOf(region);
  paint();
}

for (const name of ["htmx:afterSwap", "htmx:wsAfterMessage"]) document.addEventListener(name, settle);
document.addEventListener("focusin", paintCommands);
window.addEventListener("pageshow", settle);
settle();

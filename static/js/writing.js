// What a supervisor writes to customers or representatives: counters against the limits, templates that fill the fields,
// placeholders put in at the cursor, and the text as the first reader will see it. The server checks all of it again.
const PLACEHOLDER = /\{([a-z_]+)\}/g;
const PAUSE = 900;

let last = null; // the field written in last: where a placeholder goes
let before = null; // what stood in the fields before a template was chosen
let pause = 0;

const fields = (place) => [...place.querySelectorAll("[data-writes]")];
// As the server counts: whole characters without the white space around them.
const length = (field) => [...field.value.trim()].length;
const format = (value) => value.toLocaleString("en-US");

function count(place, field) {
  const used = length(field), limit = Number(field.dataset.limit);
  const counter = place.querySelector(`[data-counter="${field.dataset.writes}"]`);
  counter.textContent = `${format(used)} / ${format(limit)}`;
  counter.classList.toggle("is-over", used > limit);
  if (used > limit) field.setAttribute("aria-invalid", "true");
  else if (!document.getElementById(`${field.id}-error`)) field.removeAttribute("aria-invalid");
}

function say(place, field) {
  const used = length(field), limit = Number(field.dataset.limit);
  const over = used > limit ? `, ${format(used - limit)} too many` : "";
  place.querySelector(`[data-said="${field.dataset.writes}"]`).textContent = `${format(used)} of ${format(limit)} characters${over}`;
}

function preview(place) {
  const values = new Map([...place.querySelectorAll("[data-placeholder]")].map((chip) => [chip.dataset.placeholder, chip.dataset.value]));
  const fill = (text) => text.replace(PLACEHOLDER, (found) => values.get(found) ?? found);
  for (const field of fields(place)) {
    place.querySelector(`[data-reads="${field.dataset.writes}"]`).textContent = fill(field.value.trim());
  }
  place.querySelector("[data-preview]").hidden = fields(place).every((field) => !field.value.trim());
}

function show(place) {
  for (const field of fields(place)) count(place, field);
  preview(place);
}

function later(place, field) {
  clearTimeout(pause);
  pause = setTimeout(() => {
    if (place.isConnected) say(place, field);
  }, PAUSE);
}

// "None" brings back what was typed before the first template.
function choose(place, select) {
  const chosen = select.selectedOptions[0];
  before ??= new Map(fields(place).map((field) => [field.dataset.writes, field.value]));
  for (const field of fields(place)) {
    const name = field.dataset.writes;
    field.value = chosen.value ? (chosen.dataset[name] ?? "") : (before.get(name) ?? "");
  }
  if (!chosen.value) before = null;
  show(place);
}

function insert(place, token) {
  const field = last?.isConnected && place.contains(last) ? last : fields(place).at(-1);
  field.focus();
  field.setRangeText(token, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("htmx:afterSwap", () => {
  const place = document.querySelector("[data-writing]");
  if (!place) return;
  before = null;
  show(place);
});

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof Element && target.matches("[data-writes]")) last = target;
});

document.addEventListener("input", ({ target }) => {
  const place = target instanceof Element && target.closest("[data-writing]");
  if (!place || !target.matches("[data-writes]")) return;
  count(place, target);
  preview(place);
  later(place, target);
});

document.addEventListener("change", ({ target }) => {
  const place = target instanceof Element && target.closest("[data-writing]");
  if (place && target.matches("[data-template]")) choose(place, target);
});

document.addEventListener("click", ({ target }) => {
  const chip = target instanceof Element && target.closest("[data-placeholder]");
  if (chip) insert(chip.closest("[data-writing]"), chip.dataset.placeholder);
});

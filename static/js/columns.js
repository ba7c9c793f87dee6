// Columns of a list: which, in which order, how wide. The choice travels in the address as columns=subject,wait:120.

const table = () => document.getElementById("conversations");
const LEAST = 48;
const MOST = 800;
const SUBJECT_LEAST = 200;

// --- Widths ---

// A style sheet of the page's own: htmx would copy style attributes, which the content policy forbids.
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

// Chosen widths, and a table as wide as its columns need: what has no width of its own takes what is left.
function layOut() {
  if (!table()?.tHead) return;
  const rules = [];
  let needed = 0;
  for (const head of table().tHead.rows[0].cells) {
    const width = Number(head.dataset.width) || 0;
    if (width) rules.push(`#conversations th[data-column="${head.dataset.column}"] { width: ${width}px }`);
    const takesTheRest = head.dataset.column === "subject" && !width;
    needed += takesTheRest ? SUBJECT_LEAST : width || parseFloat(getComputedStyle(head).getPropertyValue("--usual")) || head.offsetWidth;
  }
  rules.push(`#conversations { min-width: ${Math.round(needed)}px }`);
  sheet.replaceSync(`@media (min-width: 721px) { ${rules.join(" ")} }`);
}

const shown = () => [...table().tHead.rows[0].querySelectorAll("[data-column]")].map(({ dataset }) => (dataset.width ? `${dataset.column}:${dataset.width}` : dataset.column));

// The form of the columns carries everything else that the address says.
function apply(columns) {
  const form = document.querySelector("[data-columns-form]");
  form.elements.columns.value = columns.join(",");
  htmx.trigger(form, "submit");
}

let drag = null;

document.addEventListener("pointerdown", (event) => {
  const edge = event.target.closest?.("[data-column-edge]");
  if (!edge || event.button) return;
  const head = edge.closest("th");
  drag = { head, from: event.clientX, width: head.offsetWidth };
  edge.setPointerCapture(event.pointerId);
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const width = Math.round(Math.min(MOST, Math.max(LEAST, drag.width + event.clientX - drag.from)));
  drag.head.dataset.width = String(width);
  layOut();
});

document.addEventListener("pointerup", () => {
  if (!drag) return;
  const changed = drag.head.offsetWidth !== drag.width;
  drag = null;
  if (changed) apply(shown());
});

// Shift with a heading sorts by it as well; Alt with the arrows makes its column wider or narrower.
document.addEventListener("click", (event) => {
  const link = event.shiftKey && event.target.closest?.("[data-also-url]");
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  history.pushState({ htmx: true }, "", link.dataset.alsoUrl);
  htmx.ajax("GET", link.dataset.alsoUrl, { target: "#list-body", swap: "outerHTML" });
}, true);

document.addEventListener("keydown", (event) => {
  const head = event.altKey && event.target.closest?.("th[data-column]");
  const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
  if (!head || !step) return;
  event.preventDefault();
  head.dataset.width = String(Math.min(MOST, Math.max(LEAST, head.offsetWidth + step)));
  const { column } = head.dataset;
  apply(shown());
  document.addEventListener("htmx:afterSettle", () => document.querySelector(`th[data-column="${column}"] a`)?.focus(), { once: true });
});

// --- Which and in which order ---

const listOf = (element) => element.closest(".columns-panel__list");

function move(item, step) {
  const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".columns-panel [data-move]");
  if (!button) return;
  move(button.closest("li"), Number(button.dataset.move));
  button.focus();
});

let carried = null;

document.addEventListener("dragstart", (event) => {
  carried = event.target.closest?.(".columns-panel__list li") || null;
  carried?.classList.add("is-carried");
});

document.addEventListener("dragover", (event) => {
  const over = carried && event.target.closest?.(".columns-panel__list li");
  if (!over || over === carried || listOf(over) !== listOf(carried)) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(carried);
  else over.after(carried);
});

document.addEventListener("dragend", () => {
  carried?.classList.remove("is-carried");
  carried = null;
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("[data-columns-form]");
  if (form && event.isTrusted) form.elements.columns.value = chosen(form).join(",");
}, true);

const chosen = (form) => [...form.querySelectorAll("[data-column-choice]:checked")].map((box) => box.value);

for (const name of ["htmx:afterSettle", "htmx:historyRestore"]) document.addEventListener(name, layOut);
layOut();

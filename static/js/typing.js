// Tells the customer that one of us is typing to them, and lets go of the words that somebody is when no sign follows.
// form[data-typing="address"]; where it has a choice of readers, only data-typing-as is told. [data-typing-mark] is shown.

const EVERY_MS = 2_500;
const HOLDS_MS = 6_500;
const toldAt = new WeakMap(); // form -> when
const timers = new WeakMap(); // words -> { mark, timer }

const isPublic = (form) => {
  const choice = form.querySelector("input[type=radio]:checked");
  return !choice || !form.dataset.typingAs || choice.value === form.dataset.typingAs;
};

function tell(form, stopped) {
  const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];
  const body = new URLSearchParams(stopped ? { stopped: "1" } : {});
  // Worth no error: the next sign follows in a moment.
  fetch(form.dataset.typing, { method: "POST", body, headers: { "X-CSRFToken": token } }).catch(() => {});
}

function stop(form) {
  if (!toldAt.has(form)) return;
  toldAt.delete(form);
  tell(form, true);
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-typing]");
  if (!form || !target.matches("textarea")) return;
  if (!target.value || !isPublic(form)) return stop(form);
  if (performance.now() - (toldAt.get(form) ?? -Infinity) < EVERY_MS) return;
  toldAt.set(form, performance.now());
  tell(form, false);
});
document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("form[data-typing]");
  if (form && !isPublic(form)) stop(form);
});
document.addEventListener("htmx:beforeRequest", ({ target }) => target.matches?.("form[data-typing]") && stop(target));

function watch() {
  for (const words of document.querySelectorAll("[data-typing-mark]")) {
    const known = timers.get(words);
    if (known?.mark === words.dataset.typingMark) continue;
    clearTimeout(known?.timer);
    words.hidden = false;
    const timer = setTimeout(() => (words.hidden = true), HOLDS_MS);
    timers.set(words, { mark: words.dataset.typingMark, timer });
  }
}

for (const name of ["htmx:wsAfterMessage", "htmx:afterSwap"]) document.addEventListener(name, watch);
watch();

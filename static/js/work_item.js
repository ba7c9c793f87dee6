// Assign work item and Transfer work item: tabs by pointer and arrows, and what the choice comes to beside the button.
const dialog = document.getElementById("dialog");
const frame = () => dialog.querySelector("[data-work-item]");

function show(tab, { focus = true } = {}) {
  if (tab.getAttribute("aria-disabled") === "true") return;
  for (const each of frame().querySelectorAll("[role=tab]")) {
    const on = each === tab;
    each.setAttribute("aria-selected", String(on));
    each.tabIndex = on ? 0 : -1;
    document.getElementById(each.getAttribute("aria-controls")).hidden = !on;
  }
  frame().querySelector("input[name=choice]").value = tab.dataset.choice;
  if (focus) tab.focus();
  tell();
}

// The note of what is chosen in the tab one sees.
function tell() {
  const panel = frame()?.querySelector("[role=tabpanel]:not([hidden])");
  const note = frame()?.querySelector("[data-choice-note]");
  if (!note) return;
  const said = panel?.querySelector("input[type=radio]:checked")?.dataset.note || "";
  if (note.textContent !== said) note.textContent = said;
}

dialog?.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (tab) show(tab);
});

dialog?.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (!tab) return;
  const tabs = [...frame().querySelectorAll("[role=tab]")];
  const at = tabs.indexOf(tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = tabs[(to + tabs.length) % tabs.length];
  // A disabled tab can be reached, so that its reason is read; it isn't shown.
  next.focus();
  show(next);
});

// What is chosen, and where the focus is, outlast a list that is filtered anew.
let kept = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const lines = event.detail.target;
  if (!frame() || lines === dialog || !dialog.contains(lines)) return;
  const focused = lines.contains(document.activeElement) ? document.activeElement.value : "";
  kept = { chosen: lines.querySelector("input[type=radio]:checked")?.value, focused };
});

document.addEventListener("htmx:afterSwap", (event) => {
  const lines = event.detail.target;
  if (!dialog?.contains(lines)) return;
  if (kept && lines !== dialog) {
    for (const radio of lines.querySelectorAll("input[type=radio]")) {
      if (radio.value === kept.chosen) radio.checked = true;
      if (radio.value === kept.focused) radio.focus();
    }
    kept = null;
  }
  tell();
});

dialog?.addEventListener("change", tell);

// A filter of which several can be chosen says what is chosen while it is closed.
dialog?.addEventListener("change", (event) => {
  const filter = event.target.closest?.(".choose-many");
  if (!filter) return;
  const chosen = [...filter.querySelectorAll(".filter-option:has(:checked) span")].map((each) => each.textContent);
  const words = chosen.join(", ") || filter.dataset.any;
  const summary = filter.querySelector("summary");
  summary.querySelector("[data-chosen]").textContent = words;
  summary.setAttribute("aria-label", `${summary.dataset.label}: ${words}`);
});

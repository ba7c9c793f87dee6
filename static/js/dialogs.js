// Opens #dialog when htmx put something into it, closes it when it was emptied, and gives the focus back.
// data-open-dialog="id", data-close-dialog; the server may close it with the event dialog:close (HX-Trigger).
import { lift, lower } from "./toasts.js";

const dialog = document.getElementById("dialog");
let opener = null;

function open() {
  if (dialog.open) return;
  opener = document.activeElement;
  dialog.showModal();
}

function focusFirst() {
  const error = dialog.querySelector("[aria-invalid=true]");
  (error || dialog.querySelector("select, input:not([type=hidden]), textarea") || dialog.querySelector("footer a.btn-accent") || dialog.querySelector("footer button"))?.focus();
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === dialog) lower();
});

// Settled, not just swapped: before that a form isn't htmx's yet, and Enter would send it the browser's own way.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== dialog) return;
  if (!dialog.querySelector(":scope > :not(#notices)")) {
    dialog.close();
    return;
  }
  open();
  lift();
  focusFirst();
});

document.addEventListener("dialog:close", () => dialog.close());

dialog.addEventListener("close", () => {
  lower();
  dialog.replaceChildren();
  lift();
  if (opener?.isConnected) opener.focus();
  opener = null;
});

document.addEventListener("click", (event) => {
  const element = event.target;
  if (!(element instanceof Element)) return;
  const wanted = element.closest("[data-open-dialog]");
  if (wanted) document.getElementById(wanted.dataset.openDialog)?.showModal();
  if (element.closest("[data-close-dialog]")) element.closest("dialog")?.close();
  if (element instanceof HTMLDialogElement && element.dataset.backdrop !== "keep" && outside(element, event)) element.close();
});

function outside(element, event) {
  const box = element.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

// What keeps the address and the page together: tidy query strings, sign-in that ran out, menus, selects that lead somewhere.

// Empty fields have no place in an address that people share.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  const { parameters } = event.detail;
  for (const name of Object.keys(parameters)) {
    if (parameters[name] === "") delete parameters[name];
  }
});

// A whole page where a fragment was expected: signed out, or an error page. Load it as a page instead.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target === document.body || !/^\s*<!doctype/i.test(xhr.responseText.slice(0, 100))) return;
  event.detail.shouldSwap = false;
  if (xhr.responseURL.includes("/accounts/")) location.reload();
  else event.detail.isError = true; // then toasts.js says so
});

document.addEventListener("change", (event) => {
  const select = event.target.closest?.("select[data-navigate]");
  if (!select) return;
  history.pushState({ htmx: true }, "", select.value);
  htmx.ajax("GET", select.value, { target: select.dataset.navigate, swap: "outerHTML" });
});

// One menu at a time; a click elsewhere or Escape closes it and gives the focus back.
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    const done = menu.contains(event.target) && event.target.closest("[data-command]:not([aria-disabled=true])");
    if (menu.contains(event.target) && !done) continue;
    menu.removeAttribute("open");
    // The dialog that follows gives the focus back to what is still there.
    if (done) menu.querySelector("summary").focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    event.stopImmediatePropagation();
    // A dialog around it stays.
    event.preventDefault();
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  }
});

const BUTTONS_HEIGHT = 70;
const LEAST_ROOM = 160;

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLDetailsElement) || !menu.open || !menu.matches(".filter-menu, .choose-many")) return;
  const fields = menu.querySelector(".filter-panel__fields");
  if (fields) {
    // Its buttons stay on the screen wherever the bar stands; below the fields they take this much.
    const room = window.innerHeight - fields.getBoundingClientRect().top - BUTTONS_HEIGHT;
    fields.style.setProperty("--room", `${Math.max(LEAST_ROOM, Math.round(room))}px`);
  }
  menu.querySelector("input:not([type=hidden])")?.focus({ preventScroll: true });
}, true);

// The filter panel: narrow a long list, clear every choice.
document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-narrow]");
  if (!box) return;
  const wanted = box.value.trim().toLocaleLowerCase();
  for (const option of box.closest("fieldset").querySelectorAll(".filter-option")) {
    option.hidden = !option.textContent.toLocaleLowerCase().includes(wanted);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-clear-form]");
  if (!button) return;
  for (const box of button.form.querySelectorAll("input[type=checkbox]")) box.checked = false;
  for (const own of button.form.querySelectorAll("[data-first], [data-last], [data-number]")) own.value = "";
  for (const hidden of button.form.querySelectorAll(".filter-field__own input[type=hidden]")) hidden.remove();
});

// The thin line on top while a request is under way.
let pending = 0;
const show = () => document.body.classList.toggle("is-loading", pending > 0);
document.addEventListener("htmx:beforeRequest", () => { pending += 1; show(); });
document.addEventListener("htmx:afterRequest", () => { pending = Math.max(0, pending - 1); show(); });

// Escape inside the search empties it through the browser; htmx hears the search event.
document.addEventListener("htmx:historyRestore", () => location.reload());

// On a phone the pages' icons scroll sideways: the one of this page is in view.
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

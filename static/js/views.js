// The selector of views: its panel is asked for when it opens and emptied when it closes, so that counts nobody sees
// are not counted.

document.addEventListener("toggle", ({ target: menu }) => {
  if (!(menu instanceof HTMLDetailsElement) || !menu.matches("[data-view-menu]")) return;
  const panel = menu.querySelector(".menu__panel");
  if (!menu.open) return panel.replaceChildren();
  htmx.ajax("GET", menu.dataset.chooserUrl, { target: panel, swap: "innerHTML" }).then(() => {
    (panel.querySelector("[aria-current]") || panel.querySelector("a"))?.focus({ preventScroll: true });
  });
}, true);

// Up and down go through the panel as in any menu.
document.addEventListener("keydown", (event) => {
  const panel = event.target.closest?.("[data-view-menu] .menu__panel");
  if (!panel || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const items = [...panel.querySelectorAll(".menu__item")];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  event.preventDefault();
  event.stopPropagation();
  items[(next + items.length) % items.length].focus();
});

// What is done with a view ends the choosing.
document.addEventListener("htmx:afterRequest", ({ target }) => {
  const menu = target.closest?.(".view-panel__deeds")?.closest("details");
  if (!menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary").focus();
});

// Finds among one's own conversations, in the page; live changes are looked at anew.
let typed = ""; // outlasts the choice of another conversation, which draws the desk anew

function find() {
  const box = document.querySelector("[data-desk-find]");
  if (!box) return;
  if (!box.dataset.known) box.value = typed;
  box.dataset.known = "yes";
  typed = box.value;
  const wanted = typed.trim().toLocaleLowerCase();
  let found = 0;
  for (const list of document.querySelectorAll("#desk-mine .desk-list")) {
    for (const row of list.children) {
      row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
      found += row.hidden ? 0 : 1;
    }
  }
  document.querySelector("[data-none-found]").hidden = found > 0;
}

document.addEventListener("input", ({ target }) => target.matches?.("[data-desk-find]") && find());
for (const name of ["htmx:afterSwap", "htmx:wsAfterMessage"]) document.addEventListener(name, find);

// How high the rows of tables are: shown at once, kept by the server for the person.

const root = document.documentElement;

function mark() {
  const now = root.dataset.density || "comfortable";
  for (const button of document.querySelectorAll("[data-density-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.densityChoice === now));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-density-choice]");
  if (!button) return;
  root.dataset.density = button.dataset.densityChoice;
  mark();
});

document.addEventListener("htmx:afterSettle", mark);
mark();

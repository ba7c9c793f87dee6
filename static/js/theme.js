// Applies the stored colour theme before the first paint (a blocking classic script, the only one) and owns its menu.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system"; // storage can be forbidden; the page still works
    }
  };

  function apply(choice) {
    const theme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
    root.setAttribute("data-bs-theme", theme);
    root.setAttribute("data-theme-choice", choice);
  }

  function mark() {
    for (const button of document.querySelectorAll("button[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === stored()));
    }
  }

  apply(stored());
  system.addEventListener("change", () => apply(stored()));
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem("theme", button.dataset.themeChoice);
    } catch {
      // not stored, but applied for this page
    }
    apply(button.dataset.themeChoice);
    mark();
    button.closest("details")?.removeAttribute("open");
  });
})();

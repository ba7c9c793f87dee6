// Pause: [data-pause] holds back everything that comes over the socket until it is pressed again; hold.js does the rest.

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-pause]");
  if (!button) return;
  const paused = document.body.dataset.hold === undefined;
  if (paused) document.body.dataset.hold = "";
  else delete document.body.dataset.hold;
  button.setAttribute("aria-pressed", String(paused));
  button.querySelector("span").textContent = paused ? "Resume updates" : "Pause updates";
});

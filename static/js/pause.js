// Pause: [data-pause] holds back everything that comes over the socket until it is pressed again; hold.js does the rest, and the badge
// says since when.

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-pause]");
  if (!button) return;
  const paused = document.body.dataset.hold === undefined;
  if (paused) document.body.dataset.hold = String(Date.now());
  else delete document.body.dataset.hold;
  button.setAttribute("aria-pressed", String(paused));
  document.dispatchEvent(new CustomEvent("updates:held"));
  button.querySelector("span").textContent = paused ? "Resume updates" : "Pause updates";
});

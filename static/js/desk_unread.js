// A conversation whose end stood before somebody's eyes is read: told to the server, so that every tab knows.
const SEEN_MS = 600;
let timer = 0;
let told = "";

function look() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const list = document.getElementById("desk-transcript");
    const last = list?.querySelector("[data-message]:last-of-type");
    if (!last || document.hidden || !document.hasFocus()) return;
    if (list.scrollHeight - list.scrollTop - list.clientHeight > 80) return;
    const { seenUrl } = list.dataset;
    const message = last.dataset.message;
    if (told === `${seenUrl} ${message}`) return;
    told = `${seenUrl} ${message}`;
    htmx.ajax("POST", seenUrl, { source: list, swap: "none", values: { message } }).catch(() => {
      told = ""; // the line was lost: with the next message
    });
  }, SEEN_MS);
}

for (const name of ["htmx:afterSwap", "htmx:wsAfterMessage", "visibilitychange"]) document.addEventListener(name, look);
document.addEventListener("scroll", ({ target }) => target.id === "desk-transcript" && look(), true);
window.addEventListener("focus", look);
look();

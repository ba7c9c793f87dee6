// The wallboard on a wall: full screen without controls until the pointer moves, and how old the data are.
// [data-wall] turns it on and off, data-as-wall begins with it; [data-age] says the age.

const OLD_SECONDS = 20;
const RESTING_MS = 3000;
const zone = document.documentElement.dataset.timeZone || undefined;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23", timeZone: zone });
const body = document.body;
let asOf = Date.now();
// By how much the clock of this screen is ahead of the server's: known since the last frame that was fresh.
let ahead = 0;
let resting = 0;

function show(wall) {
  body.classList.toggle("is-wall", wall);
  const button = document.querySelector("[data-wall] span");
  if (button) button.textContent = wall ? "Leave full screen" : "Full screen";
  const address = new URL(location.href);
  if (wall) address.searchParams.set("display", "wall");
  else address.searchParams.delete("display");
  history.replaceState(history.state, "", address);
}

async function toggle(button) {
  button.blur();
  const wall = !body.classList.contains("is-wall");
  show(wall);
  try {
    if (wall) await document.documentElement.requestFullscreen();
    else if (document.fullscreenElement) await document.exitFullscreen();
  } catch {
    // A browser that refuses full screen still shows nothing but the figures.
  }
}

function moved() {
  body.classList.add("is-moved");
  clearTimeout(resting);
  resting = setTimeout(() => body.classList.remove("is-moved"), RESTING_MS);
}

function paintAge() {
  const element = document.querySelector("[data-age]");
  if (!element) return;
  const seconds = Math.max(0, Math.round((Date.now() - ahead - asOf) / 1000));
  const old = seconds > OLD_SECONDS;
  const age = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
  element.textContent = `Data as of ${clock.format(asOf)}, ${age} old${old ? ". Waiting for the connection." : ""}`;
  element.classList.toggle("is-old", old);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-wall]");
  if (button) toggle(button);
});
document.addEventListener("fullscreenchange", () => document.fullscreenElement || show(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && body.classList.contains("is-wall")) show(false);
  moved();
});
document.addEventListener("pointermove", moved);
document.addEventListener("htmx:wsBeforeMessage", ({ detail }) => {
  const state = /data-as-of="([^"]+)"([^>]*)>/.exec(detail.message.slice(-400));
  if (state) asOf = Date.parse(state[1]);
  if (state && !state[2].includes("data-stale")) ahead = Date.now() - asOf;
  paintAge();
});
// A changed filter replaces the button.
document.addEventListener("htmx:afterSwap", () => show(body.classList.contains("is-wall")));

if (document.querySelector("[data-as-wall]")) show(true);
setInterval(paintAge, 1000);
paintAge();

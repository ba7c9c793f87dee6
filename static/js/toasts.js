// Shows the notices that arrive in #notices above everything else, and lets them go.
// A request that failed without a notice of its own gets one here.

const region = document.getElementById("notices");
const LIFE = 8000;
const BARS = ".command-bar, .selection-bar, .monitoring-notice, .talk__composer, .report-maker__foot, .wallboard__age";

function watch(note) {
  // On a phone the newest alone is shown: the time of those behind it begins when they are.
  if (note.dataset.watched || note.checkVisibility?.() === false) return;
  note.dataset.watched = "yes";
  // Errors stay until they were dismissed; a link in a note needs more time to be reached.
  if (note.dataset.level === "error") return;
  const leave = () => remove(note);
  let timer = setTimeout(leave, note.querySelector("a") ? LIFE * 2 : LIFE);
  for (const stop of ["pointerenter", "focusin"]) note.addEventListener(stop, () => clearTimeout(timer));
  for (const go of ["pointerleave", "focusout"]) {
    note.addEventListener(go, () => {
      clearTimeout(timer);
      timer = setTimeout(leave, LIFE / 2);
    });
  }
}

export function remove(note) {
  note.remove();
  if (!region.querySelector(".toast-note")) region.hidePopover?.();
  else region.querySelectorAll(".toast-note").forEach(watch);
}

// What is outside an open dialog can neither be clicked nor heard: the region moves into it, and back.
export function lift() {
  const home = document.querySelector("dialog[open]") || document.body;
  if (region.parentElement !== home) home.append(region);
  const notes = region.querySelectorAll(".toast-note");
  if (!notes.length) return;
  place();
  if (!region.matches(":popover-open")) region.showPopover?.();
  notes.forEach(watch);
}

// Clear of what is pressed: above the bars at the foot that reach below the notices, and at the desk, where they stand at
// the top, below its commands and the notice with its button.
const WIDEST = 420;
function place() {
  const bars = [...document.querySelectorAll(BARS)].map((bar) => bar.getBoundingClientRect()).filter((bar) => bar.height);
  const heads = bars.filter((bar) => bar.bottom < window.innerHeight / 2).map((bar) => Math.round(bar.bottom) + 10);
  const feet = bars
    .filter((bar) => bar.top > window.innerHeight / 2 && bar.top < window.innerHeight && bar.right > window.innerWidth - WIDEST)
    .map((bar) => Math.round(window.innerHeight - bar.top) + 10);
  region.style.setProperty("--below-commands", `${Math.max(60, ...heads)}px`);
  region.style.setProperty("--above-feet", `${Math.max(20, ...feet)}px`);
}

export function lower() {
  if (region.parentElement !== document.body) document.body.append(region);
}

// link: { url, label }, where the words lead somewhere; actions: an element with buttons of its own. Answers the notice.
export function show(text, level = "info", link = null, actions = null) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.dataset.level = level;
  note.setAttribute("role", level === "error" ? "alert" : "status");
  const words = document.createElement("p");
  words.textContent = text;
  if (link) {
    const there = document.createElement("a");
    there.href = link.url;
    there.textContent = link.label;
    words.append(" · ", there);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "link-button";
  close.dataset.dismiss = "";
  close.textContent = "Dismiss";
  note.append(words, close);
  region.append(note);
  if (actions) {
    note.append(actions);
    htmx.process(actions);
  }
  return note;
}

// What one of its buttons asked for is done.
region.addEventListener("htmx:afterRequest", (event) => {
  // Not `successful`: to htmx a refusal that says why is a success too.
  const status = event.detail.xhr?.status;
  const note = event.target.closest(".toast-note"); // none when it left meanwhile
  if (note && status >= 200 && status < 300) remove(note);
});

region.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) remove(event.target.closest(".toast-note"));
});

new MutationObserver((changes) => {
  if (changes.some((change) => change.addedNodes.length)) lift();
}).observe(region, { childList: true });

window.addEventListener("resize", place);

document.addEventListener("htmx:sendError", () => show("The server can’t be reached. Nothing was changed; try again in a moment.", "error"));
document.addEventListener("htmx:responseError", (event) => {
  const gone = event.detail.xhr.status === 404;
  show(gone ? "This no longer exists, or it isn’t in your queues." : "That didn’t work and nothing was changed. Try again in a moment.", "error");
});

// The server names what it did where its answer has no room for a notice.
document.addEventListener("notice:show", ({ detail }) => show(detail.text, detail.level || "success"));

lift();

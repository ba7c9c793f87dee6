// While rows are selected nothing moves: frames are withheld and counted, and a bar offers them.
// #held-updates in the region with the socket; [data-held-text] holds its words. body[data-hold] holds as well.

const regions = new WeakMap(); // element with ws-connect -> { wrapper, rows, updates, behind, asked }

const stateOf = (region) => {
  if (!regions.has(region)) regions.set(region, fresh());
  return regions.get(region);
};
const fresh = (wrapper) => ({ wrapper, rows: new Set(), updates: 0, behind: false, asked: false });
const bar = (region) => region.querySelector("#held-updates");
const holding = (region) =>
  // data-selecting: what is selected may stand on another page.
  document.body.dataset.hold !== undefined || region.hasAttribute("data-selecting") || region.querySelector("input[name=selected]:checked") !== null;

function paint(region) {
  const { rows, updates } = stateOf(region);
  // A row that changed five times is one update; of a whole page only the number is known.
  const number = Math.max(rows.size, updates);
  const text = bar(region).querySelector("[data-held-text]") || bar(region);
  bar(region).hidden = number === 0;
  text.textContent = number ? `${number} ${number === 1 ? "update" : "updates"} waiting – show ${number === 1 ? "it" : "them"}` : "";
}

function withhold(region, message) {
  const state = stateOf(region);
  state.behind = true;
  for (const [, id] of message.matchAll(/<(?:tr|li) id="([^"]+)" hx-swap-oob/g)) state.rows.add(id);
  if (isPage(message)) state.updates = Math.max(state.updates, Number(/data-updates="(\d+)"/.exec(message.slice(-400))?.[1]));
  paint(region);
}

const isHeartbeat = (message) => message.startsWith('<span id="live-state"');
const isPage = (message) => message.slice(-400).includes(" data-page");

function ask(region) {
  const state = stateOf(region);
  if (!state.behind || state.asked) return;
  state.asked = true;
  state.wrapper?.send("page");
}

document.addEventListener("htmx:wsOpen", ({ target, detail }) => {
  const state = stateOf(target);
  state.wrapper = detail.socketWrapper;
  state.asked = false; // the page comes by itself
});

document.addEventListener("htmx:wsBeforeMessage", (event) => {
  const region = event.target;
  const { message } = event.detail;
  if (!bar(region) || isHeartbeat(message)) return;
  const state = stateOf(region);
  // What was withheld is missing from the page, so that only the whole page can follow.
  if (isPage(message) ? holding(region) && !state.asked : holding(region) || state.behind) {
    event.preventDefault();
    withhold(region, message);
  } else if (state.behind) {
    regions.set(region, fresh(state.wrapper));
    paint(region);
  }
});

document.addEventListener("click", ({ target }) => {
  const region = target.closest?.("#held-updates")?.closest("[ws-connect]");
  if (region) ask(region);
});

function release() {
  for (const region of document.querySelectorAll("[ws-connect]")) {
    if (regions.has(region) && bar(region) && !holding(region)) ask(region);
  }
}

// selection.js unticks the boxes first and tells afterwards.
for (const name of ["change", "selection:changed"]) document.addEventListener(name, () => queueMicrotask(release));
new MutationObserver(release).observe(document.body, { attributes: true, attributeFilter: ["data-hold"] });

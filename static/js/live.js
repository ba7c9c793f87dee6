// How fresh the page is: the badge, the reconnecting, and the line that has gone silent.
// #live-badge: data-state connecting, live, paused, reconnecting or ended, with the words in [data-live-text].

const SILENCE_MS = 12_000; // the server says something every 5 s
const LONGEST_DELAY_MS = 5_000;
const RETRIED_BY_HTMX = [1006, 1011, 1012, 1013];
const ENDED = {
  4401: "You have been signed out",
  4403: "Your access to this page has ended",
  4404: "This page is not available to you",
};

const lines = new Map(); // element with ws-connect -> { wrapper, heardAt, asOf, state, retries }
const sockets = new Map(); // address -> its socket

const zone = document.documentElement.dataset.timeZone || undefined;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23", timeZone: zone });
const delay = (retries) => Math.min(LONGEST_DELAY_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2);

function lineOf(element) {
  if (!lines.has(element)) lines.set(element, { heardAt: performance.now(), state: "connecting", retries: 0 });
  return lines.get(element);
}

// One socket for each address: a forced reconnect must not leave the old one behind, to speak up later.
htmx.createWebSocket = (address) => {
  const old = sockets.get(address);
  if (old && old.readyState <= WebSocket.OPEN) {
    old.onclose = old.onerror = old.onopen = null;
    old.close();
  }
  const socket = new WebSocket(address);
  sockets.set(address, socket);
  return socket;
};

function worst() {
  for (const element of lines.keys()) if (!element.isConnected) lines.delete(element);
  const order = ["ended", "reconnecting", "connecting", "live"];
  return [...lines.values()].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state))[0];
}

function paint() {
  const badge = document.getElementById("live-badge");
  const line = worst();
  if (!badge || !line) return;
  const held = Number(document.body.dataset.hold ?? 0);
  const state = held && line.state === "live" ? "paused" : line.state;
  const words = {
    paused: held ? `Paused, data as of ${clock.format(held)}` : "",
    connecting: "Connecting",
    live: "Live",
    reconnecting: line.asOf ? `Reconnecting, data as of ${clock.format(line.asOf)}` : "Reconnecting",
    ended: line.ended,
  }[state];
  const text = badge.querySelector("[data-live-text]") || badge;
  if (badge.dataset.state === state && text.textContent === words) return;
  badge.dataset.state = state;
  badge.classList.toggle("is-live", line.state === "live");
  badge.classList.toggle("is-reconnecting", line.state === "reconnecting");
  if (!badge.role) badge.role = "status";
  text.textContent = words;
  badge.querySelector("a")?.remove();
  if (line.state === "ended") badge.append(" ", reload());
}

document.addEventListener("updates:held", paint);

function reload() {
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "Reload";
  return link;
}

function set(element, state) {
  lineOf(element).state = state;
  paint();
}

document.addEventListener("htmx:wsConnecting", ({ target }) => {
  htmx.config.wsReconnectDelay = delay; // here, because the page's meta element is read after this script
  lineOf(target).heardAt = performance.now();
  paint();
});

document.addEventListener("htmx:wsOpen", ({ target, detail }) => {
  const line = lineOf(target);
  line.wrapper = detail.socketWrapper;
  line.retries = 0;
});

document.addEventListener("htmx:wsBeforeMessage", ({ target, detail }) => {
  const line = lineOf(target);
  const state = /data-as-of="([^"]+)"([^>]*)><\/span>\s*$/.exec(detail.message.slice(-400));
  line.heardAt = performance.now();
  if (state) line.asOf = new Date(state[1]);
  set(target, state?.[2].includes("data-stale") ? "reconnecting" : "live");
});

document.addEventListener("htmx:wsClose", ({ target, detail }) => {
  const { code } = detail.event;
  const line = lineOf(target);
  line.ended = ENDED[code];
  set(target, line.ended ? "ended" : "reconnecting");
  if (line.ended || RETRIED_BY_HTMX.includes(code)) return;
  setTimeout(() => target.isConnected && line.wrapper?.reconnect(), delay(line.retries++));
});

setInterval(() => {
  for (const [element, line] of lines) {
    if (line.state === "ended" || !element.isConnected || performance.now() - line.heardAt < SILENCE_MS) continue;
    set(element, "reconnecting");
    line.heardAt = performance.now();
    line.wrapper?.reconnect();
  }
}, 1000);

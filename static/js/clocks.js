// Writes every running time on the page: one timer for all of them, and again right after anything was swapped.
// <time datetime="ISO" data-kind="wait|age|days|clock|minute|left|due" data-amber="seconds" data-red="seconds">; left counts down to it,
// due as well, and says when it is at risk and since when it is breached.

const zone = document.documentElement.dataset.timeZone || undefined;
const exact = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short", timeZone: zone });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone });
const minute = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
const dayAndClock = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
const dayKey = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: zone });
const two = (number) => String(number).padStart(2, "0");

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (hours) return `${hours}:${two(minutes)}:${two(whole % 60)}`;
  return `${two(minutes)}:${two(whole % 60)}`;
}

export function age(seconds) {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1440)} d`;
}

function due(seconds, atRisk) {
  if (seconds <= 0) return `Breached ${duration(-seconds)}`;
  return seconds <= atRisk ? `At risk ${duration(seconds)}` : duration(seconds);
}

function words(element, then, now) {
  if (element.dataset.kind === "wait") return duration((now - then) / 1000);
  if (element.dataset.kind === "left") return duration(Math.ceil((then - now) / 1000));
  if (element.dataset.kind === "due") return due((then - now) / 1000, Number(element.dataset.amber));
  if (element.dataset.kind === "days") return String(Math.floor(Math.max(0, now - then) / 86_400_000));
  if (element.dataset.kind === "age") return age((now - then) / 1000);
  if (dayKey.format(then) !== dayKey.format(now)) return dayAndClock.format(then);
  return (element.dataset.kind === "minute" ? minute : clock).format(then);
}

function level(element, seconds) {
  if (element.dataset.kind === "left" || element.dataset.kind === "due") {
    if (seconds <= Number(element.dataset.red)) return "red";
    return seconds <= Number(element.dataset.amber) ? "amber" : "";
  }
  if (element.dataset.red && seconds >= Number(element.dataset.red)) return "red";
  if (element.dataset.amber && seconds >= Number(element.dataset.amber)) return "amber";
  return "";
}

export function tick(root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll("time[data-kind]")) {
    const then = Date.parse(element.dateTime);
    if (Number.isNaN(then)) continue;
    const text = words(element, then, now);
    if (element.textContent !== text) element.textContent = text;
    const left = element.dataset.kind === "left" || element.dataset.kind === "due";
    if (element.dataset.kind !== "wait" && !left) continue;
    const state = level(element, (left ? then - now : now - then) / 1000);
    if ((element.dataset.level || "") !== state) element.dataset.level = state;
  }
}

// Anew each time: the same element may stand for another moment by now.
function nameExactTimes(elements) {
  for (const element of elements) {
    const text = Number.isNaN(Date.parse(element.dateTime)) ? "" : exact.format(Date.parse(element.dateTime));
    if (element.title !== text) element.title = text;
  }
}

function pointed({ target }) {
  const element = target.closest?.("time[data-kind]");
  if (element) nameExactTimes([element]);
}

// Without a pointer: the times of the row that has the focus.
function focused({ target }) {
  nameExactTimes(target.closest?.("tr")?.querySelectorAll("time[data-kind]") || []);
}

// Paper has no pointer: every exact time is named, and when it was printed.
window.addEventListener("beforeprint", () => {
  nameExactTimes(document.querySelectorAll("time[data-kind]"));
  for (const element of document.querySelectorAll("[data-print-moment]")) element.textContent = exact.format(Date.now());
});

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSwap", () => tick());
document.addEventListener("htmx:oobAfterSwap", () => tick());
document.addEventListener("htmx:wsAfterMessage", () => tick());
document.addEventListener("pointerover", pointed);
document.addEventListener("focusin", focused);
document.addEventListener("visibilitychange", () => document.hidden || tick());

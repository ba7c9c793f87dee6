// Saves an export and tells how far it is; the file is read as the server sends it. Closing the dialog stops it.
import { show } from "./toasts.js";

const dialog = document.getElementById("dialog");
const number = new Intl.NumberFormat("en");
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
let running = null;

// Lines that have come so far; a line feed inside quotes belongs to a cell.
function lineCounter() {
  let quoted = false;
  let lines = 0;
  return (bytes) => {
    for (const byte of bytes) {
      if (byte === QUOTE) quoted = !quoted;
      else if (byte === LINE_FEED && !quoted) lines += 1;
    }
    return lines;
  };
}

function tell(box, rows, total) {
  box.querySelector("progress").value = rows;
  box.querySelector("[data-export-state]").textContent = `The file is being prepared: ${number.format(rows)} of ${number.format(total)} rows.`;
}

async function refusal(response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector(".toast-note p")?.textContent.trim() || "The export didn’t work and nothing was saved. Try again in a moment.";
}

async function read(response, box, total) {
  const reader = response.body.getReader();
  const count = lineCounter();
  const parts = [];
  let [told, rows] = [0, 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { parts, rows };
    parts.push(value);
    rows = Math.max(0, count(value) - 1); // the first line is the heading
    if (performance.now() - told < 250) continue;
    told = performance.now();
    tell(box, rows, total);
  }
}

function save(parts, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function run(link, box) {
  const total = Number(link.dataset.rows);
  // The header makes a refusal come as a notice.
  const response = await fetch(link.href, { signal: running.signal, headers: { "HX-Request": "true" } });
  if (!response.ok) return show(await refusal(response), "error");
  if (!response.headers.get("Content-Type")?.startsWith("text/csv")) return location.reload(); // signed out
  const { parts, rows } = await read(response, box, total);
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") || "")?.[1] || "export.csv";
  save(parts, name);
  dialog.close();
  show(`${number.format(rows)} ${rows === 1 ? "conversation is" : "conversations are"} in ${name}.`, "success");
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-export]");
  if (!link) return;
  event.preventDefault();
  if (running) return;
  const box = dialog.querySelector("[data-export-progress]");
  running = new AbortController();
  link.setAttribute("aria-disabled", "true");
  box.hidden = false;
  tell(box, 0, Number(link.dataset.rows));
  try {
    await run(link, box);
  } catch (error) {
    if (error.name !== "AbortError") show("The export broke off and nothing was saved. Try again in a moment.", "error");
  } finally {
    running = null;
    link.removeAttribute("aria-disabled");
    box.hidden = true;
  }
});

dialog.addEventListener("close", () => running?.abort());

// Tells people who don't see the rows that some changed: one sentence in 5 s at most.
// The element with ws-connect may name what its rows are: data-noun, data-nouns.

const PAUSE_MS = 5_000;
let updates = 0;
let nouns = ["conversation", "conversations"];
let timer = 0;

function speak() {
  timer = 0;
  const announcer = document.getElementById("live-announcer");
  if (!updates || !announcer) return;
  announcer.textContent = `${updates} ${updates === 1 ? nouns[0] : nouns[1]} updated`;
  updates = 0;
  timer = setTimeout(speak, PAUSE_MS);
}

document.addEventListener("htmx:wsAfterMessage", ({ target, detail }) => {
  const news = Number(/data-updates="(\d+)"/.exec(detail.message.slice(-400))?.[1] || 0);
  if (!news) return;
  updates += news;
  const { noun, nouns: many } = target.dataset;
  nouns = noun ? [noun, many || `${noun}s`] : ["conversation", "conversations"];
  if (!timer) timer = setTimeout(speak, 300);
});

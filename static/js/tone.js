// Short tones, made here: no file to load. Two notes rise for an offer, one for a message.
const NOTES = { offer: [[660, 0], [880, 0.16]], message: [[740, 0]] };
const LASTS = 0.22;
const LOUDNESS = 0.12;
let context = null;

// Browsers keep quiet until somebody has touched the page.
function wake() {
  context ||= new AudioContext();
  if (context.state === "suspended") void context.resume();
}

for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, wake, { once: true, capture: true });

export function play(name) {
  document.dispatchEvent(new CustomEvent("desk:tone", { detail: name }));
  if (!context || context.state !== "running") return;
  for (const [frequency, after] of NOTES[name]) {
    const start = context.currentTime + after;
    const note = context.createOscillator();
    const volume = context.createGain();
    note.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + LASTS);
    note.connect(volume).connect(context.destination);
    note.start(start);
    note.stop(start + LASTS);
  }
}

// The desk: offers are told in the title and aloud, the transcript stays at its end, and what is being written is kept.

const transcript = () => document.getElementById("desk-transcript");
const composer = () => document.querySelector("[data-composer]");
const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const title = document.title;
const told = new Set();
let shown = null; // the conversation whose transcript is on the page
let follow = true;
let first = true;

// --- Drafts: one for each conversation, with whom it is for, so that a note never becomes a reply ---

const draftOf = (form) => `desk-draft:${location.pathname}:${form.dataset.composer}`;
const choiceIn = (form) => form.querySelector("input[name=as]:checked")?.value;

function keep(form) {
  const text = form.querySelector("textarea").value;
  try {
    if (text) sessionStorage.setItem(draftOf(form), JSON.stringify({ text, as: choiceIn(form) }));
    else sessionStorage.removeItem(draftOf(form));
  } catch {
    // storage can be forbidden; the page still works
  }
}

function restore(form) {
  const box = form.querySelector("textarea");
  if (box.value) return;
  try {
    const { text, as } = JSON.parse(sessionStorage.getItem(draftOf(form)) || "{}");
    const choice = as && form.querySelector(`input[name=as][value="${CSS.escape(as)}"]`);
    if (!text || !choice || choice.disabled) return;
    choice.checked = true;
    box.value = text;
  } catch {
    // as above
  }
}

// --- Sending ---

const token = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const form = detail.elt;
  if (!form.matches?.("[data-composer]")) return;
  form.dataset.token ||= token(); // the same one until it has arrived: sent twice, it is stored once
  detail.path = `${form.dataset.url}${choiceIn(form)}/`;
  detail.parameters.token = form.dataset.token;
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!form.matches?.("[data-composer]") || !detail.successful) return;
  delete form.dataset.token;
  const box = form.querySelector("textarea");
  box.value = "";
  keep(form);
  follow = true;
  toEnd();
  box.focus();
});

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (form) keep(form);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.id !== "desk-text") return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// --- Offers and transcript ---

function toEnd() {
  const list = transcript();
  if (list) list.scrollTop = list.scrollHeight;
}

function tellOffers() {
  const offers = [...document.querySelectorAll("[data-offer]")];
  document.title = offers.length ? `(${offers.length}) ${title}` : title;
  const fresh = offers.filter((offer) => !told.has(offer.dataset.offer));
  told.clear();
  for (const offer of offers) told.add(offer.dataset.offer);
  const announcer = document.getElementById("live-announcer");
  if (!first && fresh.length && announcer) announcer.textContent = `Offered to you: ${fresh[0].dataset.offerSubject}`;
  first = false;
}

function settle() {
  tellOffers();
  const form = composer();
  if (form) restore(form);
  const now = form?.dataset.composer || null;
  if (follow || now !== shown) toEnd();
  shown = now;
}

for (const name of ["htmx:beforeSwap", "htmx:wsBeforeMessage"]) {
  document.addEventListener(name, () => {
    const list = transcript();
    follow = !list || atEnd(list);
  });
}
for (const name of ["htmx:afterSwap", "htmx:wsAfterMessage"]) document.addEventListener(name, settle);
settle();
toEnd();

// The desk: the transcript stays at its end, what is being written is kept, what is sent twice is stored once.

const transcript = () => document.getElementById("desk-transcript");
const composer = () => document.querySelector("[data-composer]");
const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
let shown = null; // the conversation whose transcript is on the page
let follow = true;

// --- Drafts: one for each conversation, with whom it is for, so that a note never becomes a reply ---
// Its token goes with it: what was sent and never answered is the same message after a reload as well.

const draftOf = (form) => `desk-draft:${location.pathname}:${form.dataset.composer}`;
const choiceIn = (form) => form.querySelector("input[name=as]:checked")?.value;

function keep(form) {
  const text = form.querySelector("textarea").value;
  try {
    const { token } = form.dataset;
    if (text) sessionStorage.setItem(draftOf(form), JSON.stringify({ text, as: choiceIn(form), token }));
    else sessionStorage.removeItem(draftOf(form));
  } catch {
    // storage can be forbidden; the page still works
  }
}

function restore(form) {
  const box = form.querySelector("textarea");
  if (box.value) return;
  try {
    const { text, as, token } = JSON.parse(sessionStorage.getItem(draftOf(form)) || "{}");
    const choice = as && form.querySelector(`input[name=as][value="${CSS.escape(as)}"]`);
    if (!text || !choice || choice.disabled) return;
    choice.checked = true;
    box.value = text;
    if (token) form.dataset.token = token;
  } catch {
    // as above
  }
}

// --- Sending ---

const newToken = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const form = detail.elt;
  if (!form.matches?.("[data-composer]")) return;
  form.dataset.token ||= newToken(); // the same one until it has arrived: sent twice, it is stored once
  keep(form);
  detail.path = `${form.dataset.url}${choiceIn(form)}/`;
  detail.parameters.token = form.dataset.token;
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  // Not `detail.successful`: to htmx a refusal that says why is a success too.
  if (!form.matches?.("[data-composer]") || !(detail.xhr?.status >= 200 && detail.xhr.status < 300)) return;
  delete form.dataset.token;
  const box = form.querySelector("textarea");
  box.value = "";
  keep(form);
  follow = true;
  toEnd();
  box.focus();
});

// Written on, it is another message.
document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (!form) return;
  delete form.dataset.token;
  keep(form);
});

// Lost on the way, or refused by what it has become meanwhile: the words stay, and the desk shows what is now.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const desk = document.getElementById("desk");
  if (detail.xhr?.status !== 409 || !desk || !(desk.contains(detail.elt) || detail.elt.id === "work-item-form")) return;
  htmx.ajax("GET", location.href, { source: desk, target: "#desk", swap: "outerHTML" });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.id !== "desk-text") return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// --- Prepared replies ---

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest?.("[data-insert]");
  const box = document.getElementById("desk-text");
  if (!chosen || !box) return;
  document.dispatchEvent(new CustomEvent("dialog:close"));
  box.focus();
  box.setRangeText(chosen.dataset.insert, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-search-templates]")) return;
  const place = target.closest("[data-reply-templates]");
  const wanted = target.value.trim().toLocaleLowerCase();
  const rows = [...place.querySelectorAll("li")];
  for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  place.querySelector("[data-no-template]").hidden = rows.some((row) => !row.hidden);
});

// --- Transcript ---

function toEnd() {
  const list = transcript();
  if (list) list.scrollTop = list.scrollHeight;
}

function settle() {
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

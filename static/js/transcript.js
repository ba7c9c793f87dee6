// The transcript on the conversation page: it stays at its end, older lines come in above what one reads, and what is
// being written is kept, with whom it is for, and sent once.

const transcript = () => document.getElementById("transcript");
const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
let shown = null;
let follow = true;

function toEnd() {
  const list = transcript();
  if (list) list.scrollTop = list.scrollHeight;
}

// --- Drafts: one for each conversation, with whom it is for ---
// Its token goes with it: what was sent and never answered is the same message after a reload as well.

const draftOf = (form) => `consultant-draft:${location.pathname}:${form.dataset.consulting}`;
const choiceIn = (form) => form.querySelector("input[name=as]:checked");

function keep(form) {
  const text = form.querySelector("textarea").value;
  try {
    const { token } = form.dataset;
    if (text) sessionStorage.setItem(draftOf(form), JSON.stringify({ text, as: choiceIn(form)?.value, token }));
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
  if (!form.matches?.("[data-consulting]")) return;
  form.dataset.token ||= newToken(); // the same one until it has arrived: sent twice, it is stored once
  keep(form);
  detail.path = choiceIn(form).dataset.url;
  detail.parameters.token = form.dataset.token;
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  // Not `detail.successful`: to htmx a refusal that says why is a success too.
  if (!form.matches?.("[data-consulting]") || !(detail.xhr?.status >= 200 && detail.xhr.status < 300)) return;
  delete form.dataset.token;
  const box = form.querySelector("textarea");
  box.value = "";
  keep(form);
  follow = true;
  toEnd();
  box.focus();
});

// Written on, or for others, it is another message.
document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-consulting]");
  if (!form) return;
  delete form.dataset.token;
  keep(form);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.id !== "talk-text") return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// --- Staying where one reads ---

let height = 0;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.elt.matches?.(".transcript__older")) height = transcript().scrollHeight - transcript().scrollTop;
});

function note() {
  const list = transcript();
  follow = !list || atEnd(list);
}

function settle() {
  const list = transcript();
  const form = document.querySelector("[data-consulting]");
  if (form) restore(form);
  if (height && list) {
    list.scrollTop = list.scrollHeight - height;
    height = 0;
  } else if (follow || list !== shown) toEnd();
  shown = list;
}

for (const name of ["htmx:beforeSwap", "htmx:wsBeforeMessage"]) document.addEventListener(name, note);
for (const name of ["htmx:afterSwap", "htmx:wsAfterMessage"]) document.addEventListener(name, settle);
settle();

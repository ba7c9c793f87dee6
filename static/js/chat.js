// The customer's page: stays at the newest message, sends with Enter, gives the focus back after sending.

const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const toEnd = () => {
  const list = document.getElementById("chat-messages");
  if (list) list.scrollTop = list.scrollHeight;
};

let follow = true;
document.body.addEventListener("htmx:beforeSwap", () => {
  const list = document.getElementById("chat-messages");
  follow = !list || atEnd(list);
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  const sent = event.detail.requestConfig?.verb === "post";
  if (follow || sent) toEnd();
  if (sent) document.getElementById("chat-text")?.focus();
});
document.body.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.id !== "chat-text") return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
toEnd();

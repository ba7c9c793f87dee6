// The filter panel's own values: a period between two days and a length of time become one hidden value each. And the
// search, which stands outside the list: it follows when the list was given another text, and looks into messages by choice.

const written = (box, name) => {
  if (name === "period") {
    const [first, last] = [box.querySelector("[data-first]").value, box.querySelector("[data-last]").value];
    return first || last ? `${first}..${last}` : "";
  }
  const number = box.querySelector("[data-number]").value;
  return number ? `${Number(number)}${box.querySelector("[data-unit]").value}` : "";
};

document.addEventListener("input", ({ target }) => {
  const box = target.closest?.("[data-own-period], [data-own-length]");
  if (!box) return;
  const kind = box.dataset.ownPeriod ? "period" : "length";
  const value = written(box, kind);
  let hidden = box.querySelector("input[type=hidden]");
  if (!value) return hidden?.remove();
  if (!hidden) {
    hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = box.dataset.ownPeriod || box.dataset.ownLength;
    box.append(hidden);
  }
  hidden.value = value;
});

const search = () => document.getElementById("q");
const alsoInMessages = () => document.getElementById("also-in-messages");

document.addEventListener("change", ({ target }) => {
  if (target.id === "also-in-messages" && search().value.trim()) htmx.trigger(search(), "search");
});

// A view, a chip or a link brings its own text; what somebody is typing stays.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const list = document.getElementById("list-body");
  if (target !== list || !search() || search() === document.activeElement) return;
  const { searched, inMessages } = list.dataset;
  search().value = searched || "";
  if (alsoInMessages() && (searched || alsoInMessages() !== document.activeElement)) alsoInMessages().checked = inMessages !== undefined;
});

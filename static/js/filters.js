// The filter panel's own values: a period between two days and a length of time become one hidden value each.

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

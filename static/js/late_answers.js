// An answer may arrive after the live rows have replaced the form or button that asked. htmx looks for where the answer
// goes from there, and would find nothing: for that moment the old one stands in the page again, unseen.

document.addEventListener("htmx:beforeRequest", ({ detail: { xhr, elt } }) => {
  const take = xhr.onload;
  xhr.onload = () => {
    if (elt.isConnected) return take();
    let top = elt;
    while (top.parentElement) top = top.parentElement;
    const place = document.createElement("div");
    place.hidden = true;
    place.append(top);
    document.body.append(place);
    try {
      take();
    } finally {
      place.remove();
    }
  };
});

// How rows change on the page: our htmx extension "live-morph", over idiomorph's core. A row keeps its selection and
// focus; what changed, came or goes is marked with is-changed, is-entering and is-leaving.
(() => {
  const MARKED_MS = 1500;
  const LEAVING_MS = 300;
  // What scripts add to a row and the server doesn't know of.
  const OWN = new Set(["data-selected", "data-level", "title"]);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let style = ""; // htmx asks isInlineSwap right before each swap, and tells nobody else how it will swap
  let changes = 0;

  const counted = () => {
    changes += 1;
  };
  const isRow = (element) => element.matches("tr, li");
  // A running time is written by clocks.js: while it counts from the same moment there is nothing to do.
  const runs = (old, fresh) =>
    old.nodeName === "TIME" && [...fresh.attributes].every((own) => old.getAttribute(own.name) === own.value);

  // What a person is filling in stays as it is while the server says that it is still the same thing.
  const isKept = (old, fresh) => old.dataset.keep !== undefined && old.dataset.keep === fresh.dataset?.keep;

  const callbacks = {
    beforeNodeMorphed(old, fresh) {
      if (old.nodeType === Node.ELEMENT_NODE) return !runs(old, fresh) && !(old instanceof HTMLElement && isKept(old, fresh));
      if (old.nodeValue !== fresh.nodeValue) counted();
      return true;
    },
    beforeAttributeUpdated(name, element, kind) {
      if (name === "checked" && element.matches("input[name=selected]")) return false;
      if (kind === "remove" && OWN.has(name)) return false;
      if (name !== "class" && name !== "inert") counted();
      return true;
    },
    afterNodeAdded: counted,
    afterNodeRemoved: counted,
  };

  function mark(row, name) {
    if (calm.matches) return;
    row.classList.add(name);
    setTimeout(() => row.classList.remove(name), MARKED_MS);
  }

  function morph(target, fresh) {
    changes = 0;
    const nodes = Idiomorph.morph(target, fresh, { morphStyle: "outerHTML", callbacks });
    if (changes && isRow(target)) mark(target, "is-changed");
    return nodes;
  }

  const places = {
    beforebegin: (target) => [target.parentNode, target],
    afterbegin: (target) => [target, target.firstChild],
    beforeend: (target) => [target, null],
    afterend: (target) => [target.parentNode, target.nextSibling],
  };

  function move(row, target) {
    const [parent, next] = places[style](target);
    if (row === next || (row.parentNode === parent && row.nextSibling === next)) return;
    const active = document.activeElement;
    if (parent.moveBefore) parent.moveBefore(row, next);
    else parent.insertBefore(row, next);
    // Older browsers drop the focus of what is moved.
    if (row.contains(active) && active !== document.activeElement) active.focus({ preventScroll: true });
  }

  // The row under the pointer stays: nothing above it goes while there is no scrolling left to make up for it.
  function holdsUp(row) {
    const pointed = row.parentNode.querySelector(":scope > :hover");
    if (!pointed || !(row.compareDocumentPosition(pointed) & Node.DOCUMENT_POSITION_FOLLOWING)) return false;
    const scroller = row.closest(".table-pane") || document.scrollingElement;
    return scroller.scrollTop < row.offsetHeight;
  }

  function leave(row) {
    row.inert = true;
    row.classList.add("is-leaving");
    const go = () => {
      if (!row.isConnected || !row.classList.contains("is-leaving")) return; // gone, or back again
      if (holdsUp(row)) return void setTimeout(go, LEAVING_MS);
      document.dispatchEvent(new CustomEvent("live:before-leave"));
      row.remove();
      document.dispatchEvent(new CustomEvent("live:after-leave"));
    };
    if (calm.matches) go();
    else setTimeout(go, LEAVING_MS);
  }

  function beforeSwap({ detail }) {
    const fresh = detail.fragment.firstElementChild;
    if (style === "delete" && isRow(detail.target)) {
      detail.shouldSwap = false;
      leave(detail.target);
    } else if (style in places && fresh?.id) {
      const known = document.getElementById(fresh.id);
      if (!known) return mark(fresh, "is-entering");
      detail.shouldSwap = false;
      move(known, detail.target);
      for (const node of morph(known, fresh)) htmx.process(node);
    }
  }

  htmx.defineExtension("live-morph", {
    isInlineSwap(asked) {
      style = asked;
      return asked === "morph" || asked in places;
    },
    handleSwap: (asked, target, fragment) => asked === "morph" && morph(target, fragment.firstElementChild),
    onEvent(name, event) {
      if (name === "htmx:oobBeforeSwap") beforeSwap(event);
      return true;
    },
  });
})();

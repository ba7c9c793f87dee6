// Nothing jumps under the pointer: whatever comes or goes above the row pointed at is made up for by scrolling.

let pointed = null;
let top = 0;

const scroller = (row) => row.closest(".table-pane") || document.scrollingElement;

function before() {
  pointed = document.querySelector("#rows > :hover");
  if (!pointed) return;
  scroller(pointed).style.overflowAnchor = "none"; // the browser's own attempt would count twice
  top = pointed.getBoundingClientRect().top;
}

function after() {
  if (pointed?.isConnected) scroller(pointed).scrollTop += pointed.getBoundingClientRect().top - top;
  pointed = null;
}

for (const name of ["htmx:wsBeforeMessage", "live:before-leave"]) document.addEventListener(name, before);
for (const name of ["htmx:wsAfterMessage", "live:after-leave"]) document.addEventListener(name, after);

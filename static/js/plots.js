// Draws every <figure data-plot="line|step|area"> from the table inside it, again when the table, the size or the theme
// changes. data-low and data-high fix the axis, data-unit follows its figures; colours are --plot-1 … --plot-6.

import uPlot from "../npm/uplot/uPlot.esm.js";

const HEIGHT = 168;
const drawn = new WeakMap(); // drawing element -> { chart, read, theme }
const zone = document.documentElement.dataset.timeZone || undefined;
const theme = () => document.documentElement.dataset.bsTheme || "";

function read(figure) {
  const [head, ...rows] = [...figure.querySelectorAll("[role=row]")];
  const columns = [...head.children].slice(1);
  const number = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));
  return {
    labels: columns.map((column) => column.textContent),
    colours: columns.map((column) => column.dataset.colour),
    data: [
      rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000),
      ...columns.map((_, index) => rows.map((row) => number(row.children[index + 1]))),
    ],
  };
}

function options(figure, element, table) {
  const style = getComputedStyle(figure);
  const token = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: token("--ink-3"), grid: { stroke: token("--line"), width: 1 }, ticks: { show: false }, font: `11px ${token("--font")}` };
  const unit = figure.dataset.unit || "";
  const paths = figure.dataset.plot === "step" ? uPlot.paths.stepped({ align: 1 }) : undefined;
  const { low, high } = figure.dataset;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => (zone ? uPlot.tzDate(new Date(seconds * 1000), zone) : new Date(seconds * 1000)),
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (chart, least, most) => [low === undefined ? Math.min(0, least ?? 0) : Number(low), high === undefined ? Math.max(1, (most ?? 0) * 1.1) : Number(high)] } },
    axes: [
      { ...axis, size: 28, space: 64, values: [[86400, "{DD} {MMM}"], [60, "{HH}:{mm}"], [1, "{HH}:{mm}:{ss}"]].map(([step, text]) => [step, text, null, null, null, null, null, null, 1]) },
      { ...axis, size: 44, values: (chart, splits) => splits.map((value) => (value === null || (!unit && value % 1) ? "" : `${value}${unit}`)) },
    ],
    series: [
      {},
      ...table.labels.map((label, index) => {
        const stroke = token(`--plot-${table.colours[index]}`);
        const fill = figure.dataset.plot === "area" ? `color-mix(in srgb, ${stroke} 18%, transparent)` : undefined;
        // The lines differ by more than their colour.
        const dash = [undefined, [7, 4], [2, 4], [10, 4, 2, 4]][index % 4];
        return { label, stroke, fill, dash, paths, width: 2, points: { show: table.data[0].length < 3 } };
      }),
    ],
  };
}

function draw(figure) {
  const element = figure.querySelector(".plot__drawing");
  if (!element || !element.clientWidth) return;
  const table = read(figure);
  const signature = JSON.stringify(table);
  const shape = JSON.stringify([table.labels, figure.dataset, theme()]);
  const before = drawn.get(element);
  if (before?.signature === signature && before.shape === shape) return;
  if (before?.shape === shape) {
    before.chart.setData(table.data);
    before.signature = signature;
    return;
  }
  before?.chart.destroy();
  drawn.set(element, { chart: new uPlot(options(figure, element, table), table.data, element), signature, shape });
  sizes.observe(element);
}

function drawAll() {
  for (const figure of document.querySelectorAll("figure[data-plot]")) draw(figure);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = drawn.get(target)?.chart;
    if (chart && target.clientWidth && chart.width !== target.clientWidth) chart.setSize({ width: target.clientWidth, height: HEIGHT });
  }
});

drawAll();
new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap", "htmx:wsAfterMessage", "toggle"]) document.addEventListener(name, drawAll, true);

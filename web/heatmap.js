// The children of an array as cells on a canvas: a glance says where it fails. Arrow keys move,
// Enter opens. Above MAX cells, one cell stands for several children and shows the worst of them.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { go } from "./route.js";
import { LETTERS } from "./states.js";
import { cellsOf, gridOf } from "./cells.js";
import { count } from "./format.js";

/** @param {HTMLCanvasElement} canvas @param {string} cells @param {{size: number, columns: number, rows: number}} grid
 * @param {number} at @param {string} only the one state that is not pale, or "" */
function paint(canvas, cells, grid, at, only) {
  const ratio = devicePixelRatio || 1;
  const { size, columns, rows } = grid;
  canvas.width = Math.ceil(columns * size * ratio);
  canvas.height = Math.ceil(rows * size * ratio);
  canvas.style.width = `${columns * size}px`;
  canvas.style.height = `${rows * size}px`;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const gap = size >= 14 ? 2 : 1;
  // One colour after the other: setting it is what costs.
  for (const [letter, state] of Object.entries(LETTERS)) {
    pen.globalAlpha = only && only !== state ? 0.18 : 1;
    pen.fillStyle = style.getPropertyValue(`--cell-${state.toLowerCase()}`);
    for (let i = cells.indexOf(letter); i >= 0; i = cells.indexOf(letter, i + 1)) {
      const x = (i % columns) * size;
      const y = Math.floor(i / columns) * size;
      pen.fillRect(x, y, size - gap, size - gap);
      // Failed cells have a notch too, for those who do not see red.
      if (letter === "F" && size >= 8) pen.clearRect(x, y, (size - gap) / 2.5, (size - gap) / 2.5);
    }
  }
  pen.globalAlpha = 1;
  if (at >= 0) {
    pen.strokeStyle = style.getPropertyValue("--text");
    pen.lineWidth = 2;
    pen.strokeRect((at % columns) * size - 1, Math.floor(at / columns) * size - 1, size - gap + 2, size - gap + 2);
  }
}

/** @param {{id: string, states: string, summary: string, only: string}} p */
export function HeatMap({ id, states, summary, only }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const [width, setWidth] = useState(0);
  const [at, setAt] = useState(-1);
  const { cells, each } = cellsOf(states);
  const grid = gridOf(cells.length, Math.max(60, width - 4));
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    const theme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => setWidth((old) => old + 0.001);
    theme.addEventListener("change", repaint);
    return () => { observer.disconnect(); theme.removeEventListener("change", repaint); };
  }, []);
  useEffect(() => { if (canvas.current && width > 0) paint(canvas.current, cells, grid, at, only); }, [cells, width, at, only]);

  const open = () => { if (at >= 0) go(`/jobs/${id}:${at * each}`); };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -grid.columns, ArrowDown: grid.columns }[event.key];
    if (event.key === "Enter") open();
    else if (event.key === "Home") setAt(0);
    else if (event.key === "End") setAt(cells.length - 1);
    else if (step) setAt((old) => Math.min(cells.length - 1, Math.max(0, (old < 0 ? -1 + (step > 0 ? 1 : 0) : old + step))));
    else return;
    event.preventDefault();
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    const here = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    const column = Math.floor((event.clientX - here.left) / grid.size);
    const index = Math.floor((event.clientY - here.top) / grid.size) * grid.columns + column;
    setAt(column < grid.columns && index >= 0 && index < cells.length ? index : -1);
  };
  const word = at < 0 ? (each > 1 ? `A cell is ${count(each)} children and shows the one that needs you most.` : "Point at a cell, or use the arrow keys; Enter opens the child.")
    : `${each > 1 ? `Children ${count(at * each)} to ${count(Math.min(states.length, (at + 1) * each) - 1)}, worst` : `Child ${count(at)}`}: ${LETTERS[cells[at]] ?? ""}`;
  return html`
    <div class="heatmap" ref=${box}>
      <canvas ref=${canvas} tabindex="0" role="application" aria-label=${`Map of the children. ${summary}`} aria-describedby="cell-word"
        onKeyDown=${press} onPointerMove=${move} onPointerLeave=${() => setAt(-1)} onClick=${open}></canvas>
      <p id="cell-word" class="aside" aria-live="polite">${word}</p>
    </div>`;
}

// The lines of a log in a box that scrolls; of many, only those in sight exist.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { go, route } from "./route.js";
import { LogLine } from "./log_line.js";

/** @typedef {import("./log_records.js").Line} Line */

const HEIGHT = 18;  // Of a line, as style.css has it.
const AROUND = 40;
/** Wrapped lines differ in height: this many are in the page at once. */
const WRAPPED = 1500;

const chosenLine = () => Number(/^#L(\d+)/.exec(route.value.hash)?.[1] ?? 0) - 1;

/** @param {{lines: Line[], isNumbered: boolean, wraps: boolean, hasTimes: boolean, follows: boolean, setFollows: (is: boolean) => void, shown: number, view: any, marked: number, wish: string}} p */
export function LogLines({ lines, isNumbered, wraps, hasTimes, follows, setFollows, shown, view, marked, wish }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [wrappedFrom, setWrappedFrom] = useState(0);
  const wanted = useRef(-1);
  const chosen = chosenLine();
  const firstWrapped = follows ? Math.max(0, lines.length - WRAPPED) : Math.min(wrappedFrom, Math.max(0, lines.length - 1));
  const first = wraps ? firstWrapped : Math.max(0, Math.floor(top / HEIGHT) - AROUND);
  const last = wraps ? Math.min(lines.length, first + WRAPPED) : Math.min(lines.length, Math.ceil((top + height) / HEIGHT) + AROUND);

  const show = (/** @type {number} */ i) => {
    wanted.current = i;
    setWrappedFrom(Math.max(0, i - WRAPPED / 2));
    if (!wraps && box.current) {
      box.current.scrollTop = Math.max(0, i * HEIGHT - box.current.clientHeight / 2);
      wanted.current = -1;
    }
  };
  view.current = { show };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    setHeight(element.clientHeight);
    if (wanted.current >= 0) {
      const line = element.querySelector(`[data-n="${wanted.current + 1}"]`);
      if (line instanceof HTMLElement) element.scrollTop = line.offsetTop - element.offsetTop - element.clientHeight / 2;
      wanted.current = -1;
    } else if (follows) {
      element.scrollTop = element.scrollHeight;
    }
  }, [lines, follows, wraps, wrappedFrom]);
  useEffect(() => { if (chosen >= 0 && isNumbered) show(chosen); }, [route.value.hash, isNumbered, lines.length > chosen]);
  /** @param {Event} event */
  const scrolled = (event) => {
    const element = /** @type {HTMLDivElement} */ (event.currentTarget);
    const isUp = element.scrollTop < top;
    setTop(element.scrollTop);
    if (follows && isUp && element.scrollTop + element.clientHeight < element.scrollHeight - 2 * HEIGHT) {
      setWrappedFrom(first);
      setFollows(false);
    }
  };
  /** A click on a number puts the line into the URL; a found line stands there too (log.js). @param {MouseEvent} event */
  const clicked = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const n = target.matches(".line-number") && target.closest(".line")?.getAttribute("data-n");
    if (n && isNumbered) go(`#L${n}`, { replace: true });
  };
  const small = wish.toLowerCase();
  return html`
    <div class=${`log ${wraps ? "wraps" : ""}`} ref=${box} tabindex="0" role="region" aria-label="Log" onScroll=${scrolled} onClick=${clicked}
      style=${{ maxHeight: shown ? `${shown * HEIGHT + 16}px` : "" }} data-lines=${lines.length}>
      ${wraps && first > 0 ? html`<button class="more-wrapped" onClick=${() => { setFollows(false); show(first); }}>${`Lines before ${first + 1}`}</button>` : null}
      <div class="log-all" style=${{ height: wraps ? "" : `${lines.length * HEIGHT}px` }}>
        <div style=${{ transform: wraps ? "" : `translateY(${first * HEIGHT}px)` }}>
          ${lines.slice(first, last).map((line, i) => html`<${LogLine} key=${first + i} line=${line} n=${first + i + 1} hasTimes=${hasTimes} isNumbered=${isNumbered}
            isMarked=${first + i === marked || (isNumbered && first + i === chosen)} isFound=${small !== "" && line.text.toLowerCase().includes(small)} />`)}
        </div></div>
      ${wraps && last < lines.length ? html`<button class="more-wrapped" onClick=${() => { setFollows(false); show(last); }}>${`Lines after ${last}`}</button>` : null}</div>`;
}

// Jobs ended a second over the last half hour, as a small picture with its numbers in words.
import { html } from "./html.js";
import { clock, count } from "./format.js";

const WIDTH = 600;
const HEIGHT = 84;

/** @param {{data: {stepSeconds: number, from: number, succeeded: number[], failed: number[]}}} p */
export function Throughput({ data }) {
  const steps = data.succeeded.length;
  const top = Math.max(1, ...data.succeeded.map((n, i) => n + data.failed[i]));
  const done = data.succeeded.reduce((a, b) => a + b, 0);
  const failed = data.failed.reduce((a, b) => a + b, 0);
  const width = WIDTH / Math.max(1, steps);
  /** @param {number[]} values @param {number[]} below */
  const bars = (values, below) => values.map((n, i) => {
    if (n === 0) return "";
    const height = Math.max(1.5, (n / top) * HEIGHT);
    const bottom = HEIGHT - (below[i] / top) * HEIGHT;
    return `M${(i * width).toFixed(1)} ${bottom.toFixed(1)}v${(-height).toFixed(1)}h${Math.max(1, width - 0.6).toFixed(1)}v${height.toFixed(1)}z`;
  }).join("");
  const rate = (/** @type {number} */ n) => (n / data.stepSeconds >= 10 ? count(Math.round(n / data.stepSeconds)) : (n / data.stepSeconds).toFixed(1));
  const minutes = Math.round((steps * data.stepSeconds) / 60);
  return html`
    <figure class="throughput">
      <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img"
        aria-label=${`In the last ${minutes} minutes ${count(done)} jobs succeeded and ${count(failed)} failed; at most ${rate(top)} a second.`}>
        <path data-state="FAILED" d=${bars(data.failed, data.failed.map(() => 0))} />
        <path data-state="SUCCEEDED" d=${bars(data.succeeded, data.failed)} />
      </svg>
      <figcaption><span>${clock(data.from).slice(0, -3)}</span><span>${done + failed === 0 ? `nothing ended in ${minutes} min` : `${count(done)} succeeded, ${count(failed)} failed in ${minutes} min; at most ${rate(top)} a second`}</span><span>now</span></figcaption>
    </figure>`;
}

// A job's life from submit to end: a line for each attempt, split by what it waited for and what it
// did. A wait much longer than the run is broken, so that the run can be seen.
import { html } from "./html.js";
import { useNow } from "./watch.js";
import { spansOf } from "./spans.js";
import { hasEnded } from "./states.js";
import { clock, duration } from "./format.js";
import { Shape } from "./parts.js";
import { WAIT_SHARE_MAX, WIDTH, axis } from "./axis.js";

const LINE = 24;

/** @typedef {import("./spans.js").Span} Span */

/** @param {{job: any}} p */
export function Timeline({ job }) {
  const now = useNow();
  const end = hasEnded(job.status) && job.stoppedAt ? job.stoppedAt : now;
  const spans = spansOf(job, end);
  if (!spans.some((it) => it.state)) return null;
  const waiting = ["PENDING", "STARTING"].includes(job.status) ? job.status : "RUNNABLE";
  const { x, isBroken } = axis(job.createdAt, spans[0].from, Math.max(end, spans[0].from + 1));
  const height = spans.length * LINE;
  const words = spans.map((it) => `attempt ${it.attempt} waited ${duration(it.from - it.waitFrom)}${it.state ? ` and ran ${duration(it.to - it.from)}` : ""}`).join("; ");
  const has = (/** @type {string} */ state) => spans.some((it) => it.state === state);
  /** @param {Span} it */
  const waitState = (it) => (it.state === "" ? waiting : "RUNNABLE");
  return html`
    <section aria-labelledby="time-title"><h2 id="time-title">Timeline</h2>
      <figure class="timeline">
        <div class="spans"><ol class="span-words" aria-hidden="true">${spans.map((it) => html`<li key=${it.attempt} style=${{ height: `${LINE}px` }}>${it.attempt}</li>`)}</ol>
        <svg viewBox=${`0 0 ${WIDTH} ${height}`} preserveAspectRatio="none" role="img" aria-label=${words} style=${{ height: `${height}px` }}>
          ${spans.map((it, i) => html`<g key=${it.attempt}>
              <rect data-state=${waitState(it)} x=${x(it.waitFrom)} y=${i * LINE + 9} width=${Math.max(0, x(it.from) - x(it.waitFrom))} height="6"><title>${waitState(it)} for ${duration(it.from - it.waitFrom)}</title></rect>
              ${it.state ? html`<rect data-state=${it.state} x=${x(it.from)} y=${i * LINE + 4} width=${Math.max(3, x(it.to) - x(it.from))} height="16"><title>attempt ${it.attempt}: ran ${duration(it.to - it.from)}</title></rect>` : null}</g>`)}
          ${isBroken ? html`<path class="break" d=${`M${WIDTH * WAIT_SHARE_MAX / 2} 0l4 ${height / 2}l-4 0l4 ${height / 2}`} />` : null}
        </svg></div>
        <figcaption><span>${clock(job.createdAt)} submitted</span><span>${isBroken ? "the wait is drawn shorter than it was" : ""}</span><span>${hasEnded(job.status) ? `${clock(end)} ended` : "now"}</span></figcaption>
        <ul class="legend">${[waiting === "RUNNABLE" || spans.length > 1 ? ["RUNNABLE", "waited"] : [waiting, waiting === "PENDING" ? "waits for other jobs" : "starts"], ["RUNNING", "runs"], ["SUCCEEDED", "ran, succeeded"], ["FAILED", "ran, failed"]]
    .filter(([state], i) => i === 0 || has(state)).map(([state, word]) => html`<li key=${state}><span class="cell" data-state=${state}></span><${Shape} state=${state} />${word}</li>`)}</ul>
      </figure></section>`;
}

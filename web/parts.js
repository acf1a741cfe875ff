// Small parts that several views share.
import { jobPath } from "./api.js";
import { html } from "./html.js";
import { SHAPES, STATES, totalOf } from "./states.js";
import { count, percent, placeOf } from "./format.js";

/** Shape, word and colour. @param {{state: string, small?: boolean}} p */
export const State = ({ state }) => html`
  <span class="state" data-state=${state}><${Shape} state=${state} />${state}</span>`;

/** @param {{state: string}} p */
export const Shape = ({ state }) => html`
  <svg class="shape" data-state=${state} viewBox="0 0 16 16" aria-hidden="true"><path d=${SHAPES[/** @type {keyof SHAPES} */ (state)] ?? ""} /></svg>`;

/** Children by state as one bar, told in words too.
 * @param {{counts: Record<string, number>, label?: string}} p */
export function CountBar({ counts, label }) {
  const total = totalOf(counts);
  const words = STATES.filter((state) => counts[state] > 0).map((state) => `${count(counts[state])} ${state}`).join(", ");
  return html`
    <span class="bar" role="img" aria-label=${`${label ? `${label}: ` : ""}${words || "none"}`} title=${words}>
      ${STATES.toReversed().filter((state) => counts[state] > 0).map((state) => html`
        <span key=${state} data-state=${state} style=${{ flexGrow: counts[state] / total }}></span>`)}
    </span>`;
}

/** Used of whole. @param {{part: number, whole: number, label: string, text: string}} p */
export const Meter = ({ part, whole, label, text }) => html`
  <span class="meter">
    <span class="meter-track" role="img" aria-label=${`${label}: ${text}`}>
      <span class="meter-fill" style=${{ width: `${whole > 0 ? Math.min(100, (100 * part) / whole) : 0}%` }}></span>
    </span>
    <span class="meter-text">${text}</span>
  </span>`;

/** @param {{error: Error | null}} p */
export const Trouble = ({ error }) => (error ? html`<p class="trouble" role="alert">${error.message}</p>` : null);

export const Loading = () => html`<p class="quiet" aria-busy="true">Loading …</p>`;

/** Where there is nothing yet: what that means, and what to type.
 * @param {{text: string, command?: string}} p */
export const Empty = ({ text, command }) => html`
  <div class="empty"><p>${text}</p>${command ? html`<pre>${command}</pre>` : null}</div>`;

/** @param {{items: [string, unknown][]}} p */
export const Facts = ({ items }) => html`
  <dl class="facts">${items.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => html`
    <div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** A job's id, short where it only has to be told apart. @param {{id: string, name?: string}} p */
export const JobLink = ({ id, name }) => html`<a href=${jobPath(id)} title=${id}>${name ?? shortId(id)}</a>`;

/** @param {string} id */
export const shortId = (id) => id.slice(0, 8) + placeOf(id);

/** @param {Record<string, number>} counts */
export const doneShare = (counts) => percent((counts.SUCCEEDED ?? 0) + (counts.FAILED ?? 0), totalOf(counts));

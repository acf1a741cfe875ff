// The shares of a fair-share queue, the next one first, with what their order comes from.
import { html } from "./html.js";
import { count, duration } from "./format.js";
import { Empty, Meter } from "./parts.js";
import { amount, dominantName, dominantOf, keptFree, ratio, useNow } from "./share_words.js";

/** @param {{queue: string, fair: any}} p */
export function Shares({ queue, fair }) {
  return html`
    <section aria-labelledby="shares-title"><h2 id="shares-title">Shares</h2>
      ${fair.shares.length === 0 ? html`<${Empty} text="No share has used anything yet. A job names the share it belongs to:"
        command=${`dray submit --queue ${queue} --share NAME --scheduling-priority 1 -- echo hello`} />` : html`
      <p class="aside">${wordsOf(fair)}</p>
      <div class="wide" tabindex="0" role="region" aria-labelledby="shares-title"><table class="shares">
        <thead><tr><th class="number">Next</th><th>Share</th><th class="number">Weight</th><th>Uses now</th><th>Used before, decayed</th>
          <th class="number">Use × weight</th><th class="number">Running</th><th class="number">Waiting</th><th class="grow"></th></tr></thead>
        <tbody>${fair.shares.map((/** @type {any} */ share, /** @type {number} */ i) => html`<${Row} key=${share.shareIdentifier} share=${share} place=${i + 1} capacity=${fair.capacity} />`)}</tbody>
      </table></div>
      ${fair.sharesLeftOut ? html`<p class="aside">And ${count(fair.sharesLeftOut)} more shares.</p>` : null}`}
    </section>`;
}

/** @param {{share: any, place: number, capacity: any}} p */
function Row({ share, place, capacity }) {
  const { part, whole, text } = useNow(share, capacity);
  return html`
    <tr><td class="number">${share.waiting > 0 ? place : ""}</td><th scope="row">${share.shareIdentifier}</th><td class="number">${ratio(share.weightFactor)}</td>
      <td><${Meter} label=${`${dominantName(share)} used now`} part=${part} whole=${whole} text=${text} /></td>
      <td>${amount(dominantOf(share), share.average[dominantOf(share)])}</td>
      <td class="number">${share.weightedUse === undefined ? "" : ratio(share.weightedUse)}</td>
      <td class="number">${count(share.running)}</td><td class="number">${count(share.waiting)}</td><td class="grow"></td></tr>`;
}

/** @param {any} fair */
function wordsOf(fair) {
  const kept = keptFree(fair.computeReservation, fair.activeShares);
  const hasAgents = fair.capacity.vcpus > 0;
  return [
    "The share with the lowest use × weight is next. Of vCPUs, memory and GPUs the one counts of which a share uses the largest part.",
    `What was used ${duration(fair.halfLifeSeconds * 1000)} ago counts half.`,
    kept > 0 ? `${ratio(kept)} % of the vCPUs stay free for another share.` : "",
    hasAgents ? "" : "No agent is there.",
  ].filter(Boolean).join(" ");
}

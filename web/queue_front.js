// What starts next in a queue, in the order of dispatch.
import { html } from "./html.js";
import { jobPath } from "./api.js";
import { useNow } from "./watch.js";
import { ago, clock, count, placeOf } from "./format.js";

const FIRST = 10;

/** @param {{front: any[], waiting: number}} p `waiting` is how many wait in all */
export function Front({ front, waiting }) {
  return html`
    <section aria-labelledby="front-title"><h2 id="front-title">What starts next</h2>
      ${front.length === 0 ? html`<p class="quiet">Nothing waits for room.</p>` : html`
        <${Line} jobs=${front.slice(0, FIRST)} from=${1} />
        ${front.length > FIRST ? html`<details><summary>${count(front.length - FIRST)} more${waiting > front.length ? ` of ${count(waiting - FIRST)}` : ""}</summary>
          <${Line} jobs=${front.slice(FIRST)} from=${FIRST + 1} /></details>` : null}`}
    </section>`;
}

/** @param {{jobs: any[], from: number}} p */
function Line({ jobs, from }) {
  const now = useNow();
  const isShared = jobs.some((job) => job.shareIdentifier);
  return html`
    <div class="wide"><table>
      <thead><tr><th class="number">Place</th><th>Job</th>${isShared ? html`<th>Share</th>` : null}<th class="grow">Submitted</th></tr></thead>
      <tbody>${jobs.map((job, i) => html`
        <tr key=${job.jobId}><td class="number">${count(from + i)}</td>
          <td class="c-name"><a href=${jobPath(job.jobId)}>${job.name}${placeOf(job.jobId)}</a></td>
          ${isShared ? html`<td>${job.shareIdentifier}</td>` : null}<td class="grow" title=${clock(job.createdAt, 0)}>${ago(job.createdAt, now)}</td></tr>`)}</tbody>
    </table></div>`;
}

// Jobs as a table: a row each on a wide screen, two lines each on a narrow one.
import { jobPath } from "./api.js";
import { html } from "./html.js";
import { useNow } from "./watch.js";
import { endedOf } from "./states.js";
import { ago, clock, count, duration } from "./format.js";
import { CountBar, State, shortId } from "./parts.js";

/** @param {{jobs: any[]}} p */
export function JobTable({ jobs }) {
  const now = useNow();
  return html`
    <div class="wide"><table class="jobs">
      <thead><tr><th>State</th><th>Job</th><th class="grow"><span class="sr">How it goes</span></th><th>Id</th><th>Queue</th>
        <th>Submitted</th><th class="number">Ran for</th><th class="number">Exit</th></tr></thead>
      <tbody>${jobs.map((job) => html`<${Row} key=${job.jobId} job=${job} now=${now} />`)}</tbody>
    </table></div>`;
}

/** @param {{job: any, now: number}} p */
function Row({ job, now }) {
  const ran = job.startedAt ? duration((job.stoppedAt ?? now) - job.startedAt) : "";
  return html`
    <tr><td class="c-state"><${State} state=${job.state} /></td>
      <td class="c-name"><a data-row href=${jobPath(job.jobId)}>${job.name}</a></td>
      <td class="c-note grow">${job.array ? html`<span class="array"><${CountBar} counts=${job.array.counts} label="Children" />
          <span class="aside">${count(endedOf(job.array.counts))} of ${count(job.array.size)}</span></span>`
    : html`<span class="aside">${job.state === "SUCCEEDED" ? "" : job.statusReason ?? ""}</span>`}</td>
      <td class="c-id"><code title=${job.jobId}>${shortId(job.jobId)}</code></td><td class="c-queue">${job.queue}</td>
      <td class="c-when" title=${clock(job.createdAt, 0)}>${ago(job.createdAt, now)}</td>
      <td class="c-ran number">${ran}</td><td class="c-exit number">${job.exitCode ?? ""}</td></tr>`;
}

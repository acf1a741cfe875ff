// Each try of a job: where it ran, how it ended, what it used of what was asked for.
import { jobPath } from "./api.js";
import { html } from "./html.js";
import { useNow } from "./watch.js";
import { clock, duration, kibibytes, mebibytes } from "./format.js";
import { Meter } from "./parts.js";
import { attemptsOf } from "./spans.js";

const OUTCOMES = {
  SUCCEEDED: "succeeded", FAILED: "failed", KILLED: "killed by a signal", TIMED_OUT: "timed out", OUT_OF_MEMORY: "out of memory",
  LAUNCH_FAILED: "could not start", LOST: "lost with its machine", STOPPED: "stopped",
};

/** @param {any} job */
function requestOf(job) {
  const of = (/** @type {string} */ type) => Number((job.container?.resourceRequirements ?? []).find((/** @type {any} */ it) => it.type === type)?.value ?? 0);
  return { vcpus: of("VCPU"), memoryMiB: of("MEMORY") };
}

/** @param {{job: any, id: string}} p */
export function Attempts({ job, id }) {
  const now = useNow();
  const attempts = attemptsOf(job);
  if (attempts.length === 0) return null;
  const request = requestOf(job);
  return html`
    <section aria-labelledby="attempts-title"><h2 id="attempts-title">Attempts</h2>
      <div class="wide"><table>
        <thead><tr><th class="number">No.</th><th>Outcome</th><th>Agent</th><th>Started</th><th class="number">Ran for</th><th class="number">Exit</th>
          <th>CPU, mean of request</th><th>Memory, peak of request</th><th class="grow"></th></tr></thead>
        <tbody>${attempts.map((it) => html`<${Row} key=${it.attempt} it=${it} request=${request} now=${now} id=${id} />`)}</tbody>
      </table></div></section>`;
}

/** @param {{it: any, request: {vcpus: number, memoryMiB: number}, now: number, id: string}} p */
function Row({ it, request, now, id }) {
  const ran = it.startedAt ? (it.stoppedAt ?? now) - it.startedAt : 0;
  const isEnded = it.state === "ENDED";
  const mean = ran > 0 ? it.cpuMs / ran : 0;
  const memoryMiB = it.memoryMiB ?? request.memoryMiB;
  return html`
    <tr><td class="number">${it.attempt}</td>
      <td title=${it.statusReason ?? ""}>${isEnded ? OUTCOMES[/** @type {keyof OUTCOMES} */ (it.outcome)] ?? it.outcome : String(it.state ?? "").toLowerCase()}</td>
      <td>${it.agent ? html`<a href=${`/agents/${encodeURIComponent(it.agent)}`}>${it.agent}</a>` : ""}</td>
      <td>${it.startedAt ? clock(it.startedAt) : ""}</td><td class="number">${it.startedAt ? duration(ran) : ""}</td><td class="number">${it.exitCode ?? ""}</td>
      <td>${isEnded && it.cpuMs !== undefined ? html`<${Meter} label="CPU" part=${mean} whole=${request.vcpus} text=${request.vcpus ? `${mean.toFixed(2)} of ${request.vcpus}` : mean.toFixed(2)} />` : ""}</td>
      <td>${isEnded && it.memoryPeakKiB ? html`<${Meter} label="Memory" part=${it.memoryPeakKiB / 1024} whole=${memoryMiB}
        text=${memoryMiB ? `${kibibytes(it.memoryPeakKiB)} of ${mebibytes(memoryMiB)}` : kibibytes(it.memoryPeakKiB)} />` : ""}</td>
      <td class="number grow"><a href=${`${jobPath(id)}/log?attempt=${it.attempt}`}>log</a></td></tr>`;
}

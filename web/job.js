// One job: its state and why, its attempts, what it asked for and used, its children, its log.
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { describeJobs, jobPath } from "./api.js";
import { useLive, useNow } from "./watch.js";
import { hasEnded } from "./states.js";
import { clock, commandLine, count, duration, mebibytes, nameOf, vcpus, parentOf } from "./format.js";
import { CountBar, Facts, Loading, State, Trouble, doneShare } from "./parts.js";
import { isHeld } from "./allowed.js";
import { Actions } from "./job_actions.js";
import { Outcome, useAct } from "./act.js";
import { Explain } from "./explain.js";
import { History } from "./history.js";
import { Attempts } from "./attempts.js";
import { Children } from "./children.js";
import { Timeline } from "./timeline.js";
import { Log } from "./log.js";

/** @param {{id: string}} p */
export function Job({ id }) {
  const { value, error, again } = useLive([id], async () => {
    const [job] = await describeJobs([id]);
    if (!job) throw new Error(`There is no job ${id}. Its id may be mistyped, or it was removed.`);
    return job;
  }, (change) => change.jobs.includes(parentOf(id)));
  const acting = useAct(again);
  useEffect(() => { document.title = value ? `${value.jobName} ${value.status} · Dray` : "Job · Dray"; }, [value]);
  if (!value) return error ? html`<h1>Job</h1><${Trouble} error=${error} />` : html`<${Loading} />`;
  const job = value;
  const isArray = job.arrayProperties?.size > 0;
  return html`
    <${Title} job=${job} acting=${acting} />
    <${Trouble} error=${error} />
    ${hasEnded(job.status) ? null : html`<${Explain} id=${id} job=${job} />`}
    ${isArray ? html`<${Children} id=${id} job=${job} acting=${acting} />` : html`<${Attempts} job=${job} id=${id} />`}
    <${Timeline} job=${job} />
    <${History} id=${id} job=${job} />
    ${isArray || job.attempts.length + job.dray.attempts.length === 0 ? null : html`
      <section aria-labelledby="log-title"><h2 id="log-title">Log <a class="aside" href=${`${jobPath(id)}/log`}>whole page</a></h2>
        <${Log} id=${id} job=${job} lines=${16} /></section>`}
    <${Definition} job=${job} />`;
}

/** @param {{job: any, acting: import("./act.js").Acting}} p */
function Title({ job, acting }) {
  const now = useNow();
  const id = job.jobId;
  const index = job.arrayProperties?.index;
  const parent = parentOf(id);
  const ran = job.startedAt ? duration((job.stoppedAt ?? now) - job.startedAt) : null;
  const counts = job.arrayProperties?.statusSummary;
  return html`
    <div class="title">
      <div><h1>${job.jobName}${index === undefined ? "" : html`<span class="index">:${index}</span>`} <${State} state=${job.status} />${isHeld(job) ? html` <span class="tag">held</span>` : null}</h1>
        <p class="sub dots"><code>${id}</code>
          <span>queue <a href=${`/queues/${encodeURIComponent(nameOf(job.jobQueue))}`}>${nameOf(job.jobQueue)}</a></span>
          ${index === undefined ? null : html`<span>child of <a href=${`/jobs/${parent}`}>the array</a></span>
            ${index > 0 ? html`<a href=${`/jobs/${parent}:${index - 1}`} aria-label=${`Child ${index - 1}`}>← ${index - 1}</a>` : null}
            <a href=${`/jobs/${parent}:${index + 1}`} aria-label=${`Child ${index + 1}`}>${index + 1} →</a>`}</p></div>
      <${Actions} job=${job} acting=${acting} />
    </div>
    <${Outcome} acting=${acting} />
    <${Verdict} job=${job} />
    ${counts && job.arrayProperties.size ? html`<div class="array-sum"><${CountBar} counts=${counts} label="Children" />
      <span>${count((counts.SUCCEEDED ?? 0) + (counts.FAILED ?? 0))} of ${count(job.arrayProperties.size)} ended (${doneShare(counts)})</span></div>` : null}
    <${Facts} items=${[["Submitted", clock(job.createdAt)], [job.startedAt ? "Waited" : "Waits for", job.startedAt ? duration(job.startedAt - job.createdAt) : hasEnded(job.status) ? null : duration(Math.max(0, now - job.createdAt))],
      ["Started", job.startedAt ? clock(job.startedAt) : null],
      ["Ended", job.stoppedAt ? clock(job.stoppedAt) : null], [hasEnded(job.status) ? "Ran for" : "Runs for", ran],
      ["Children at once", job.dray?.maxRunning ? `at most ${count(job.dray.maxRunning)}` : null], ["Stops after failures", job.dray?.maxFailures ? count(job.dray.maxFailures) : null],
      ["Took in all", job.stoppedAt ? duration(job.stoppedAt - job.createdAt) : null]]} />`;
}

/** How it ended, or that it is being ended, in one line. @param {{job: any}} p */
function Verdict({ job }) {
  const isEnded = hasEnded(job.status);
  if (!isEnded && !job.isTerminated && !job.isCancelled) return null;
  const counts = job.arrayProperties?.size > 0 ? job.arrayProperties.statusSummary : null;
  const latest = (job.dray?.attempts ?? []).at(-1);  // Tells it of a job of several containers.
  const exit = job.container?.exitCode ?? latest?.exitCode;
  const reason = job.container?.reason || latest?.reason || job.statusReason || "";
  if (!isEnded) return html`<p class="verdict open"><b>Ending.</b> ${reason}</p>`;
  const isBad = job.status === "FAILED";
  const head = counts ? (isBad ? `${count(counts.FAILED ?? 0)} of ${count(job.arrayProperties.size)} children failed.` : "All children succeeded.")
    : !isBad ? "Succeeded." : exit !== undefined ? `Exit code ${exit}.` : "Failed.";
  return html`<p class=${`verdict ${isBad ? "bad" : ""}`}><b>${head}</b> ${isBad && !counts ? reason : ""}</p>`;
}

/** @param {{job: any}} p */
function Definition({ job }) {
  const container = job.container ?? {};
  const wants = Object.fromEntries((container.resourceRequirements ?? []).map((/** @type {any} */ it) => [it.type, Number(it.value)]));
  const parameters = Object.entries(job.parameters ?? {});
  const environment = container.environment ?? [];
  const depends = job.dependsOn ?? [];
  return html`
    <section aria-labelledby="definition-title"><h2 id="definition-title">What was asked for</h2>
      ${container.command?.length ? html`<pre class="command" tabindex="0" aria-label="Command">${commandLine(container.command)}</pre>` : null}
      <${Facts} items=${[["Definition", nameOf(job.jobDefinition ?? "")], ["Image", container.image],
        ["CPU", wants.VCPU ? vcpus(wants.VCPU) : null], ["Memory", wants.MEMORY ? mebibytes(wants.MEMORY) : null], ["GPUs", wants.GPU],
        ["User", container.user], ["Attempts", job.retryStrategy?.attempts],
        ["Timeout", job.timeout?.attemptDurationSeconds ? duration(job.timeout.attemptDurationSeconds * 1000) : null]]} />
      ${depends.length === 0 ? null : html`<h3>Depends on</h3><ul class="plain">${depends.map((/** @type {any} */ it) => html`
        <li><a href=${jobPath(it.jobId ?? "")}><code>${it.jobId ?? ""}</code></a> ${it.type ? html`<span class="tag">${it.type}</span>` : null}</li>`)}</ul>`}
      ${parameters.length === 0 ? null : html`<h3>Parameters, as resolved</h3><${Pairs} rows=${parameters} />`}
      ${environment.length === 0 ? null : html`<h3>Environment</h3><${Pairs} rows=${environment.map((/** @type {any} */ it) => [it.name, it.value])} />`}
      <details><summary>All of it, as DescribeJobs says it</summary><pre tabindex="0">${JSON.stringify(job, null, 2)}</pre></details>
    </section>`;
}

/** @param {{rows: [string, unknown][]}} p */
const Pairs = ({ rows }) => html`
  <div class="wide"><table class="pairs"><tbody>${rows.map(([name, value]) => html`
    <tr key=${name}><th scope="row"><code>${name}</code></th><td class="grow"><code>${String(value)}</code></td></tr>`)}</tbody></table></div>`;


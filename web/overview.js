// How it goes, at one look: queues by state, agents, throughput, the last failures.
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { get, jobPath } from "./api.js";
import { useLive, useNow } from "./watch.js";
import { STATES } from "./states.js";
import { ago, clock, count, duration, mebibytes, vcpus, placeOf } from "./format.js";
import { CountBar, Empty, JobLink, Loading, Meter, Shape, Trouble } from "./parts.js";
import { Throughput } from "./throughput.js";

export function Overview() {
  useEffect(() => { document.title = "Dray"; }, []);
  const { value, error } = useLive([], () => get("/dray/v1/overview"), () => true, 1000);
  const now = useNow();
  if (!value) return error ? html`<${Trouble} error=${error} />` : html`<${Loading} />`;
  return html`
    <h1 class="sr">Overview</h1>
    <${Trouble} error=${error} />
    <${Totals} queues=${value.queues} />
    <section aria-labelledby="queues-title"><h2 id="queues-title">Queues</h2><${Queues} queues=${value.queues} now=${now} /></section>
    <div class="columns">
      <section aria-labelledby="through-title"><h2 id="through-title">Throughput</h2><${Throughput} data=${value.throughput} /></section>
      <section aria-labelledby="agents-title"><h2 id="agents-title"><a href="/agents">Agents</a></h2><${AgentSum} agents=${value.agents} /></section>
    </div>
    <section aria-labelledby="failures-title"><h2 id="failures-title">Last failures</h2><${Failures} failures=${value.failures} now=${now} /></section>`;
}

/** @param {{queues: any[]}} p */
function Totals({ queues }) {
  const sums = Object.fromEntries(STATES.map((state) => [state, queues.reduce((sum, queue) => sum + queue.counts[state], 0)]));
  return html`<ul class="totals">${STATES.map((state) => html`
    <li key=${state}><a href=${`/jobs?state=${state}`} data-state=${state} data-none=${sums[state] === 0}>
      <span class="total-number">${count(sums[state])}</span>
      <span class="total-word"><${Shape} state=${state} />${state}</span></a></li>`)}</ul>`;
}

/** @param {{queues: any[], now: number}} p */
function Queues({ queues, now }) {
  if (queues.length === 0) {
    return html`<${Empty} text="No queue yet. The quickest way to a working system:" command="dray up" />`;
  }
  return html`
    <div class="wide"><table class="queues">
      <thead><tr><th>Queue</th><th class="grow">Jobs</th>${STATES.map((state) => html`<th key=${state} class="number">${state}</th>`)}
        <th class="number">Oldest waits</th></tr></thead>
      <tbody>${queues.map((queue) => html`
        <tr key=${queue.name}><td><a href=${`/queues/${encodeURIComponent(queue.name)}`}>${queue.name}</a>
          ${queue.state === "ENABLED" ? null : html` <span class="tag">${queue.state}</span>`}</td>
          <td class="grow"><${CountBar} counts=${queue.counts} label=${queue.name} /></td>
          ${STATES.map((state) => html`<td key=${state} class="number" data-word=${state} data-none=${queue.counts[state] === 0}>${queue.counts[state] === 0 ? html`<span class="zero">0</span>`
            : html`<a href=${`/jobs?queue=${encodeURIComponent(queue.name)}&state=${state}`}>${count(queue.counts[state])}</a>`}</td>`)}
          <td class="number">${queue.oldestRunnableAt ? duration(Math.max(0, now - queue.oldestRunnableAt)) : ""}</td></tr>`)}</tbody>
    </table></div>`;
}

/** @param {{agents: any}} p */
function AgentSum({ agents }) {
  const all = agents.ready + agents.silent + agents.draining + agents.disconnected;
  if (all === 0) {
    return html`<${Empty} text="No agent has joined. On each machine that is to run jobs:"
      command="dray-agent --scheduler HOST:8471 --data-dir DIR --name NAME" />`;
  }
  const words = ["ready", "silent", "draining", "disconnected"].filter((word) => agents[word] > 0);
  return html`
    <p class="agent-words">${words.map((word) => html`<span key=${word} class="agent-state" data-agent=${word}><b>${count(agents[word])}</b> ${word}</span>`)}</p>
    <dl class="meters">
      <div><dt>vCPUs</dt><dd><${Meter} label="vCPUs reserved" part=${agents.reserved.vcpus} whole=${agents.capacity.vcpus}
        text=${`${vcpus(agents.reserved.vcpus).replace(/ .*/, "")} of ${agents.capacity.vcpus} reserved`} /></dd></div>
      <div><dt>Memory</dt><dd><${Meter} label="Memory reserved" part=${agents.reserved.memoryMiB} whole=${agents.capacity.memoryMiB}
        text=${`${mebibytes(agents.reserved.memoryMiB)} of ${mebibytes(agents.capacity.memoryMiB)} reserved`} /></dd></div>
      ${agents.capacity.gpus > 0 ? html`<div><dt>GPUs</dt><dd><${Meter} label="GPUs reserved" part=${agents.reserved.gpus}
        whole=${agents.capacity.gpus} text=${`${agents.reserved.gpus} of ${agents.capacity.gpus} reserved`} /></dd></div>` : null}
    </dl>`;
}

/** @param {{failures: any[], now: number}} p */
function Failures({ failures, now }) {
  if (failures.length === 0) return html`<p class="quiet">No job has failed since the scheduler started.</p>`;
  return html`
    <div class="wide"><table class="failures">
      <thead><tr><th>When</th><th>Job</th><th class="c-queue">Queue</th><th class="number">Exit</th><th class="grow">Why</th><th></th></tr></thead>
      <tbody>${failures.map((failure) => html`
        <tr key=${failure.jobId}><td title=${clock(failure.stoppedAt, 0)}>${ago(failure.stoppedAt, now)}</td>
          <td><${JobLink} id=${failure.jobId} name=${`${failure.name}${placeOf(failure.jobId)}`} /></td>
          <td class="c-queue">${failure.queue}</td><td class="number">${failure.exitCode ?? ""}</td>
          <td class="grow">${failure.reason || failure.statusReason}</td>
          <td>${failure.attempt ? html`<a href=${`${jobPath(failure.jobId)}/log`} aria-label=${`Log of ${failure.name}`}>log</a>` : null}</td></tr>`)}</tbody>
    </table></div>`;
}


// One queue: its counts, what starts next and why, its limits, and what stands in it.
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { get } from "./api.js";
import { useLive } from "./watch.js";
import { OPEN_STATES, STATES } from "./states.js";
import { count } from "./format.js";
import { CountBar, Empty, Facts, Loading, Shape, Trouble } from "./parts.js";
import { JobTable } from "./job_table.js";
import { Front } from "./queue_front.js";
import { RunLimits } from "./queue_limits.js";
import { Shares } from "./shares.js";

/** @param {{name: string}} p */
export function Queue({ name }) {
  useEffect(() => { document.title = `Queue ${name} · Dray`; }, [name]);
  const isOfIt = (/** @type {import("./live.js").Change} */ change) => change.queues.includes(name) || change.overview;
  const { value, error, again } = useLive([name], () => get("/dray/v1/queues"), isOfIt, 1000);
  const open = useLive([name], () => get(`/dray/v1/jobs?queue=${encodeURIComponent(name)}&state=${OPEN_STATES.join(",")}&limit=50`), isOfIt, 1000);
  const queue = value?.queues.find((/** @type {any} */ it) => it.name === name);
  const snapshot = useLive([name, Boolean(queue)], async () => (queue ? get(`/dray/v1/queues/${encodeURIComponent(name)}/snapshot`) : null), isOfIt, 1000);
  if (!value) return error ? html`<h1>${name}</h1><${Trouble} error=${error} />` : html`<${Loading} />`;
  if (!queue) return html`<h1>There is no queue ${name}</h1><p><a href="/">To the overview</a></p>`;
  const link = `/jobs?queue=${encodeURIComponent(name)}`;
  return html`
    <h1>Queue ${name} ${queue.state === "ENABLED" ? null : html`<span class="tag">${queue.state}</span>`}</h1>
    <${Trouble} error=${error ?? open.error ?? snapshot.error} />
    <div class="array-sum"><${CountBar} counts=${queue.counts} label="Jobs" /></div>
    <ul class="totals small">${STATES.map((state) => html`<li key=${state}><a href=${`${link}&state=${state}`} data-state=${state} data-none=${queue.counts[state] === 0}>
      <span class="total-number">${count(queue.counts[state])}</span><span class="total-word"><${Shape} state=${state} />${state}</span></a></li>`)}</ul>
    <${Facts} items=${[["Priority", queue.priority], ["Environments, in order", queue.environments.join(", ")],
      ["Added to every job", queue.environment.map((/** @type {any} */ it) => `${it.name}=${it.value}`).join(" ")]]} />
    ${snapshot.value ? html`<${Front} front=${snapshot.value.front} waiting=${queue.counts.RUNNABLE} />` : null}
    ${snapshot.value?.fairShare ? html`<${Shares} queue=${name} fair=${snapshot.value.fairShare} />` : null}
    <${RunLimits} queue=${queue} again=${again} />
    <section aria-labelledby="open-title"><h2 id="open-title">Not ended, newest first <a class="aside" href=${link}>all jobs of the queue</a></h2>
      ${!open.value ? html`<${Loading} />` : open.value.jobs.length > 0 ? html`<${JobTable} jobs=${open.value.jobs} />`
    : html`<${Empty} text="Nothing waits and nothing runs. To run something here:" command=${`dray run --queue ${name} ${snapshot.value?.fairShare ? "--share NAME --scheduling-priority 1 " : ""}-- echo hello`} />`}</section>`;
}

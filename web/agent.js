// One agent and what runs there.
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { get, jobPath } from "./api.js";
import { useLive, useNow } from "./watch.js";
import { duration, mebibytes, vcpus, placeOf } from "./format.js";
import { AgentState, Cpu, DrainButton, Memory } from "./agents.js";
import { Facts, Loading, State, Trouble } from "./parts.js";

/** @param {{name: string}} p */
export function Agent({ name }) {
  useEffect(() => { document.title = `Agent ${name} · Dray`; }, [name]);
  const now = useNow();
  const { value, error, again } = useLive([name], () => get("/dray/v1/agents"), (change) => change.agents || change.overview, 1000);
  const agent = value?.agents.find((/** @type {any} */ it) => it.name === name);
  const running = useLive([name, Boolean(agent)], async () => (agent ? get(`/dray/v1/agents/${encodeURIComponent(name)}/attempts`) : null), () => true, 1000);
  if (!value) return error ? html`<h1>${name}</h1><${Trouble} error=${error} />` : html`<${Loading} />`;
  if (!agent) return html`<h1>There is no agent ${name}</h1><p><a href="/agents">To the agents</a></p>`;
  const attempts = running.value?.attempts ?? [];
  return html`
    <div class="title"><div><h1>Agent ${name} <${AgentState} agent=${agent} /></h1></div>
      <div class="actions"><${DrainButton} agent=${agent} again=${again} /></div></div>
    <${Trouble} error=${error ?? running.error} />
    <${Facts} items=${[["Environment", agent.environment], ["vCPUs reserved", html`<${Cpu} agent=${agent} />`], ["Memory reserved", html`<${Memory} agent=${agent} />`],
      ["GPUs", agent.capacity.gpus || null], ["Given ahead", agent.attemptsAhead || null]]} />
    <section aria-labelledby="running-title"><h2 id="running-title">Running here</h2>
      ${attempts.length === 0 ? html`<p class="quiet">Nothing.</p>` : html`
      <div class="wide"><table><thead><tr><th>State</th><th class="grow">Job</th><th>Queue</th><th class="number">Attempt</th><th class="number">For</th><th>Reserved</th></tr></thead>
        <tbody>${attempts.map((/** @type {any} */ it) => html`<tr key=${it.jobId}><td><${State} state=${it.state} /></td>
          <td class="grow"><a href=${jobPath(it.jobId)}>${it.name}${placeOf(it.jobId)}</a></td><td>${it.queue}</td>
          <td class="number">${it.attempt}</td><td class="number">${it.startedAt ? duration(now - it.startedAt) : ""}</td>
          <td>${vcpus(it.vcpus)}, ${mebibytes(it.memoryMiB)}</td></tr>`)}</tbody></table></div>`}</section>`;
}

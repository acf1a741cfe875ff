// All agents: whether they are heard, what they have, what of it is reserved.
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { get, post } from "./api.js";
import { useLive } from "./watch.js";
import { count, duration, mebibytes } from "./format.js";
import { mayDrain } from "./allowed.js";
import { caller } from "./session.js";
import { useAct } from "./act.js";
import { Empty, Loading, Meter, Trouble } from "./parts.js";

const useAgents = () => useLive([], () => get("/dray/v1/agents"), (change) => change.agents || change.overview, 1000);

export function Agents() {
  useEffect(() => { document.title = "Agents · Dray"; }, []);
  const { value, error, again } = useAgents();
  if (!value) return error ? html`<h1>Agents</h1><${Trouble} error=${error} />` : html`<${Loading} />`;
  return html`
    <h1>Agents</h1><${Trouble} error=${error} />
    ${value.agents.length === 0 ? html`<${Empty} text="No agent has joined. On each machine that is to run jobs:"
      command="dray-agent --scheduler HOST:8471 --data-dir DIR --name NAME" />` : html`
    <div class="wide"><table class="agents">
      <thead><tr><th>Agent</th><th>State</th><th>Environment</th><th>vCPUs reserved</th><th>Memory reserved</th><th class="number">Running</th><th class="number" title="Sent to the agent before it has room, so that it never idles">Given ahead</th><th class="grow"></th></tr></thead>
      <tbody>${value.agents.map((/** @type {any} */ agent) => html`
        <tr key=${agent.name}><td><a href=${`/agents/${encodeURIComponent(agent.name)}`}>${agent.name}</a></td>
          <td><${AgentState} agent=${agent} /></td><td>${agent.environment}</td>
          <td data-word="vCPUs"><${Cpu} agent=${agent} /></td><td><${Memory} agent=${agent} /></td>
          <td class="number" data-word="running">${count(agent.attemptsLive)}</td><td class="number" data-word="given ahead">${count(agent.attemptsAhead)}</td>
          <td class="number grow"><${DrainButton} agent=${agent} again=${again} /></td></tr>`)}</tbody></table></div>`}`;
}

/** @param {{agent: any}} p */
export const AgentState = ({ agent }) => html`
  <span class="agent-state" data-agent=${agent.state}>${agent.state}</span>${agent.state === "silent" && agent.silentForMs ? html` <span class="aside">for ${duration(agent.silentForMs)}</span>` : null}`;

/** @param {{agent: any}} p */
export const Cpu = ({ agent }) => html`<${Meter} label="vCPUs reserved" part=${agent.reserved.vcpus} whole=${agent.capacity.vcpus}
  text=${`${agent.reserved.vcpus} of ${agent.capacity.vcpus}`} />`;

/** @param {{agent: any}} p */
export const Memory = ({ agent }) => html`<${Meter} label="Memory reserved" part=${agent.reserved.memoryMiB} whole=${agent.capacity.memoryMiB}
  text=${`${mebibytes(agent.reserved.memoryMiB)} of ${mebibytes(agent.capacity.memoryMiB)}`} />`;

/** Draining takes nothing away: what runs goes on. @param {{agent: any, again: () => void}} p */
export function DrainButton({ agent, again }) {
  const acting = useAct(again);
  if (!mayDrain(caller.value)) return null;
  const what = agent.isDraining ? "undrain" : "drain";
  return html`
    ${acting.error ? html`<span class="trouble" role="alert">${acting.error.message}</span> ` : null}
    <button title=${agent.isDraining ? "Give it work again" : "Give it no new work; what runs goes on"} aria-label=${`${agent.isDraining ? "Undrain" : "Drain"} ${agent.name}`}
      onClick=${() => acting.act(() => post(`/dray/v1/agents/${encodeURIComponent(agent.name)}/${what}`))}>
      ${agent.isDraining ? "Undrain" : "Drain"}</button>`;
}

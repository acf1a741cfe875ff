// Why a job does not run: the sentence, what would make it start, and each agent with what it is short of.
import { html } from "./html.js";
import { get, idPath } from "./api.js";
import { useLive } from "./watch.js";
import { count, mebibytes, vcpus } from "./format.js";
import { Trouble } from "./parts.js";

const VERDICTS = {
  FITS: "has room", BUSY: "is busy", TOO_SMALL: "is too small", SILENT: "is not heard", DRAINING: "is draining",
  CAPPED: "environment is at its cap", RESERVED: "is kept for another job",
};
const LONG = 8;

/** @param {{id: string, job: any}} p */
export function Explain({ id, job }) {
  const { value, error } = useLive([id, job.status], () => get(`/dray/v1/jobs/${idPath(id)}/explain`), () => true, 1000);
  if (error) return html`<${Trouble} error=${error} />`;
  if (!value || value.code === "NOT_WAITING") return null;
  const agents = value.agents ?? [];
  return html`
    <section class="explain" aria-labelledby="why-title" data-code=${value.code}>
      <h2 id="why-title" class="sr">Why it does not run yet</h2>
      <p class="sentence">${value.sentence}</p>
      <p class="aside">${value.position ? `Place ${count(value.position)} in the order of dispatch. ` : ""}
        ${value.blockers?.length ? html`Waits for ${value.blockers.slice(0, LONG).map((/** @type {string} */ it, /** @type {number} */ i) => html`${i ? ", " : ""}<a href=${`/jobs/${it}`}><code>${it.slice(0, 8)}</code></a>`)}${value.blockers.length > LONG ? ` and ${value.blockers.length - LONG} more` : ""}.` : ""}</p>
      ${value.wouldStartIf?.length ? html`<${WouldStart} sentences=${value.wouldStartIf} />` : null}
      ${agents.length === 0 ? null : html`<${AgentTable} agents=${agents} />`}
    </section>`;
}

/** Each is enough for itself.
 * @param {{sentences: string[]}} p */
function WouldStart({ sentences }) {
  return html`<h3>It would start if</h3><ul class="would-start">${sentences.map((it) => html`<li key=${it}>${parts(it)}</li>`)}</ul>`;
}

/** Commands in backquotes are shown as such. @param {string} sentence */
function parts(sentence) {
  return sentence.split("`").map((it, i) => (i % 2 === 1 ? html`<code>${it}</code>` : it));
}

/** @param {{agents: any[]}} p */
function AgentTable({ agents }) {
  const rows = (/** @type {any[]} */ some) => some.map((agent) => html`
    <tr key=${agent.agent}><td><a href=${`/agents/${encodeURIComponent(agent.agent)}`}>${agent.agent}</a></td>
      <td>${VERDICTS[/** @type {keyof VERDICTS} */ (agent.verdict)] ?? agent.verdict}</td><td>${shortOf(agent.shortOf)}</td>
      <td>${vcpus(agent.free.vcpus)}, ${mebibytes(agent.free.memoryMiB)}</td><td class="grow">${vcpus(agent.capacity.vcpus)}, ${mebibytes(agent.capacity.memoryMiB)}</td></tr>`);
  const table = (/** @type {any[]} */ some) => html`
    <div class="wide"><table><thead><tr><th>Agent</th><th>Now</th><th>Short of</th><th>Free</th><th class="grow">Capacity</th></tr></thead><tbody>${rows(some)}</tbody></table></div>`;
  if (agents.length <= LONG) return table(agents);
  return html`${table(agents.slice(0, LONG))}<details><summary>${agents.length - LONG} more agents</summary>${table(agents.slice(LONG))}</details>`;
}

/** @param {{vcpus: number, memoryMiB: number, gpus: number}} amount */
function shortOf(amount) {
  const words = [];
  if (amount?.vcpus > 0) words.push(vcpus(amount.vcpus));
  if (amount?.memoryMiB > 0) words.push(mebibytes(amount.memoryMiB));
  if (amount?.gpus > 0) words.push(`${amount.gpus} GPU${amount.gpus > 1 ? "s" : ""}`);
  return words.join(", ");
}

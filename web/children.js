// An array's children: the map, those in one state, and the failures by cause.
import { html } from "./html.js";
import { get, idPath } from "./api.js";
import { route, withQuery } from "./route.js";
import { useLive } from "./watch.js";
import { LETTERS, STATES } from "./states.js";
import { count } from "./format.js";
import { actionsOf } from "./allowed.js";
import { caller } from "./session.js";
import { childrenIn, childWords } from "./child_runs.js";
import { askRerun } from "./job_actions.js";
import { HeatMap } from "./heatmap.js";
import { Loading, Shape, Trouble } from "./parts.js";

const LISTED = 200;

/** @param {{id: string, job: any, acting: import("./act.js").Acting}} p */
export function Children({ id, job, acting }) {
  const { value, error } = useLive([id], () => get(`/dray/v1/jobs/${idPath(id)}/children`), (change) => change.jobs.includes(id), 500);
  const counts = job.arrayProperties.statusSummary;
  const summary = STATES.filter((state) => counts[state] > 0).map((state) => `${count(counts[state])} ${state}`).join(", ");
  const only = route.value.query.get("children") ?? "";
  return html`
    <section aria-labelledby="children-title"><h2 id="children-title">Children</h2>
      <${Trouble} error=${error} />
      ${value ? html`<${HeatMap} id=${id} states=${value.states} summary=${summary} only=${only} />` : error ? null : html`<${Loading} />`}
      <ul class="legend">${STATES.filter((state) => counts[state] > 0 || state === only).map((state) => html`
        <li key=${state}><a class="chip" aria-current=${state === only ? "true" : undefined} href=${withQuery({ children: state === only ? null : state })}>
          <span class="cell" data-state=${state}></span><${Shape} state=${state} />${state} ${count(counts[state] ?? 0)}</a></li>`)}</ul>
      ${value && only ? html`<${Chosen} id=${id} states=${value.states} only=${only} />` : null}
    </section>
    ${value?.causes?.length ? html`<${Causes} job=${job} causes=${value.causes} leftOut=${value.causesLeftOut} acting=${acting} />` : null}`;
}

/** The children in one state as links. @param {{id: string, states: string, only: string}} p */
function Chosen({ id, states, only }) {
  const letter = Object.keys(LETTERS).find((it) => LETTERS[it] === only) ?? "";
  const found = [];
  let all = 0;
  for (let i = letter ? states.indexOf(letter) : -1; i >= 0; i = states.indexOf(letter, i + 1)) {
    all += 1;
    if (found.length < LISTED) found.push(i);
  }
  return html`
    <p class="chosen"><span class="aside">${only}:</span> ${found.length === 0 ? "none" : found.map((index) => html`
      <a key=${index} href=${`/jobs/${id}:${index}`} aria-label=${`Child ${index}`}>${index}</a>`)}
      ${all > found.length ? html`<span class="aside">and ${count(all - found.length)} more</span>` : null}</p>`;
}

/** @param {{job: any, causes: any[], leftOut?: number, acting: import("./act.js").Acting}} p */
function Causes({ job, causes, leftOut, acting }) {
  const id = job.jobId;
  const canRerun = actionsOf(job, caller.value).rerun > 0;
  return html`
    <section aria-labelledby="causes-title"><h2 id="causes-title">Failures by cause</h2>
      <div class="wide"><table>
        <thead><tr><th class="number">Children</th><th class="number">Exit</th><th class="grow">Why</th><th>Which</th><th>Example</th>${canRerun ? html`<th><span class="sr">To do</span></th>` : null}</tr></thead>
        <tbody>${causes.map((cause, i) => html`
          <tr key=${i}><td class="number">${count(cause.count)}</td><td class="number">${cause.exitCode ?? ""}</td>
            <td class="grow">${cause.reason || cause.statusReason}</td><td class="indexes"><code>${cause.indexes}</code></td>
            <td><a href=${`/jobs/${id}:${cause.example}`}>child ${cause.example}</a>, <a href=${`/jobs/${id}:${cause.example}/log`}>its log</a></td>
            ${canRerun ? html`<td><${RerunButton} job=${job} cause=${cause} acting=${acting} /></td>` : null}</tr>`)}</tbody>
      </table></div>
      ${leftOut ? html`<p class="aside">And ${count(leftOut)} rarer causes.</p>` : null}</section>`;
}

/** Of very many failures only the first ones are named. @param {{job: any, cause: any, acting: import("./act.js").Acting}} p */
function RerunButton({ job, cause, acting }) {
  const named = childrenIn(cause.indexes);
  const words = named < cause.count ? `Run first ${count(named)} again` : "Run again";
  const which = cause.count === 1 ? childWords(cause.indexes) : `${count(cause.count)} children`;
  return html`
    <button aria-label=${`${words}: ${which} with this cause`} onClick=${() => askRerun({ job, children: cause.indexes, acting })}>${words} …</button>`;
}

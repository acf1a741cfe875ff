// What happened to a job, and when: asked for when somebody opens it.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { get, idPath } from "./api.js";
import { useLive } from "./watch.js";
import { clock, parentOf } from "./format.js";
import { Trouble } from "./parts.js";

/** @param {{id: string, job: any}} p */
export function History({ id, job }) {
  const [isOpen, open] = useState(false);
  return html`
    <details class="history"
      onToggle=${(/** @type {any} */ event) => open(event.currentTarget.open)}>
      <summary>History</summary>
      ${isOpen ? html`<${Entries} id=${id} job=${job} />` : null}
    </details>`;
}

/** @param {{id: string, job: any}} p */
function Entries({ id, job }) {
  const path = `/dray/v1/jobs/${idPath(id)}/history`;
  const { value, error } = useLive([id, job.status], () => get(path), (change) => change.jobs.includes(parentOf(id)), 1000);
  if (error) return html`<${Trouble} error=${error} />`;
  if (!value) return null;
  return html`
    <div class="wide"><table><thead><tr><th>When</th><th>What</th><th>Attempt</th><th class="grow">Why</th></tr></thead>
      <tbody>${value.history.map((/** @type {any} */ it, /** @type {number} */ i) => html`
        <tr key=${i}><td>${clock(it.at)}</td><td>${what(it)}</td><td>${it.attempt ?? ""}</td>
          <td class="grow">${it.reason ?? ""}</td></tr>`)}</tbody></table></div>`;
}

/** @param {any} entry */
function what(entry) {
  if (entry.request) return `${entry.request.toLowerCase()} asked for${entry.by ? ` by ${entry.by}` : ""}`;
  return `${entry.status}${entry.isEstimate ? " (about)" : ""}`;
}

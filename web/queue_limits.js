// How many jobs of a queue may run at once: all together, and those of one name.
import { html } from "./html.js";
import { post } from "./api.js";
import { mayChangeQueues } from "./allowed.js";
import { caller } from "./session.js";
import { count } from "./format.js";
import { confirmWith } from "./dialog.js";
import { Outcome, useAct } from "./act.js";

/** @typedef {import("./act.js").Acting} Acting */

/** @param {{queue: any, again: () => void}} p */
export function RunLimits({ queue, again }) {
  const acting = useAct(again);
  const may = mayChangeQueues(caller.value);
  const names = Object.entries(queue.jobNames ?? {});
  const runs = queue.counts.STARTING + queue.counts.RUNNING;
  return html`
    <section aria-labelledby="limits-title"><h2 id="limits-title">Run limits</h2>
      <${Outcome} acting=${acting} />
      <div class="wide"><table class="limits">
        <thead><tr><th>Jobs</th><th>At once, at most</th><th class=${may ? "" : "grow"}>Run now</th>${may ? html`<th class="grow"><span class="sr">To do</span></th>` : null}</tr></thead>
        <tbody>
          <tr><th scope="row">all of the queue</th><td>${queue.maxRunning ? count(queue.maxRunning) : html`<span class="quiet">no limit</span>`}</td><td>${count(runs)}</td>
            ${may ? html`<td class="grow"><button aria-label="Change the limit of the queue" onClick=${() => askForAll(queue, acting)}>Change …</button></td>` : null}</tr>
          ${names.map(([name, most]) => html`
            <tr key=${name}><th scope="row"><code>${name}</code></th><td>${count(Number(most))}</td><td></td>
              ${may ? html`<td class="grow"><button aria-label=${`Change the limit of ${name}`} onClick=${() => askForName(queue, acting, name, Number(most))}>Change …</button></td>` : null}</tr>`)}
        </tbody></table></div>
      ${may ? html`<p class="below"><button onClick=${() => askForName(queue, acting)}>Limit jobs of a name …</button></p>` : null}
    </section>`;
}

const WHAT = "Children of arrays count one by one. It counts from now on and ends nothing that has begun.";

/** @param {any} queue @param {unknown} limits */
const put = (queue, limits) => post(`/dray/v1/queues/${encodeURIComponent(queue.name)}/concurrency`, limits);

/** @param {any} queue @param {Acting} acting */
function askForAll(queue, acting) {
  confirmWith({
    title: `Limit of queue ${queue.name}`, text: `${WHAT} Empty lifts it.`,
    fields: [{ name: "most", label: "Jobs that run at once, at most", value: queue.maxRunning, isNumber: true }],
    action: "Set the limit", keep: "Leave it", isSafe: true,
    run: async ({ most }) => {
      await put(queue, { maxRunning: Number(most) });
      acting.say(Number(most) > 0 ? "Limit set." : "Limit lifted.");
    },
  });
}

/** @param {any} queue @param {Acting} acting @param {string} [known] @param {number} [now] */
function askForName(queue, acting, known, now) {
  const number = { name: "most", label: "That run at once, at most", value: now, isNumber: true, isRequired: !known };
  confirmWith({
    title: known ? `Limit of jobs named ${known}` : "Limit jobs of a name", text: known ? `${WHAT} Empty lifts it.` : WHAT,
    fields: known ? [number] : [{ name: "name", label: "Name of the jobs", isRequired: true }, number],
    action: "Set the limit", keep: "Leave it", isSafe: true,
    run: async ({ name = known ?? "", most }) => {
      await put(queue, { jobNames: { [name]: Number(most) } });
      acting.say(Number(most) > 0 ? `Limit of ${name} set.` : `Limit of ${name} lifted.`);
    },
  });
}

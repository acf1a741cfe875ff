// What can be done to a job, as buttons: those that can work now and that the user may press.
import { html } from "./html.js";
import { idPath, post } from "./api.js";
import { actionsOf } from "./allowed.js";
import { caller } from "./session.js";
import { hasEnded } from "./states.js";
import { count, parentOf, placeOf } from "./format.js";
import { confirmWith, reasonField } from "./dialog.js";
import { childrenIn, childWords } from "./child_runs.js";
import { watchJob, watched } from "./watched.js";

/** @typedef {import("./act.js").Acting} Acting */

/** @param {{job: any, acting: Acting}} p */
export function Actions({ job, acting }) {
  const id = job.jobId;
  const can = actionsOf(job, caller.value);
  const isWatched = watched.value === id;
  const isArray = job.arrayProperties?.size > 0;
  return html`
    <div class="actions">
      ${hasEnded(job.status) ? null : html`
        <button aria-pressed=${isWatched} onClick=${() => watchJob(isWatched ? null : id)}>${isWatched ? "Watched" : "Watch"}</button>`}
      ${can.hold || can.release ? html`<${HoldButton} job=${job} isHeld=${can.release} acting=${acting} />` : null}
      ${can.limits ? html`<button onClick=${() => askLimits(job, acting)}>Limits …</button>` : null}
      ${can.rerun > 0 ? html`<button onClick=${() => askRerun({ job, children: isArray ? "" : placeOf(id).slice(1), acting })}>${isArray ? "Run the failed children again …" : "Run again …"}</button>` : null}
      <${Endings} job=${job} can=${can} acting=${acting} />
    </div>`;
}

/** One button for both, so that whoever pressed it by key is still at it.
 * @param {{job: any, isHeld: boolean, acting: Acting}} p */
function HoldButton({ job, isHeld, acting }) {
  const change = (/** @type {string} */ what) => post(`/dray/v1/jobs/${idPath(job.jobId)}/${what}`);
  const [what, word, note] = isHeld ? ["release", "Release", "Released."] : ["hold", "Hold", "Held."];
  return html`
    <button title=${isHeld ? "Let it start" : job.arrayProperties?.size > 0 ? "Start no more children until it is released; what runs goes on" : "Do not start it until it is released"}
      onClick=${() => acting.act(() => change(what), note)}>${word}</button>`;
}

/** @param {{job: any, can: ReturnType<typeof actionsOf>, acting: Acting}} p */
function Endings({ job, can, acting }) {
  const isArray = job.arrayProperties?.size > 0;
  const end = (/** @type {string} */ operation) => async (/** @type {Record<string, string>} */ { reason }) => {
    await post(`/v1/${operation}`, { jobId: job.jobId, reason });
    acting.say("");
  };
  return html`
    ${can.cancel ? html`<button onClick=${() => confirmWith({
      title: `Cancel ${job.jobName}?`, text: isArray ? "Children that have not started will not; those that run go on." : "It has not started and will not.",
      fields: [reasonField("Cancelled from the page")], action: "Cancel the job", run: end("canceljob") })}>Cancel …</button>` : null}
    ${can.terminate ? html`<button class="danger" onClick=${() => confirmWith({
      title: `Terminate ${job.jobName}?`, text: isArray ? "All children that have not ended are ended: running ones get SIGTERM and, 30 s later, SIGKILL."
        : "If it runs, it gets SIGTERM and, 30 s later, SIGKILL.",
      fields: [reasonField("Terminated from the page")], action: "Terminate the job", run: end("terminatejob") })}>Terminate …</button>` : null}`;
}

/** @param {any} job @param {Acting} acting */
function askLimits(job, acting) {
  confirmWith({
    title: `Limits of ${job.jobName}`, text: "They count from now on and end nothing that has begun. Leave one empty to lift it.",
    fields: [{ name: "maxRunning", label: "Children that run at once, at most", value: job.dray?.maxRunning, isNumber: true },
      { name: "maxFailures", label: "Stop after so many failures", value: job.dray?.maxFailures, isNumber: true,
        hint: "Then nothing more of the array is started: what waits fails, what runs goes on to its end." }],
    action: "Set the limits", keep: "Leave them", isSafe: true,
    run: async ({ maxRunning, maxFailures }) => {
      await post(`/dray/v1/jobs/${idPath(job.jobId)}/limits`, { maxRunning: Number(maxRunning), maxFailures: Number(maxFailures) });
      acting.say("Limits set.");
    },
  });
}

/** Of the array of the job, or of the array whose child the job is.
 * @param {{job: any, children: string, acting: Acting}} p children like "3,7-9", or "" for all that failed */
export function askRerun({ job, children, acting }) {
  const failed = children === "" ? job.arrayProperties.statusSummary.FAILED : childrenIn(children);
  const which = children === "" || failed > 1 ? `${count(failed)} failed ${failed === 1 ? "child" : "children"}` : childWords(children);
  confirmWith({
    title: `Run ${which} of ${job.jobName} again?`,
    text: "With new attempts, in the same array. Left out are children whose turn comes after one that stays failed, and those whose end has let another job go.",
    action: failed === 1 ? "Run it again" : "Run them again", keep: "Leave it", isSafe: true,
    run: async () => {
      const answer = await post(`/dray/v1/jobs/${idPath(parentOf(job.jobId))}/rerun`, children === "" ? {} : { children });
      acting.say(answer.children === 1 ? "1 child runs again." : `${count(answer.children)} children run again.`);
    },
  });
}

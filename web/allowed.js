// What the signed-in user may do, and what can work now: only that is offered. Pure. The scheduler
// decides (api/server/authorize.cc); this spares people a refusal.
import { hasEnded } from "./states.js";

/** @typedef {{role: string, queues: string} | null | undefined} Who */

const ROLES = ["viewer", "submitter", "operator", "admin"];

/** @param {Who} who @param {string} role */
const isAtLeast = (who, role) => who !== null && who !== undefined && ROLES.indexOf(who.role) >= ROLES.indexOf(role);

/** @param {Who} who */
export const mayChangeJobs = (who) => isAtLeast(who, "submitter");
/** @param {Who} who */
export const mayChangeQueues = (who) => isAtLeast(who, "operator");
/** Agents serve all queues. @param {Who} who */
export const mayDrain = (who) => isAtLeast(who, "operator") && who?.queues === "*";

const NOT_STARTED = ["SUBMITTED", "PENDING", "RUNNABLE"];

/** Nothing of it starts, or starts again. A child that runs goes on in a held array.
 * @param {any} job */
export const isHeld = (job) => Boolean(job.dray?.isHeld) && !hasEnded(job.status) &&
  (NOT_STARTED.includes(job.status) || !/[:#]/.test(job.jobId));

/** What can be done to a job, as DescribeJobs tells it. `rerun` is how many children could run again.
 * @param {any} job @param {Who} who */
export function actionsOf(job, who) {
  const may = mayChangeJobs(who);
  const isOpen = !hasEnded(job.status);
  const isEnding = isOpen && Boolean(job.isCancelled || job.isTerminated);
  const isWhole = !/[:#]/.test(job.jobId);
  const isArray = job.arrayProperties?.size > 0;
  const hasHold = Boolean(job.dray?.isHeld);
  const waits = NOT_STARTED.includes(job.status);
  const isChild = job.arrayProperties?.index !== undefined;
  const failed = isArray ? job.arrayProperties.statusSummary?.FAILED ?? 0 : isChild && job.status === "FAILED" ? 1 : 0;
  return {
    hold: may && isWhole && isOpen && !isEnding && !hasHold && (waits || isArray),
    release: may && isWhole && isOpen && hasHold,
    limits: may && isWhole && isArray && isOpen && !isEnding,
    rerun: may && !isEnding ? failed : 0,
    cancel: may && waits,
    terminate: may && isOpen,
  };
}

// The attempts of a job, and the spans of its timeline. Pure.
import { hasEnded } from "./states.js";

/** @typedef {{attempt: number, waitFrom: number, from: number, to: number, state: string}} Span */

/** Ended and live attempts in one list: AWS tells times and codes of ended ones, `dray` the rest.
 * @param {any} job @returns {any[]} */
export function attemptsOf(job) {
  const all = (job.dray?.attempts ?? []).map((/** @type {any} */ it) => ({ ...it }));
  const ended = (job.attempts ?? []).filter((/** @type {any} */ it) => it.dray);
  for (const attempt of ended) {
    const mine = all.find((/** @type {any} */ it) => it.attempt === attempt.dray.attempt);
    const facts = { startedAt: attempt.startedAt, stoppedAt: attempt.stoppedAt, exitCode: attempt.container?.exitCode ?? attempt.dray.exitCode,
      reason: attempt.container?.reason ?? attempt.dray.reason, statusReason: attempt.statusReason };
    if (mine) Object.assign(mine, facts);
    else all.push({ ...attempt.dray, ...facts });
  }
  for (const attempt of all) {
    if (attempt.state === "RUNNING" && !attempt.startedAt) attempt.startedAt = job.startedAt;
  }
  return all.sort((/** @type {any} */ a, /** @type {any} */ b) => a.attempt - b.attempt);
}

/** One span an attempt that has begun; and one for a job that has not.
 * @param {any} job @param {number} end @returns {Span[]} */
export function spansOf(job, end) {
  let free = job.createdAt;
  /** @type {Span[]} */
  const spans = [];
  for (const it of attemptsOf(job)) {
    if (!it.startedAt) continue;
    const to = it.stoppedAt ?? end;
    const state = it.state !== "ENDED" ? "RUNNING" : it.outcome === "SUCCEEDED" ? "SUCCEEDED" : "FAILED";
    spans.push({ attempt: it.attempt, waitFrom: free, from: it.startedAt, to: Math.max(to, it.startedAt), state });
    free = Math.max(to, it.startedAt);
  }
  if (!hasEnded(job.status) && spans.at(-1)?.state !== "RUNNING") {
    spans.push({ attempt: (spans.at(-1)?.attempt ?? 0) + 1, waitFrom: free, from: end, to: end, state: "" });
  }
  return spans;
}

// AWS's seven states of a job: word, letter in a children string, and whether it has ended.

/** In the order of a job's life. */
export const STATES = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"];
export const OPEN_STATES = STATES.slice(0, 5);

/** Letters of `GET /dray/v1/jobs/ID/children`. @type {Record<string, string>} */
export const LETTERS = {
  S: "SUBMITTED", P: "PENDING", R: "RUNNABLE", T: "STARTING", U: "RUNNING", O: "SUCCEEDED", F: "FAILED",
};

/** Shapes differ as well as colours, so that a state can be told without seeing colour. */
export const SHAPES = {
  SUBMITTED: "M8 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6",
  PENDING: "M4.6 3.4v9.2M11.4 3.4v9.2",
  RUNNABLE: "M8 2.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 2.8M8 5.2V8l2 1.6",
  STARTING: "M3.4 8h8M8 4.2 11.8 8 8 11.8",
  RUNNING: "M5 3.2v9.6L12.6 8z",
  SUCCEEDED: "m3 8.4 3.4 3.4L13 5",
  FAILED: "m4 4 8 8m0-8-8 8",
};

/** @param {string} state */
export const hasEnded = (state) => state === "SUCCEEDED" || state === "FAILED";

/** @param {Record<string, number>} counts */
export const totalOf = (counts) => STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);

/** Of an array: what one word says best. @param {Record<string, number>} counts */
export function endedOf(counts) {
  return (counts.SUCCEEDED ?? 0) + (counts.FAILED ?? 0);
}

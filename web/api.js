// Talking to the scheduler: Dray's own paths for reading, AWS Batch's operations for the rest.
import { signal } from "@preact/signals";

/** True when the scheduler does not know who asks, any more or yet. */
export const callerGone = signal(false);

export class ApiError extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** How far the scheduler's clock is ahead of this machine's, in ms; seconds are not worth a correction. */
export let clockAhead = 0;

/** @param {Response} answer */
function readClock(answer) {
  const ahead = Date.parse(answer.headers.get("Date") ?? "") - Date.now();
  clockAhead = Math.abs(ahead) > 3_000 ? ahead : 0;
}

/** @param {Response} answer */
async function body(answer) {
  const text = await answer.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : {};
  } catch {
    // Not ours: a proxy's page, perhaps.
  }
  if (!answer.ok) {
    // Who may not do one thing is signed in all the same.
    if (answer.status === 403 && answer.headers.get("x-amzn-errortype") !== "AccessDeniedException") callerGone.value = true;
    throw new ApiError(json?.message ?? json?.Message ?? `The scheduler answered ${answer.status}.`, answer.status);
  }
  return json;
}

/** @param {string} path @param {RequestInit} [how] */
async function ask(path, how) {
  let answer;
  try {
    answer = await fetch(path, how);
  } catch {
    throw new ApiError("The scheduler cannot be reached.", 0);
  }
  readClock(answer);
  return answer;
}

/** No page of others can send it: what changes things needs it beside the cookie. */
const OURS = { "X-Requested-By": "dray" };

/** @param {string} path */
export const get = async (path) => body(await ask(path));

/** @param {string} path @param {unknown} [value] */
export const post = async (path, value = {}) =>
  body(await ask(path, { method: "POST", headers: { "Content-Type": "application/json", ...OURS }, body: JSON.stringify(value) }));

/** @param {string} path */
export const remove = async (path) => body(await ask(path, { method: "DELETE", headers: OURS }));

/** Bytes with the headers that came with them. @param {string} path */
export async function getBytes(path) {
  const answer = await ask(path);
  if (!answer.ok) await body(answer);
  return { bytes: new Uint8Array(await answer.arrayBuffer()), headers: answer.headers };
}

/** A uuid stays as it is, a colon of a child too. @param {string} id */
export const idPath = (id) => encodeURIComponent(id).replaceAll("%3A", ":");
/** The page of a job, a child ("ID:3") or a node ("ID#3"). @param {string} id */
export const jobPath = (id) => `/jobs/${idPath(id)}`;

/** @param {string[]} ids */
export const describeJobs = async (ids) => (await post("/v1/describejobs", { jobs: ids })).jobs;

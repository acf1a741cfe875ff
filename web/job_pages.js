// A page of the list of jobs, and how it stays still under the eyes of who reads it.
import { useEffect, useRef, useState } from "preact/hooks";
import { describeJobs, get } from "./api.js";
import { nameOf } from "./format.js";

/** @typedef {{asked: string, jobs: any[], nextToken?: string}} Page */

const PAGE = 100;
/** Of pieces that a rare filter may need to fill a page; each looks at thousands of jobs. */
const PIECES_MAX = 8;

/** @param {URLSearchParams} asked @returns {Promise<Page>} */
export async function fetchPage(asked) {
  const jobs = [];
  let after = asked.get("after");
  for (let piece = 0; ; piece += 1) {
    const query = new URLSearchParams(asked);
    query.set("limit", String(PAGE - jobs.length));
    if (after) query.set("after", after);
    const answer = await get(`/dray/v1/jobs?${query}`);
    jobs.push(...answer.jobs);
    after = answer.nextToken;
    if (!after || jobs.length >= PAGE || piece + 1 >= PIECES_MAX) return { asked: asked.toString(), jobs, nextToken: after ?? undefined };
  }
}

/** A row of the list out of what DescribeJobs tells. @param {any} job @param {any} old */
const rowOf = (job, old) => ({
  ...old, state: job.status, queue: nameOf(job.jobQueue), startedAt: job.startedAt, stoppedAt: job.stoppedAt, statusReason: job.statusReason,
  exitCode: job.container?.exitCode, array: old.array && { ...old.array, counts: job.arrayProperties?.statusSummary ?? old.array.counts },
});

/** Whether somebody is at the rows: then none moves. */
const isRead = () => scrollY > 40 || document.querySelector("table.jobs:hover, table.jobs:focus-within") !== null;

/** Rows are patched where they stand; new ones wait while somebody reads.
 * @param {string} key of the filters @param {Page | null} page @param {boolean} isFirst
 * @returns {{rows: any[] | null, fresh: number, show: () => void}} */
export function useSteadyRows(key, page, isFirst) {
  const [rows, setRows] = useState(/** @type {any[] | null} */ (null));
  const [fresh, setFresh] = useState(0);
  const shown = useRef({ key: "", rows: /** @type {any[]} */ ([]) });
  /** @param {any[]} next */
  const put = (next, waiting = 0) => {
    shown.current = { key, rows: next };
    setRows(next);
    setFresh(waiting);
  };
  useEffect(() => {
    if (page?.asked !== key) return undefined;  // Still the one before.
    const old = shown.current;
    if (old.key !== key || old.rows.length === 0 || !isFirst || !isRead()) {
      put(page.jobs);
      return undefined;
    }
    let isOver = false;
    const found = new Map(page.jobs.map((job) => [job.jobId, job]));
    const gone = old.rows.filter((row) => !found.has(row.jobId));
    const known = new Set(old.rows.map((row) => row.jobId));
    const newest = old.rows[0].createdAt;
    const waiting = page.jobs.filter((job) => !known.has(job.jobId) && job.createdAt >= newest).length;
    put(old.rows.map((row) => found.get(row.jobId) ?? row), waiting);
    if (gone.length > 0) {
      describeJobs(gone.map((row) => row.jobId)).then((jobs) => {
        if (isOver) return;
        const told = new Map(jobs.map((/** @type {any} */ job) => [job.jobId, job]));
        put(shown.current.rows.map((row) => (told.has(row.jobId) ? rowOf(told.get(row.jobId), row) : row)), waiting);
      }).catch(() => {});
    }
    return () => { isOver = true; };
  }, [key, page]);
  return { rows, fresh, show: () => { scrollTo(0, 0); if (page) put(page.jobs); } };
}

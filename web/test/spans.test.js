import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptsOf, spansOf } from "../spans.js";

const ended = (/** @type {number} */ attempt, /** @type {number} */ startedAt, /** @type {number} */ stoppedAt, outcome = "FAILED") => ({
  startedAt, stoppedAt, container: { exitCode: 1 }, dray: { attempt, state: "ENDED", outcome } });

test("each attempt waits from the end of the one before", () => {
  const job = { status: "SUCCEEDED", createdAt: 0, attempts: [ended(1, 10, 20), ended(2, 50, 60, "SUCCEEDED")] };
  assert.deepEqual(spansOf(job, 60), [
    { attempt: 1, waitFrom: 0, from: 10, to: 20, state: "FAILED" },
    { attempt: 2, waitFrom: 20, from: 50, to: 60, state: "SUCCEEDED" },
  ]);
});

test("what waits again has a span that has not begun", () => {
  const spans = spansOf({ status: "RUNNABLE", createdAt: 0, attempts: [ended(1, 10, 20)] }, 100);
  assert.deepEqual(spans.at(-1), { attempt: 2, waitFrom: 20, from: 100, to: 100, state: "" });
});

test("a running attempt has the job's start", () => {
  const job = { status: "RUNNING", createdAt: 0, startedAt: 7, attempts: [], dray: { attempts: [{ attempt: 1, state: "RUNNING", agent: "a" }] } };
  assert.equal(attemptsOf(job)[0].startedAt, 7);
  assert.deepEqual(spansOf(job, 9), [{ attempt: 1, waitFrom: 0, from: 7, to: 9, state: "RUNNING" }]);
});

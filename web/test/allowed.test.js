import assert from "node:assert/strict";
import { test } from "node:test";
import { actionsOf, isHeld, mayChangeQueues, mayDrain } from "../allowed.js";
import { childWords, childrenIn } from "../child_runs.js";

const ID = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8";
const who = (/** @type {string} */ role, queues = "*") => ({ role, queues });
const offered = (/** @type {any} */ job, caller = who("submitter")) =>
  Object.entries(actionsOf({ jobId: ID, ...job }, caller)).filter(([, can]) => can).map(([name]) => name);
const array = (/** @type {string} */ status, /** @type {Record<string, number>} */ counts, more = {}) =>
  ({ status, arrayProperties: { size: 9, statusSummary: counts }, ...more });

test("a job that waits can be held, cancelled and terminated; one that runs only terminated", () => {
  assert.deepEqual(offered({ status: "RUNNABLE" }), ["hold", "cancel", "terminate"]);
  assert.deepEqual(offered({ status: "RUNNING" }), ["terminate"]);
  assert.deepEqual(offered({ status: "SUCCEEDED" }), []);
});

test("what is held is released, and not held twice", () => {
  assert.deepEqual(offered({ status: "RUNNABLE", dray: { isHeld: true } }), ["release", "cancel", "terminate"]);
  assert.deepEqual(offered({ status: "FAILED", dray: { isHeld: true } }), []);
});

test("a child that runs is not held, though its array is", () => {
  const held = { dray: { isHeld: true } };
  assert.ok(isHeld({ jobId: ID, status: "RUNNABLE", ...held }));
  assert.ok(isHeld({ jobId: `${ID}:3`, status: "RUNNABLE", ...held }));
  assert.ok(!isHeld({ jobId: `${ID}:3`, status: "RUNNING", ...held }));
  assert.ok(!isHeld({ jobId: ID, status: "FAILED", ...held }));
  assert.ok(!isHeld({ jobId: ID, status: "RUNNABLE" }));
});

test("an array has limits while it lives, and what failed of it runs again, also after its end", () => {
  assert.deepEqual(offered(array("PENDING", { RUNNING: 2, RUNNABLE: 7 })), ["hold", "limits", "cancel", "terminate"]);
  assert.deepEqual(offered(array("PENDING", { RUNNING: 2, FAILED: 7 })), ["hold", "limits", "rerun", "cancel", "terminate"]);
  assert.deepEqual(offered(array("FAILED", { SUCCEEDED: 2, FAILED: 7 })), ["rerun"]);
  assert.deepEqual(offered(array("SUCCEEDED", { SUCCEEDED: 9 })), []);
  assert.equal(actionsOf({ jobId: ID, ...array("FAILED", { FAILED: 7 }) }, who("admin")).rerun, 7);
});

test("what is being ended is neither held nor limited nor run again", () => {
  assert.deepEqual(offered(array("PENDING", { RUNNING: 2, FAILED: 7 }, { isTerminated: true })), ["cancel", "terminate"]);
});

test("a child that failed runs again, and is not held for itself", () => {
  const child = { jobId: `${ID}:3`, arrayProperties: { index: 3 } };
  assert.deepEqual(offered({ ...child, status: "FAILED" }), ["rerun"]);
  assert.deepEqual(offered({ ...child, status: "RUNNABLE" }), ["cancel", "terminate"]);
  assert.deepEqual(offered({ jobId: `${ID}#1`, status: "RUNNABLE" }), ["cancel", "terminate"]);
});

test("who may only look is offered nothing, and nobody is nobody", () => {
  for (const status of ["RUNNABLE", "RUNNING", "FAILED"]) {
    assert.deepEqual(offered(array(status, { FAILED: 1 }), who("viewer")), []);
    assert.deepEqual(offered(array(status, { FAILED: 1 }), /** @type {any} */ (null)), []);
    assert.deepEqual(offered(array(status, { FAILED: 1 }), who("a role of tomorrow")), []);
  }
});

test("queues are an operator's, agents those of one for all queues", () => {
  assert.deepEqual(["viewer", "submitter", "operator", "admin"].map((role) => mayChangeQueues(who(role))), [false, false, true, true]);
  assert.ok(mayDrain(who("operator")));
  assert.ok(!mayDrain(who("operator", "team-*")));
  assert.ok(!mayDrain(undefined));
});

test("children are counted from their ranges", () => {
  assert.equal(childrenIn("3,7-9"), 4);
  assert.equal(childrenIn("0"), 1);
  assert.equal(childrenIn(""), 0);
  assert.equal(childWords("3"), "child 3");
  assert.equal(childWords("3,7-9"), "children 3,7-9");
});

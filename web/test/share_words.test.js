import assert from "node:assert/strict";
import { test } from "node:test";
import { amount, keptFree, ratio, useNow } from "../share_words.js";

const capacity = { vcpus: 4, memoryMiB: 4096, gpus: 2 };
const now = { vcpus: 1, memoryMiB: 2048, gpus: 0 };

test("what a share uses is told in the resource it uses most of", () => {
  assert.deepEqual(useNow({ now, dominant: "memoryMiB" }, capacity), { part: 2048, whole: 4096, text: "2 GiB of 4 GiB" });
  assert.equal(useNow({ now, dominant: "vcpus" }, capacity).text, "1 of 4 vCPUs");
  assert.equal(useNow({ now, dominant: "gpus" }, capacity).text, "0 of 2 GPUs");
  assert.equal(amount("gpus", 1), "1 GPU");
});

test("without agents nothing is a part of anything", () => {
  assert.equal(useNow({ now }, { vcpus: 0, memoryMiB: 0, gpus: 0 }).text, "1 vCPU");
});

test("small numbers keep what tells them apart, round ones have no noughts behind", () => {
  assert.deepEqual([0, 0.0004, 0.0123, 0.5, 1, 1.25, 10, 100, 999.9999].map(ratio), ["0", "< 0.001", "0.012", "0.5", "1", "1.25", "10", "100", "1000"]);
});

test("the more shares are active, the less is kept free for another", () => {
  assert.equal(keptFree(50, 1), 50);
  assert.equal(keptFree(50, 2), 25);
  assert.equal(keptFree(0, 0), 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, commandLine, duration, mebibytes, nameOf } from "../format.js";

test("durations are two words at most", () => {
  assert.equal(duration(0), "0 ms");
  assert.equal(duration(999), "999 ms");
  assert.equal(duration(9_940), "9.9 s");
  assert.equal(duration(83_000), "1 min 23 s");
  assert.equal(duration(3_600_000), "1 h");
  assert.equal(duration(90_061_000), "1 d 1 h");
  assert.equal(duration(-1), "");
});

test("the past is told in its largest unit", () => {
  assert.equal(ago(1_000, 3_000), "just now");
  assert.equal(ago(0, 65_000), "1 min ago");
  assert.equal(ago(0, 7_300_000), "2 h ago");
});

test("memory goes over to GiB", () => {
  assert.equal(mebibytes(512), "512 MiB");
  assert.equal(mebibytes(1536), "1.5 GiB");
});

test("a command line can be typed again", () => {
  assert.equal(commandLine(["sh", "-c", "echo 'a b'", ""]), `sh -c 'echo '\\''a b'\\''' ''`);
});

test("the name of an ARN", () => {
  assert.equal(nameOf("arn:aws:batch:us-east-1:000000000000:job-queue/default"), "default");
  assert.equal(nameOf("plain"), "plain");
});

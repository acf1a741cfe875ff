import assert from "node:assert/strict";
import { test } from "node:test";
import { LineReader, NOTE, colourAfter, lastOverwritten } from "../log_records.js";

/** @param {number} stream @param {number} at @param {Uint8Array | string} what */
function record(stream, at, what) {
  const bytes = typeof what === "string" ? new TextEncoder().encode(what) : what;
  const out = new Uint8Array(16 + bytes.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, bytes.length, true);
  out[4] = stream;
  view.setBigInt64(8, BigInt(at), true);
  out.set(bytes, 16);
  return out;
}
const join = (/** @type {Uint8Array[]} */ ...parts) => new Uint8Array(Buffer.concat(parts));
const texts = (/** @type {{text: string}[]} */ lines) => lines.map((line) => line.text);

test("lines may be cut by records, each stream for itself", () => {
  const reader = new LineReader();
  const bytes = join(record(1, 10, "one\ntw"), record(2, 11, "err"), record(1, 12, "o\nthree"));
  assert.deepEqual(texts(reader.take(bytes, 0)), ["one", "two"]);
  assert.deepEqual(texts(reader.take(join(record(2, 13, "or\n")), bytes.length)), ["error"]);
  const rest = [];
  reader.flush(rest);
  assert.deepEqual(texts(rest), ["three"]);
});

test("a line has the time and place of its beginning", () => {
  const reader = new LineReader();
  const first = record(1, 10, "a\nbe");
  const [, line] = reader.take(join(first, record(1, 99, "gun\n")), 100);
  assert.deepEqual(line, { stream: 1, at: 10, offset: 100, text: "begun", colour: "" });
});

test("a letter may be cut in its middle", () => {
  const euro = new TextEncoder().encode("€\n");
  const reader = new LineReader();
  assert.deepEqual(texts(reader.take(join(record(1, 1, euro.slice(0, 1)), record(1, 1, euro.slice(1))), 0)), ["€"]);
});

test("half a record waits for its rest, and nothing is made up", () => {
  const reader = new LineReader();
  assert.deepEqual(reader.take(record(1, 1, "abc\n").slice(0, 18), 0), []);
});

test("a note is a line of its own", () => {
  assert.deepEqual(texts(new LineReader().take(record(NOTE, 1, "[truncated]"), 0)), ["[truncated]"]);
});

test("a progress bar shows as a terminal would", () => {
  assert.equal(lastOverwritten("10 %\r50 %\r100 %"), "100 %");
  assert.equal(lastOverwritten("done\r"), "done");
});

test("a colour goes on over lines until it is switched off, in its stream", () => {
  const reader = new LineReader();
  const lines = reader.take(join(record(1, 1, "\x1b[32mgreen\nstill\n"), record(2, 1, "plain\n"), record(1, 1, "off\x1b[0m\nplain\n")), 0);
  assert.deepEqual(lines.map((line) => line.colour), ["", "\x1b[32m", "", "\x1b[32m", ""]);
  assert.equal(colourAfter("\x1b[1m", "\x1b[0;31mx"), "\x1b[0;31m");
  assert.ok(colourAfter("", "\x1b[31m".repeat(1000)).length <= 200);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, gridOf } from "../cells.js";
import { axis } from "../axis.js";

test("up to 10,000 children have a cell each", () => {
  assert.deepEqual(cellsOf("OOF"), { cells: "OOF", each: 1 });
  assert.equal(cellsOf("O".repeat(10_000)).each, 1);
});

test("beyond, a cell shows the worst of its children", () => {
  const states = "O".repeat(25_000).split("");
  states[7] = "F";
  states[5_000] = "U";
  const { cells, each } = cellsOf(states.join(""));
  assert.equal(each, 3);
  assert.equal(cells.length, 8_334);
  assert.equal(cells[2], "F");
  assert.equal(cells[Math.floor(5_000 / 3)], "U");
});

test("all cells lie in the grid, at any width", () => {
  for (const n of [1, 7, 200, 1_000, 10_000]) {
    for (const width of [60, 366, 1_240]) {
      const { columns, rows, size } = gridOf(n, width);
      assert.ok(columns * rows >= n && columns * (rows - 1) < n, `${n} in ${width}`);
      assert.ok(columns * size <= Math.max(width, size));
    }
  }
});

test("a long wait is drawn shorter than it was, a short one as it was", () => {
  const long = axis(0, 3_600_000, 3_601_000);
  assert.ok(long.isBroken);
  assert.ok(long.x(3_600_000) <= 401);
  assert.equal(long.x(3_601_000), 1_000);
  const short = axis(0, 100, 1_000);
  assert.ok(!short.isBroken);
  assert.equal(short.x(100), 100);
});

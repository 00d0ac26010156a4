import assert from "node:assert/strict";
import test from "node:test";

import { outlineOf } from "../../../static/js/seat-map/section-outline.js";

const PITCH = 20;

/** Numbers between 0 and 1 that are the same in every run. @param {number} seed */
function makeRandom(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** @param {number} rows @param {number} seats */
const makeBlock = (rows, seats, left = 0, top = 0) =>
  Array.from({ length: rows * seats }, (_, at) => ({ x: left + (at % seats) * PITCH, y: top + Math.floor(at / seats) * 28 }));

/** Return true if a point is inside the lines, by how often a ray to the right crosses them. */
function isInside(lines, x, y) {
  let crossings = 0;
  for (const line of lines) {
    line.forEach(([ax, ay], at) => {
      const [bx, by] = line[(at + 1) % line.length];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) crossings += 1;
    });
  }
  return crossings % 2 === 1;
}

test("straight rows have one outline with few corners", () => {
  const { lines, box } = outlineOf(makeBlock(8, 20), PITCH);
  assert.equal(lines.length, 1);
  assert.ok(lines[0].length < 30);
  assert.deepEqual(box, { left: -15, top: -15, right: 395, bottom: 211 });
});

test("the notch of a section is outside", () => {
  const seats = [...makeBlock(4, 30), ...makeBlock(10, 8, 0, 112)];
  const { lines } = outlineOf(seats, PITCH);
  assert.equal(lines.length, 1);
  assert.ok(!isInside(lines, 400, 250));
});

test("boxes to the left and right have an outline each", () => {
  assert.equal(outlineOf([...makeBlock(6, 2), ...makeBlock(6, 2, 600)], PITCH).lines.length, 2);
});

test("a single seat has an outline", () => {
  const { lines } = outlineOf([{ x: 5, y: 5 }], PITCH);
  assert.ok(isInside(lines, 5, 5));
});

test("seats at one spot, as a broken file has them, do no harm", () => {
  assert.equal(outlineOf(Array.from({ length: 9 }, () => ({ x: 0, y: 0 })), PITCH).lines.length, 1);
});

test("seats far apart get a coarser grid, not a larger one", () => {
  const { lines } = outlineOf([{ x: 0, y: 0 }, { x: 1_000_000, y: 1_000_000 }], PITCH);
  assert.equal(lines.length, 2);
});

test("every seat is inside the outline of its section, however its rows are turned and bent", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = makeRandom(seed);
    const [turn, bend, count] = [random() * 6.3, random() * 0.004, 4 + Math.floor(random() * 30)];
    const seats = makeBlock(2 + Math.floor(random() * 12), count)
      .filter(() => random() > 0.2)
      .map(({ x, y }) => ({ x, y: y + bend * (x - count * 10) ** 2 }))
      .map(({ x, y }) => ({ x: x * Math.cos(turn) - y * Math.sin(turn), y: x * Math.sin(turn) + y * Math.cos(turn) }));
    if (!seats.length) continue;
    const { lines, block, line, column, box } = outlineOf(seats, PITCH);
    for (const { x, y } of seats) assert.ok(isInside(lines, x, y), `seed ${seed}: ${x}, ${y}`);
    for (const { x, y } of [block, line, column]) assert.ok(isInside(lines, x, y), `seed ${seed}: a room outside`);
    for (const [x, y] of lines.flat()) {
      assert.ok(x >= box.left - 1 && x <= box.right + 1 && y >= box.top - 1 && y <= box.bottom + 1, `seed ${seed}`);
    }
  }
});

test("the room for words is large in a large section and wide for a line", () => {
  const { block, line, column } = outlineOf(makeBlock(20, 30), PITCH);
  assert.ok(block.width > 560 && block.height > 240);
  assert.ok(line.width > 560 && line.height > 80);
  assert.ok(column.height > 460 && column.width > 60);
});

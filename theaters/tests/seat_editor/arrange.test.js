import assert from "node:assert/strict";
import test from "node:test";

import * as arrange from "../../../static/js/seat-editor/plan/arrange.js";
import { addArea } from "../../../static/js/seat-editor/plan/areas.js";
import { addBlock, addRow } from "../../../static/js/seat-editor/plan/create.js";
import { bounds, chosenSeats, open } from "../../../static/js/seat-editor/plan/document.js";
import { pitch } from "../../../static/js/seat-editor/plan/rows.js";
import { setStageSide } from "../../../static/js/seat-editor/plan/stage.js";
import { mirror, move, rotate } from "../../../static/js/seat-editor/plan/transform.js";
import { chance, pick, points, whole } from "./builders.js";

const empty = () => open({ name: "", categories: [{ name: "Front" }], zones: [] });
const block = (options) => addBlock(empty(), { x: 100, y: 100 }, { blocks: [6, 5], rows: 4, ...options });
const gaps = (plan, selection) => {
  const all = chosenSeats(plan, selection);
  const rows = [...new Set(all.map(({ row }) => row))].map((row) => all.filter((seat) => seat.row === row));
  return rows.map((seats) =>
    seats.slice(1).map((seat, index) => Math.round(100 * Math.hypot(seat.x - seats[index].x, seat.y - seats[index].y)) / 100),
  );
};
const assertNear = (one, other, tolerance = 0.02) => {
  const [a, b] = [points(one), points(other)];
  assert.deepEqual(Object.keys(a), Object.keys(b));
  for (const [key, [x, y]] of Object.entries(a)) {
    assert.ok(Math.hypot(x - b[key][0], y - b[key][1]) <= tolerance, `${key}: ${[x, y]} and ${b[key]}`);
  }
};

test("a straight block that is bent is the curved block, however both are turned", () => {
  for (const rotation of [0, 30, -45, 80]) {
    const straight = block({ rotation });
    const curved = block({ rotation, radius: 250 });
    const bent = arrange.bend(straight.plan, straight.selection, 250);
    const [a, b] = [Object.values(points(bent)), Object.values(points(curved.plan))];
    a.forEach(([x, y], index) => assert.ok(Math.hypot(x - b[index][0], y - b[index][1]) < 0.02, `${rotation}`));
  }
});

test("bending and straightening leaves everything where it was, whatever way it faces", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = chance(seed);
    const made = block({ rotation: whole(random, 0, 359), wider: whole(random, 0, 3) });
    const start = random() < 0.5 ? setStageSide(made.plan, pick(random, ["left", "right", "bottom"])) : made.plan;
    const bent = arrange.bend(start, made.selection, pick(random, [-1, 1]) * whole(random, 150, 900));
    const other = arrange.bend(bent, made.selection, pick(random, [-1, 1]) * whole(random, 150, 900));
    assertNear(arrange.straighten(bent, made.selection), start);
    assertNear(arrange.straighten(other, made.selection), start, 0.05);
  }
});

test("the bend can be read and is that of the front row", () => {
  const { plan, selection } = block({ radius: 300, rotation: 20 });
  assert.ok(Math.abs((arrange.bendOf(plan, selection) ?? 0) - 300) < 0.1);
  assert.ok(Math.abs((arrange.bendOf(arrange.bend(plan, selection, -400), selection) ?? 0) + 400) < 0.1);
  assert.equal(arrange.bendOf(arrange.straighten(plan, selection), selection), 0);
  assert.equal(arrange.bendOf(plan, new Set()), null);
});

test("rows are bent around the stage, wherever it is", () => {
  const heights = (side) => {
    const { plan, selection } = block({});
    const bent = arrange.bend(setStageSide(plan, side), selection, 300);
    const row = chosenSeats(bent, selection).slice(0, 11);
    return Math.sign(row[0].y - row[5].y);
  };
  assert.equal(heights("top"), -1);
  assert.equal(heights("bottom"), 1);
});

test("a bend keeps seats of a row at their distance, and never goes beyond half a circle", () => {
  const { plan, selection } = block({ blocks: [40], rows: 3 });
  const bent = arrange.bend(plan, selection, 5);
  const radius = arrange.bendOf(bent, selection) ?? 0;
  assert.ok(Math.abs(radius - (39 * 20) / Math.PI) < 0.5);
  const chord = 2 * radius * Math.sin(10 / radius);
  assert.ok(gaps(bent, selection)[0].every((gap) => Math.abs(gap - chord) < 0.05));
});

test("seats spread along their rows, aisles keep their width, and rows their middles", () => {
  for (const options of [{}, { rotation: 50 }]) {
    const { plan, selection } = block(options);
    const spread = arrange.spread(plan, selection, { pitch: 25 });
    assert.deepEqual(gaps(spread, selection)[0], [25, 25, 25, 25, 25, 53, 25, 25, 25, 25]);
    assert.deepEqual(gaps(arrange.spread(plan, selection, { factor: 1.5 }), selection)[1].slice(4, 6), [30, 58]);
    assertNear(arrange.spread(spread, selection, { pitch: 20 }), plan);
  }
});

test("seats of a curved row spread along the arc", () => {
  const { plan, selection } = block({ radius: 300 });
  const spread = arrange.spread(plan, selection, { factor: 1.2 });
  assert.ok(Math.abs((arrange.bendOf(spread, selection) ?? 0) - 300) < 0.1);
  assertNear(arrange.spread(spread, selection, { factor: 1 / 1.2 }), plan);
});

test("rows spread to the rear, and curved ones stay around one point", () => {
  const { plan, selection } = block({ rotation: 90 });
  const xs = chosenSeats(arrange.spreadRows(setStageSide(plan, "right"), selection, { pitch: 30 }), selection).map(({ x }) => x);
  assert.deepEqual([...new Set(xs)].sort((a, b) => b - a), [100, 70, 40, 10]);
  const curved = block({ radius: 300 });
  const wide = block({ radius: 300, rowPitch: 39 });
  const spread = arrange.spreadRows(curved.plan, curved.selection, { factor: 1.5 });
  const [a, b] = [Object.values(points(spread)), Object.values(points(wide.plan))];
  a.forEach(([x, y], index) => assert.ok(Math.hypot(x - b[index][0], y - b[index][1]) < 0.02));
});

test("rows and areas are aligned as wholes", () => {
  const first = addRow(empty(), { x: 0, y: 0 }, { x: 100, y: 0 });
  const second = addRow(first.plan, { x: 30, y: 30 }, { x: 90, y: 30 });
  const third = addArea(second.plan, [{ x: 70, y: 60 }, { x: 95, y: 80 }]);
  const keys = new Set([...first.selection, ...second.selection, ...third.selection]);
  const lefts = (plan) => [first, second, third].map(({ selection }) => bounds(plan, selection)?.left);
  assert.deepEqual(lefts(arrange.align(third.plan, keys, "left")), [0, 0, 0]);
  assert.deepEqual(lefts(arrange.align(third.plan, keys, "right")), [0, 40, 75]);
  assert.deepEqual(lefts(arrange.align(third.plan, keys, "center")), [0, 20, 37.5]);
  assert.equal(bounds(arrange.align(third.plan, keys, "bottom"), first.selection)?.bottom, 80);
});

test("seats of one row are aligned one by one", () => {
  const { plan, selection } = addRow(empty(), { x: 0, y: 0 }, { x: 30, y: 40 });
  assert.deepEqual(chosenSeats(arrange.align(plan, selection, "top"), selection).map(({ y }) => y), [0, 0, 0, 0]);
});

test("rows are distributed between the first and the last", () => {
  let plan = empty();
  const keys = new Set();
  for (const y of [0, 10, 70, 90]) {
    const result = addRow(plan, { x: 0, y }, { x: 40, y });
    plan = result.plan;
    for (const key of result.selection) keys.add(key);
  }
  const next = arrange.distribute(plan, keys, "y");
  assert.deepEqual([...new Set(chosenSeats(next, keys).map(({ y }) => y))], [0, 30, 60, 90]);
  assert.equal(next.zones[0].rows[1].seats, plan.zones[0].rows[1].seats);
});

test("moving, turning and mirroring a block changes neither its bend nor its distances", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = chance(seed);
    const { plan, selection } = block({ radius: whole(random, 150, 500) });
    const radius = arrange.bendOf(plan, selection) ?? 0;
    const axis = pick(random, ["x", "y"]);
    const next = rotate(mirror(move(plan, selection, 31, -7), selection, axis), selection, whole(random, 0, 359));
    // The row that faces the stage is the first or, turned round, the last.
    const found = Math.abs(arrange.bendOf(next, selection) ?? 0);
    assert.ok([radius, radius + 78].some((one) => Math.abs(one - found) < 0.2), `${seed}: ${found}`);
    assert.ok(Math.abs(pitch(next) - pitch(plan)) < 0.001);
    gaps(next, selection).forEach((row, index) => {
      row.forEach((gap, at) => assert.ok(Math.abs(gap - gaps(plan, selection)[index][at]) < 0.02));
    });
  }
});

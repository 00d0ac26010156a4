import assert from "node:assert/strict";
import test from "node:test";

import { addTable } from "../../../static/js/seat-editor/plan/create.js";
import { areasOf, bounds, changeAreas, find, open } from "../../../static/js/seat-editor/plan/document.js";
import { cornersOf } from "../../../static/js/seat-editor/plan/shape.js";
import { centerOf, mirror, move, putBehind, rotate } from "../../../static/js/seat-editor/plan/transform.js";
import { anyDocument, chance, plain, points, smallPlan, someKeys, whole } from "./builders.js";

const everything = (random, plan) => {
  const keys = someKeys(random, plan);
  for (const { key } of areasOf(plan)) if (random() < 0.4) keys.add(key);
  return keys;
};

/** Where everything is, within what rounding loses. */
function assertSamePlaces(one, other, tolerance = 0.01) {
  const [a, b] = [points(one), points(other)];
  for (const key of Object.keys(a)) {
    for (const axis of [0, 1]) assert.ok(Math.abs(a[key][axis] - b[key][axis]) <= tolerance, `${key}: ${a[key]} ${b[key]}`);
  }
  const [c, d] = [[...areasOf(one)], [...areasOf(other)]].map((areas) => areas.map(cornersOf));
  for (const [index, corners] of c.entries()) assertSameShape(corners, d[index], tolerance);
}

/** The same corners, in whatever order. */
function assertSameShape(corners, others, tolerance) {
  assert.equal(corners.length, others.length);
  for (const { x, y } of corners) {
    assert.ok(others.some((other) => Math.hypot(other.x - x, other.y - y) <= tolerance), JSON.stringify([corners, others]));
  }
}

test("moving all of a row moves the row, and leaves its seats and other rows the same objects", () => {
  const plan = smallPlan();
  const next = move(plan, new Set(["a1", "a2", "a3", "b1"]), 5, 7);
  assert.deepEqual(plain(next.zones[0].rows[0].position), { x: 5, y: 7 });
  assert.equal(next.zones[0].rows[0].seats, plan.zones[0].rows[0].seats);
  assert.deepEqual(plain(next.zones[0].rows[1].position), { x: 0, y: 26 });
  assert.deepEqual([points(next).b1, points(next).b2], [[105, 83], [120, 76]]);
  assert.equal(next.zones[1], plan.zones[1]);
});

test("moving there and back is moving nothing, in any plan", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    const keys = everything(random, plan);
    const [dx, dy] = [whole(random, -900, 900) / 8, whole(random, -900, 900) / 8];
    assert.deepEqual(plain(move(move(plan, keys, dx, dy), keys, -dx, -dy)), plain(plan));
  }
});

test("turning there and back leaves everything where it was, in any plan", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    const keys = everything(random, plan);
    const degrees = whole(random, -359, 359) / 2;
    assertSamePlaces(rotate(rotate(plan, keys, degrees), keys, -degrees), plan);
  }
});

test("mirroring twice gives the same plan, in any plan", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    const keys = everything(random, plan);
    const axis = random() < 0.5 ? "x" : "y";
    assertSamePlaces(mirror(mirror(plan, keys, axis), keys, axis), plan);
  }
});

test("mirroring both ways is turning by half a circle", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    const keys = everything(random, plan);
    const center = { x: 100, y: 50 };
    const both = mirror(mirror(plan, keys, "x", center.x), keys, "y", center.y);
    assertSamePlaces(both, rotate(plan, keys, 180, center));
  }
});

test("four quarter turns are none", () => {
  const plan = smallPlan();
  const keys = new Set(["a1", "a2", "b1", "stage", "floor"]);
  let next = plan;
  for (let turn = 0; turn < 4; turn++) next = rotate(next, keys, 90);
  assertSamePlaces(next, plan, 0.0005);
  assert.equal(find(next, "stage")?.area?.rotation, 0);
});

test("a quarter turn is clockwise", () => {
  const next = rotate(smallPlan(), new Set(["a1", "a3"]), 90);
  assert.deepEqual([points(next).a1, points(next).a3], [[120, 30], [120, 70]]);
});

test("a turned rectangle mirrored has the corners of the mirrored rectangle", () => {
  const plan = changeAreas(smallPlan(), new Set(["stage"]), (area) => ({ ...area, rotation: 20 }));
  const [before] = areasOf(plan);
  const [after] = areasOf(mirror(plan, new Set(["stage"]), "x", 0));
  assertSameShape(cornersOf(after), cornersOf(before).map(({ x, y }) => ({ x: -x, y })), 0.001);
  assert.equal(after.area.rotation, 340);
});

test("the words on a mirrored area stay on it, at the mirrored place", () => {
  const plan = changeAreas(smallPlan(), new Set(["stage"]), (area) => ({
    ...area,
    text: { text: "Stage", position: { x: 10, y: 5 } },
  }));
  const mirrored = mirror(plan, new Set(["stage"]), "x");
  assert.deepEqual(plain(find(mirrored, "stage")?.area?.text), { text: "Stage", position: { x: 70, y: 5 } });
});

test("a table turns around its middle, top and all", () => {
  const { plan, selection } = addTable(smallPlan(), { x: 50, y: 60 }, { seats: 6, section: "Club" });
  const center = centerOf(plan, selection);
  assert.ok(Math.hypot((center?.x ?? 0) - 50, (center?.y ?? 0) - 60) < 0.001);
});

test("turning or mirroring nothing gives the same plan", () => {
  const plan = smallPlan();
  const none = new Set();
  assert.equal(rotate(plan, none, 30), plan);
  assert.equal(mirror(plan, none, "x"), plan);
  assert.equal(move(plan, new Set(["a1"]), 0, 0), plan);
});

test("what is put behind the rest is in its middle and overlaps nothing of it", () => {
  const plan = smallPlan();
  const there = bounds(plan);
  const made = putBehind(addTable(plan, { x: 40, y: 20 }, { shape: "round", seats: 6, pitch: 20 }), there, 20);
  const box = bounds(made.plan, made.selection);
  assert.ok(box.top >= there.bottom + 20);
  assert.ok(Math.abs(box.left + box.right - there.left - there.right) < 0.1);
  for (const [key, place] of Object.entries(points(plan))) assert.deepEqual(points(made.plan)[key], place);
});

test("what is made on an empty sheet stays where it was put", () => {
  const empty = open({ zones: [], categories: [] });
  const made = addTable(empty, { x: 40, y: 20 }, { shape: "round", seats: 6, pitch: 20 });
  assert.equal(putBehind(made, bounds(empty), 20), made);
});

import assert from "node:assert/strict";
import test from "node:test";

import { addStage } from "../../../static/js/seat-editor/plan/areas.js";
import { addBlock, addRow } from "../../../static/js/seat-editor/plan/create.js";
import { open } from "../../../static/js/seat-editor/plan/document.js";
import { measure, measureToStage, rowPitch } from "../../../static/js/seat-editor/plan/measure.js";
import { Snapper, steer } from "../../../static/js/seat-editor/plan/snap.js";
import { setStageSide } from "../../../static/js/seat-editor/plan/stage.js";
import { rotate } from "../../../static/js/seat-editor/plan/transform.js";
import { chance, smallPlan } from "./builders.js";

const empty = () => open({ name: "", categories: [{ name: "Front" }], zones: [] });

test("what is moved snaps to the lines of what stays", () => {
  const snapper = new Snapper(smallPlan(), new Set(["c1", "c2"]));
  // The balcony's row is 20 wide, from 100 to 120 at 200; the stalls' seats are at 100, 120, 140.
  const { dx, dy, guides } = snapper.move(17, -121, 5);
  assert.deepEqual([dx, dy], [20, -124]);
  assert.deepEqual(guides.map(({ axis, at }) => [axis, at]), [["x", 120], ["y", 76]]);
});

test("nothing snaps to what is too far, or to itself", () => {
  const snapper = new Snapper(smallPlan(), new Set(["c1", "c2"]));
  assert.deepEqual(snapper.move(407, 409, 5), { dx: 407, dy: 409, guides: [] });
  assert.deepEqual(new Snapper(smallPlan()).move(3, 4, 5), { dx: 3, dy: 4, guides: [] });
});

test("a row snaps to where the next row of the block would be", () => {
  const block = addBlock(empty(), { x: 0, y: 0 }, { blocks: [5], rows: 3, rowPitch: 31 });
  const row = addRow(block.plan, { x: -40, y: 200 }, { x: 40, y: 200 }, { section: "Other" });
  const { dy, guides } = new Snapper(row.plan, row.selection).move(0, -105, 4);
  assert.equal(200 + dy, 93);
  assert.equal(guides.some(({ axis, at }) => axis === "y" && at === 93), true);
});

test("a guide goes through what is moved and what it is aligned with", () => {
  const { guides } = new Snapper(smallPlan(), new Set(["c1", "c2"])).move(0, 60, 3);
  const [guide] = guides;
  assert.equal(guide.axis, "x");
  assert.ok(guide.from <= 50 && guide.to >= 260);
});

test("a drawn point snaps, and never by more than the tolerance", () => {
  const snapper = new Snapper(smallPlan());
  const random = chance(1);
  for (let turn = 0; turn < 300; turn++) {
    const [x, y] = [random() * 300, random() * 300];
    const point = snapper.point({ x, y }, 6);
    assert.ok(Math.abs(point.x - x) <= 6 && Math.abs(point.y - y) <= 6);
    for (const { axis, at } of point.guides) assert.ok(Math.abs(point[axis] - at) < 1e-9);
    assert.equal(snapper.point(point, 6).guides.length >= point.guides.length, true);
  }
});

test("a drawn line is steered into steps of 15 degrees", () => {
  const angle = ({ x, y }) => Math.round((Math.atan2(y, x) * 180) / Math.PI);
  assert.equal(angle(steer({ x: 0, y: 0 }, { x: 100, y: 4 })), 0);
  assert.equal(angle(steer({ x: 0, y: 0 }, { x: 70, y: 73 })), 45);
  assert.equal(angle(steer({ x: 0, y: 0 }, { x: -70, y: -19 })), -165);
});

test("distances are measured in seats, too", () => {
  assert.deepEqual(measure(smallPlan(), { x: 0, y: 0 }, { x: 0, y: 60 }), { distance: 60, seats: 3, angle: 90 });
});

test("how far it is to the stage is measured from its edge, and how far from the side one looks", () => {
  const block = addBlock(empty(), { x: 0, y: 100 }, { blocks: [11], rows: 5 });
  const drawn = addStage(block.plan, { x: -80, y: 0 }, { x: 80, y: 40 }, { text: "Stage" }).plan;
  const front = measureToStage(drawn, { x: 0, y: 100 });
  assert.deepEqual([front.distance, front.seats, front.angle], [60, 3, 0]);
  const corner = measureToStage(drawn, { x: 110, y: 80 });
  assert.deepEqual([corner.distance, Math.round(corner.angle)], [50, 61]);
  const side = measureToStage(setStageSide(block.plan, "left"), { x: 50, y: 152 });
  assert.deepEqual([side.distance, side.angle], [150, 0]);
});

test("the usual distance from row to row is that of straight and of curved rows, however they are turned", () => {
  for (const radius of [0, 200]) {
    const { plan, selection } = addBlock(empty(), { x: 0, y: 0 }, { blocks: [9], rows: 6, rowPitch: 33, radius });
    assert.ok(Math.abs(rowPitch(rotate(plan, selection, 70)) - 33) < 0.01);
  }
  assert.equal(rowPitch(empty()), 26);
});

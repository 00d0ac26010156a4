import assert from "node:assert/strict";
import test from "node:test";

import { addArea, addLabel, addStage } from "../../../static/js/seat-editor/plan/areas.js";
import { changeAreas, chosenAreas, find, open } from "../../../static/js/seat-editor/plan/document.js";
import * as reshape from "../../../static/js/seat-editor/plan/reshape.js";
import { cornersOf } from "../../../static/js/seat-editor/plan/shape.js";
import { stageSide } from "../../../static/js/seat-editor/plan/stage.js";
import { chance, pick, plain, smallPlan, whole } from "./builders.js";

const drawn = ({ plan, selection }) => chosenAreas(plan, selection)[0];
const turnedPlan = (key, rotation) => changeAreas(smallPlan(), new Set([key]), (area) => ({ ...area, rotation }));
const near = (one, other) => Math.hypot(one.x - other.x, one.y - other.y) < 0.001;

test("a rectangle is drawn from any two opposite corners", () => {
  const { area, x, y } = drawn(addArea(smallPlan(), [{ x: 90, y: 10 }, { x: 30, y: 70 }]));
  assert.deepEqual([x, y, area.shape, area.rectangle], [30, 10, "rectangle", { width: 60, height: 60 }]);
  assert.equal(area.marquee, undefined);
});

test("an ellipse is placed by its middle", () => {
  const { area, x, y } = drawn(addArea(smallPlan(), [{ x: 0, y: 0 }, { x: 40, y: 20 }], { shape: "ellipse" }));
  assert.deepEqual([x, y, area.ellipse], [20, 10, { radius: { x: 20, y: 10 } }]);
});

test("a polygon has the corners that were drawn", () => {
  const corners = [{ x: 10, y: 50 }, { x: 60, y: 40 }, { x: 30, y: 90 }, { x: 5, y: 80 }];
  const place = drawn(addArea(smallPlan(), corners, { shape: "polygon", capacity: 80, name: "Pit", category: "Rear" }));
  assert.deepEqual(cornersOf(place), corners);
  assert.deepEqual(plain(place.area.marquee), { name: "Pit", category: "Rear", capacity: 80 });
});

test("nothing is drawn from a click or from two corners of a polygon", () => {
  const plan = smallPlan();
  for (const shape of ["rectangle", "ellipse", "polygon"]) {
    const result = addArea(plan, [{ x: 1, y: 1 }, { x: 2, y: 2 }], { shape });
    assert.equal(result.plan, plan);
    assert.equal(result.selection.size, 0);
  }
});

test("a stage is known as one, by its place too", () => {
  const result = addStage(smallPlan(), { x: 60, y: 300 }, { x: 160, y: 340 }, { text: "Bühne" });
  assert.equal(stageSide(result.plan), "bottom");
  const { area } = drawn(result);
  assert.deepEqual([area.text.text, area.text.position, area.marquee], ["Bühne", { x: 50, y: 20 }, { stage: true }]);
});

test("words stand where they were put", () => {
  const { area, x, y } = drawn(addLabel(smallPlan(), { x: 7, y: 9 }, "Exit"));
  assert.deepEqual([x, y, area.shape, area.text.text], [7, 9, "text", "Exit"]);
});

test("areas are drawn in the nameless section of their floor", () => {
  const plan = open({ categories: [], zones: [{ name: "", position: { x: 5, y: 5 }, rows: [], marquee: { floor: "1" } }] });
  const first = addArea(plan, [{ x: 0, y: 0 }, { x: 9, y: 9 }], { floor: "1" });
  assert.deepEqual([first.plan.zones.length, drawn(first).x], [1, 0]);
  const second = addArea(plan, [{ x: 0, y: 0 }, { x: 9, y: 9 }], { floor: "2" });
  assert.deepEqual(second.plan.zones.map((zone) => zone.marquee.floor), ["1", "2"]);
});

test("dragging a handle moves it to the pointer and keeps the opposite side, however the area is turned", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = chance(seed);
    const key = pick(random, ["stage", "floor"]);
    const plan = turnedPlan(key, whole(random, 0, 359));
    const handles = reshape.handlesOf(find(plan, key));
    const index = whole(random, 0, 7);
    const { handle, x, y } = handles[index];
    const opposite = handles[(index + 4) % 8];
    // Outwards, so that no side gets too short.
    const by = 0.2 + random();
    const to = { x: x + (x - opposite.x) * by, y: y + (y - opposite.y) * by };
    const next = reshape.handlesOf(find(reshape.resize(plan, key, handle, to), key));
    assert.ok(near(next[index], to), `${seed}: ${JSON.stringify([next[index], to])}`);
    assert.ok(near(next[(index + 4) % 8], opposite));
  }
});

test("a side never gets shorter than can be grasped", () => {
  const plan = reshape.resize(smallPlan(), "stage", "e", { x: -500, y: 0 });
  assert.deepEqual(plain(find(plan, "stage").area.rectangle), { width: 4, height: 30 });
  assert.equal(find(plan, "stage").x, 80);
});

test("a circle that is drawn out becomes an ellipse, and stays one place", () => {
  const circle = open({
    categories: [],
    zones: [{ areas: [{ uuid: "c", shape: "circle", position: { x: 0, y: 0 }, circle: { radius: 10, note: 1 } }] }],
  });
  const { area, x } = find(reshape.resize(circle, "c", "e", { x: 30, y: 0 }), "c");
  assert.deepEqual([area.shape, plain(area.ellipse), x, "circle" in area], ["ellipse", { note: 1, radius: { x: 20, y: 10 } }, 10, false]);
  const even = find(reshape.resize(circle, "c", "se", { x: 30, y: 30 }), "c");
  assert.deepEqual([even.area.shape, plain(even.area.circle)], ["circle", { note: 1, radius: 20 }]);
});

test("corners of a turned polygon follow the pointer, come and go", () => {
  const plan = turnedPlan("floor", 90);
  const corners = (next) => cornersOf(find(next, "floor"));
  const to = { x: 33, y: 44 };
  assert.ok(near(corners(reshape.moveCorner(plan, "floor", 1, to))[1], to));
  const more = reshape.insertCorner(plan, "floor", 2, to);
  assert.equal(corners(more).length, 4);
  assert.ok(near(corners(more)[3], to));
  assert.deepEqual(plain(reshape.removeCorner(more, "floor", 3)), plain(plan));
  assert.equal(corners(reshape.removeCorner(plan, "floor", 0)).length, 3);
});

test("the nearest edge says after which corner a new one goes", () => {
  const edge = reshape.nearestEdge(find(smallPlan(), "floor"), { x: 120, y: 105 });
  assert.deepEqual([edge.index, edge.distance, edge.x, edge.y], [0, 5, 120, 110]);
});

test("a point is on an area or not, also on turned ones and in the bay of a polygon", () => {
  const bay = [{ x: 0, y: 0 }, { x: 40, y: 0 }, { x: 40, y: 40 }, { x: 20, y: 10 }, { x: 0, y: 40 }];
  assert.equal(reshape.isInside(bay, { x: 20, y: 5 }), true);
  assert.equal(reshape.isInside(bay, { x: 20, y: 30 }), false);
  const stage = find(turnedPlan("stage", 90), "stage");
  assert.equal(reshape.isOnArea(stage, { x: 60, y: 70 }), true);
  assert.equal(reshape.isOnArea(stage, { x: 100, y: 10 }), false);
  const ellipse = { area: { shape: "ellipse", rotation: 90, ellipse: { radius: { x: 20, y: 5 } } }, x: 0, y: 0 };
  assert.equal(reshape.isOnArea(ellipse, { x: 0, y: 19 }), true);
  assert.equal(reshape.isOnArea(ellipse, { x: 19, y: 0 }), false);
});

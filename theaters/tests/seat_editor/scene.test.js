import assert from "node:assert/strict";
import { test } from "node:test";

import { move, rotate } from "../../../static/js/seat-editor/plan/transform.js";
import { open } from "../../../static/js/seat-editor/plan/document.js";
import { Scene } from "../../../static/js/seat-editor/scene.js";
import { smallDocument } from "./builders.js";

const MARKS = ["circle", "square"];
const sceneOf = (/** @type {any} */ plan, /** @type {string | null} */ floor = null) => new Scene(plan, MARKS, floor);

test("seats are at their absolute places, with the mark of their category", () => {
  const scene = sceneOf(open(smallDocument()));

  assert.deepEqual([scene.byKey.get("b2")?.x, scene.byKey.get("b2")?.y], [120, 76]);
  assert.deepEqual(scene.categories.map(({ mark }) => mark), MARKS);
  assert.equal(scene.pitch, 20);
});

test("rows that an operation did not touch are not read again", () => {
  const plan = open(smallDocument());
  const before = sceneOf(plan);
  const after = sceneOf(move(plan, new Set(["a1"]), 5, 5));

  assert.equal(after.rows[1], before.rows[1]);
  assert.notEqual(after.rows[0], before.rows[0]);
  assert.equal(after.byKey.get("a1")?.x, 105);
});

test("the nearest seat is hit, and none beyond reach", () => {
  const scene = sceneOf(open(smallDocument()));

  assert.equal(scene.seatAt({ x: 126, y: 52 }, 10)?.key, "a2");
  assert.equal(scene.seatAt({ x: 126, y: 900 }, 10), null);
});

test("a box takes the seats in it, and shapes only whole", () => {
  const scene = sceneOf(open(smallDocument()));
  const stage = scene.shapeOf("stage");
  assert.ok(stage);

  assert.deepEqual([...scene.inBox({ left: 90, top: 40, right: 125, bottom: 60 })].sort(), ["a1", "a2"]);
  const corner = stage.corners[0];
  const half = { left: corner.x - 1, top: corner.y - 1, right: corner.x + 40, bottom: corner.y + 100 };
  assert.equal(scene.inBox(half).has("stage"), false);
  assert.equal(scene.inBox({ left: -1e4, top: -1e4, right: 1e4, bottom: 1e4 }).has("stage"), true);
});

test("a lasso takes what lies within its line", () => {
  const scene = sceneOf(open(smallDocument()));
  const triangle = [{ x: 90, y: 40 }, { x: 150, y: 40 }, { x: 90, y: 100 }];

  assert.deepEqual([...scene.inPolygon(triangle)].sort(), ["a1", "a2", "b1"]);
});

test("a turned shape is hit where it is drawn", () => {
  const plan = open(smallDocument());
  const turned = sceneOf(rotate(plan, new Set(["stage"]), 90));
  const corners = turned.shapeOf("stage")?.corners ?? [];
  const middle = { x: (corners[0].x + corners[2].x) / 2, y: (corners[0].y + corners[2].y) / 2 };

  assert.equal(turned.shapeAt({ x: middle.x, y: middle.y + 30 })?.key, "stage");
  assert.equal(turned.shapeAt({ x: middle.x + 30, y: middle.y })?.key, undefined);
});

test("other floors are seen, but not hit", () => {
  const document = smallDocument();
  Object.assign(document.zones[1], { marquee: { floor: "Upper" } });
  const scene = sceneOf(open(document), "");

  assert.equal(scene.otherRows.length, 1);
  assert.equal(scene.seats.length, 6);
  assert.equal(sceneOf(open(document), "Upper").seats.length, 2);
});

test("what is odd in a file is left out of the drawing", () => {
  const document = { zones: [{ rows: [{ seats: [{ seat_guid: "x", position: "here" }, 7] }, null], areas: [{ shape: "spiral" }, { shape: "polygon", polygon: 3 }] }] };
  const scene = sceneOf(open(/** @type {any} */ (document)));

  assert.equal(scene.seats.length, 1);
  assert.equal(scene.shapes.length, 1);
});

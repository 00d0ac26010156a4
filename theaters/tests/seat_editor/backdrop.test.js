import assert from "node:assert/strict";
import { test } from "node:test";

import { backdropOf, calibrate, metersPerUnit, setBackdrop } from "../../../static/js/seat-editor/plan/backdrop.js";
import { open } from "../../../static/js/seat-editor/plan/document.js";
import { smallDocument } from "./builders.js";

const placed = () => setBackdrop(open(smallDocument()), { id: "p", x: 100, y: 50, scale: 2, rotation: 0, opacity: 0.5 });

test("a picture is placed, changed and taken away, and other keys stay", () => {
  const plan = setBackdrop(placed(), { rotation: 90 });

  assert.deepEqual(backdropOf(plan), { id: "p", x: 100, y: 50, scale: 2, rotation: 90, opacity: 0.5 });
  assert.equal(backdropOf(setBackdrop(plan, null)), null);
});

test("two points and their distance give the scale, and the first point stays", () => {
  const plan = placed();
  const [from, to] = [{ x: 200, y: 150 }, { x: 200, y: 190 }];
  const meters = 11;
  const next = backdropOf(calibrate(plan, from, to, meters));
  assert.ok(next);

  const pixel = (from.x - 100) / 2;
  assert.ok(Math.abs(next.x + pixel * next.scale - from.x) < 1e-3);
  const pixels = 40 / 2;
  assert.ok(Math.abs(pixels * next.scale * metersPerUnit(plan) - meters) < 1e-9);
});

test("a plan may say how large it is; otherwise seats are 55 cm apart", () => {
  const document = smallDocument();
  assert.equal(metersPerUnit(open(document)), 0.55 / 20);
  assert.equal(metersPerUnit(open(/** @type {any} */ ({ ...document, marquee: { meters_per_unit: 0.01 } }))), 0.01);
});

test("what can't be is left as it is", () => {
  const plan = placed();
  const point = { x: 1, y: 1 };

  assert.equal(calibrate(plan, point, point, 5), plan);
  assert.equal(calibrate(open(smallDocument()), point, { x: 2, y: 2 }, 5).marquee?.backdrop, undefined);
  assert.equal(backdropOf(open(/** @type {any} */ ({ marquee: { backdrop: 7 } }))), null);
});

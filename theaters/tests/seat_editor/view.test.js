import assert from "node:assert/strict";
import { test } from "node:test";

import { View } from "../../../static/js/seat-editor/view.js";

function makeView() {
  const view = new View();
  view.resize(800, 600);
  view.show({ left: 100, top: 50, right: 300, bottom: 150 });
  return view;
}

test("a box is shown in the middle, as large as it fits", () => {
  const view = makeView();

  assert.deepEqual(view.toPlan({ x: 400, y: 300 }), { x: 200, y: 100 });
  assert.equal(view.toWindow({ x: 100, y: 0 }).x, 32);
});

test("zooming leaves the point under the pointer where it is", () => {
  const view = makeView();
  const pixel = { x: 123, y: 456 };
  const before = view.toPlan(pixel);
  view.zoom(2.5, pixel);

  const after = view.toPlan(pixel);
  assert.ok(Math.abs(after.x - before.x) < 1e-9 && Math.abs(after.y - before.y) < 1e-9);
});

test("a point out of sight is brought into it, and one in sight moves nothing", () => {
  const view = makeView();
  const { x } = view;
  view.reveal({ x: 200, y: 100 });
  assert.equal(view.x, x);

  view.reveal({ x: 900, y: 100 });
  assert.ok(view.sight.right > 900);
});

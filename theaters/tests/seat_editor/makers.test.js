import assert from "node:assert/strict";
import { test } from "node:test";

import { open, seatsOf } from "../../../static/js/seat-editor/plan/document.js";
import { DRAWING_TOOLS, MAKERS } from "../../../static/js/seat-editor/tools/makers.js";
import { smallDocument } from "./builders.js";

const PITCH = 20;
const OPTIONS = { pitch: PITCH, rowPitch: 26, rows: 3, blocks: [4], seats: 6, text: "Stage", capacity: 50, name: "Pit" };
const here = { x: 500, y: 500 };

test("every drawing tool makes something of one point, as its form does", () => {
  for (const name of DRAWING_TOOLS) {
    const plan = open(smallDocument());
    const made = MAKERS[name](plan, here, here, OPTIONS, PITCH);

    assert.notEqual(made.plan, plan, name);
    assert.ok(made.selection.size > 0, name);
  }
});

test("a row is as long as it is drawn, and a tap makes one of a usual length around it", () => {
  const plan = open(smallDocument());

  assert.equal(MAKERS.row(plan, here, { x: 560, y: 500 }, OPTIONS, PITCH).selection.size, 4);
  const tapped = MAKERS.row(plan, here, here, OPTIONS, PITCH);
  const xs = [...seatsOf(tapped.plan)].filter(({ key }) => tapped.selection.has(key)).map(({ x }) => x);
  assert.equal(Math.min(...xs) + Math.max(...xs), 2 * here.x);
});

test("a box says how large a block is, and aisles that were asked for stay", () => {
  const plan = open(smallDocument());
  const to = { x: 560, y: 552 };

  assert.equal(MAKERS.block(plan, here, to, OPTIONS, PITCH).selection.size, 4 * 3);
  assert.equal(MAKERS.block(plan, here, to, { ...OPTIONS, blocks: [5, 5] }, PITCH).selection.size, 10 * 3);
  assert.equal(MAKERS.block(plan, here, here, OPTIONS, PITCH).selection.size, 4 * 3);
});

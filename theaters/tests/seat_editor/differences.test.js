import assert from "node:assert/strict";
import { test } from "node:test";
import { addBlock } from "../../../static/js/seat-editor/plan/create.js";
import { changeRows, changeZones, open } from "../../../static/js/seat-editor/plan/document.js";
import { findDifferences } from "../../../static/js/seat-editor/plan/differences.js";
import { setCategory } from "../../../static/js/seat-editor/plan/paint.js";
import { remove } from "../../../static/js/seat-editor/plan/remove.js";
import { move } from "../../../static/js/seat-editor/plan/transform.js";
import { plain, smallPlan } from "./builders.js";

const NONE = { keys: [], added: 0, removed: 0, changed: 0, sections: [] };

test("nothing has changed, in the same plan and in one that says the same", () => {
  const plan = smallPlan();
  assert.deepEqual(findDifferences(plan, plan), NONE);
  assert.deepEqual(findDifferences(plan, open(plain(plan))), NONE);
});

test("seats and areas are counted, with their sections", () => {
  const before = smallPlan();
  const painted = remove(setCategory(before, new Set(["a1", "a2"]), "Rear"), new Set(["c1", "floor"]));
  const after = addBlock(painted, { x: 0, y: 0 }, { rows: 1, blocks: [3], section: "Balcony" }).plan;
  const { keys, ...counts } = findDifferences(before, after);
  assert.deepEqual(counts, { added: 3, removed: 2, changed: 2, sections: ["Stalls", "Balcony"] });
  assert.deepEqual(keys.slice(0, 2), ["a1", "a2"]);
});

test("seats change with their row and with their section", () => {
  const plan = smallPlan();
  assert.equal(findDifferences(plan, move(plan, new Set(["b1", "b2", "b3"]), 5, 0)).changed, 3);
  const renamed = changeRows(plan, (row, zone) => (zone.name === "Balcony" ? { ...row, row_number: "Z" } : row));
  assert.equal(findDifferences(plan, renamed).changed, 2);
  const moved = changeZones(plan, (zone) => (zone.name === "Stalls" ? { ...zone, position: { x: 0, y: 0 } } : zone));
  assert.equal(findDifferences(plan, moved).changed, 6 + 2);
});

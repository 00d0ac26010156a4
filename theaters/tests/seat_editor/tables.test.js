import assert from "node:assert/strict";
import test from "node:test";

import { addArea } from "../../../static/js/seat-editor/plan/areas.js";
import { duplicate } from "../../../static/js/seat-editor/plan/copy.js";
import { addTable } from "../../../static/js/seat-editor/plan/create.js";
import { areasOf, chosenAreas, chosenSeats, find, open } from "../../../static/js/seat-editor/plan/document.js";
import { withTops } from "../../../static/js/seat-editor/plan/tables.js";
import { move, rotate } from "../../../static/js/seat-editor/plan/transform.js";
import { chance, pick, smallPlan, whole } from "./builders.js";

const empty = () => open({ name: "", categories: [{ name: "Front" }], zones: [] });
const seatsOf = (plan, selection) => new Set(chosenSeats(plan, selection).map(({ key }) => key));

test("a table that is selected has its top, however many seats it has and however it is turned", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = chance(seed);
    const options = { seats: whole(random, 2, 14), shape: pick(random, ["round", "long"]), rotation: whole(random, 0, 359) };
    const first = addTable(empty(), { x: 0, y: 0 }, options);
    const second = addTable(first.plan, { x: 200, y: 0 }, options);
    const turned = rotate(second.plan, first.selection, whole(random, 0, 359));
    assert.deepEqual([...withTops(turned, seatsOf(turned, first.selection))].sort(), [...first.selection].sort(), `${seed}`);
  }
});

test("a table and its top are moved and copied together", () => {
  const { plan, selection } = addTable(empty(), { x: 0, y: 0 }, { seats: 6 });
  const keys = withTops(plan, seatsOf(plan, selection));
  const [top] = chosenAreas(plan, selection);
  assert.equal(find(move(plan, keys, 30, 40), top.key)?.x, 30);
  assert.equal([...areasOf(duplicate(plan, keys, 100, 0).plan)].length, 2);
});

test("part of a table, a row and what is only near have no top", () => {
  const { plan, selection } = addTable(empty(), { x: 0, y: 0 }, { seats: 6 });
  const some = new Set([...seatsOf(plan, selection)].slice(1));
  assert.deepEqual(withTops(plan, some), some);
  const row = new Set(["a1", "a2", "a3"]);
  assert.deepEqual(withTops(smallPlan(), row), row);
  const around = addArea(plan, [{ x: -90, y: -90 }, { x: 90, y: 90 }], { section: "" }).plan;
  assert.deepEqual(withTops(around, seatsOf(around, selection)), new Set(selection));
});

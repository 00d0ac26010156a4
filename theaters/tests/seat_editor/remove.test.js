import assert from "node:assert/strict";
import test from "node:test";

import { open, seatsOf } from "../../../static/js/seat-editor/plan/document.js";
import { remove } from "../../../static/js/seat-editor/plan/remove.js";
import { anyDocument, chance, labels, smallPlan, someKeys } from "./builders.js";

test("seats and areas are removed, and nothing else", () => {
  const plan = smallPlan();
  const next = remove(plan, new Set(["a2", "stage"]));
  assert.deepEqual(labels(next).slice(0, 3), ["Stalls A 1", "Stalls A 3", "Stalls B 1"]);
  assert.deepEqual(next.zones[0].areas?.map((area) => area.uuid), ["floor"]);
  assert.equal(next.zones[0].rows[1], plan.zones[0].rows[1]);
});

test("a row and a section that became empty are removed too", () => {
  const next = remove(smallPlan(), new Set(["b1", "b2", "b3", "c1", "c2"]));
  assert.deepEqual(next.zones.map((zone) => [zone.name, zone.rows.length]), [["Stalls", 1]]);
});

test("a section that keeps an area stays", () => {
  const next = remove(smallPlan(), new Set(["a1", "a2", "a3", "b1", "b2", "b3"]));
  assert.deepEqual(next.zones.map((zone) => [zone.name, zone.rows.length]), [["Stalls", 0], ["Balcony", 1]]);
});

test("what was empty before stays, and the others are all there, in any plan", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    const keys = someKeys(random, plan);
    const left = [...seatsOf(remove(plan, keys))].map(({ seat }) => seat);
    assert.deepEqual(left, [...seatsOf(plan)].filter(({ key }) => !keys.has(key)).map(({ seat }) => seat));
    assert.equal(remove(plan, new Set()), plan);
  }
});

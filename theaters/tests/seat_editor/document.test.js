import assert from "node:assert/strict";
import test from "node:test";

import {
  KEY,
  areasOf,
  bounds,
  changeAreas,
  changeSeats,
  find,
  keyOf,
  open,
  placeSeats,
  seatsOf,
  toJson,
} from "../../../static/js/seat-editor/plan/document.js";
import { anyDocument, chance, plain, smallDocument, smallPlan, someKeys } from "./builders.js";

const keys = (plan) => [
  ...plan.zones.map(keyOf),
  ...plan.zones.flatMap((zone) => zone.rows.map(keyOf)),
  ...[...seatsOf(plan)].map(({ key }) => key),
  ...[...areasOf(plan)].map(({ key }) => key),
];

test("opening and writing any document gives the same JSON", () => {
  for (let seed = 0; seed < 200; seed++) {
    const document = anyDocument(chance(seed));
    assert.equal(toJson(open(document)), JSON.stringify(document));
  }
});

test("opening changes nothing in the document, not even a key", () => {
  const document = smallDocument();
  open(document);
  assert.deepStrictEqual(document, smallDocument());
});

test("everything in any document has a key of its own, which is the same when it is opened again", () => {
  for (let seed = 0; seed < 200; seed++) {
    const document = anyDocument(chance(seed));
    const found = keys(open(document));
    assert.ok(found.every(Boolean));
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(keys(open(plain(document))), found);
  }
});

test("what a file has in place of lists and objects is kept", () => {
  const odd = { zones: [null, 3, { rows: "none", areas: [1, null] }, { rows: [{ seats: [null, "x"] }] }], categories: 4 };
  const plan = open(odd);
  assert.equal(toJson(plan), JSON.stringify(odd));
  assert.deepEqual([...seatsOf(plan)], []);
  assert.equal(bounds(plan), null);
});

test("a seat's position is that of zone, row and seat together", () => {
  const found = find(smallPlan(), "b2");
  assert.deepEqual([found?.x, found?.y, found?.row?.row_number, found?.zone.name], [120, 76, "B", "Stalls"]);
});

test("rows, areas and zones are found by their keys", () => {
  const plan = smallPlan();
  assert.equal(find(plan, keyOf(plan.zones[1]))?.zone.name, "Balcony");
  assert.equal(find(plan, keyOf(plan.zones[0].rows[1]))?.row?.row_number, "B");
  assert.deepEqual([find(plan, "stage")?.x, find(plan, "stage")?.y], [80, 0]);
  assert.equal(find(plan, "nothing"), undefined);
});

test("a change shares all that it does not touch", () => {
  const plan = smallPlan();
  const next = changeSeats(plan, new Set(["a2"]), (seat) => ({ ...seat, category: "Rear" }));
  assert.equal(plan.zones[0].rows[0].seats[1].category, "Front");
  assert.equal(next.zones[0].rows[0].seats[1].category, "Rear");
  assert.equal(next.zones[0].rows[0].seats[0], plan.zones[0].rows[0].seats[0]);
  assert.equal(next.zones[0].rows[1], plan.zones[0].rows[1]);
  assert.equal(next.zones[0].areas, plan.zones[0].areas);
  assert.equal(next.zones[1], plan.zones[1]);
  assert.equal(next.zones[0][KEY], plan.zones[0][KEY]);
});

test("a change of nothing gives the same plan", () => {
  const plan = smallPlan();
  assert.equal(changeSeats(plan, new Set(["a2"]), (seat) => seat), plan);
  assert.equal(changeAreas(plan, new Set(["nothing"]), () => null), plan);
});

test("placing seats where they are gives the same plan, whatever the document", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    assert.equal(placeSeats(plan, someKeys(random, plan), (place) => place), plan);
  }
});

test("bounds go around seats and turned areas", () => {
  const plan = smallPlan();
  assert.deepEqual(bounds(plan, new Set(["a1", "b3"])), { left: 100, top: 50, right: 140, bottom: 76 });
  const turned = changeAreas(plan, new Set(["stage"]), (area) => ({ ...area, rotation: 90 }));
  const box = bounds(turned, new Set(["stage"]));
  assert.deepEqual(Object.values(box ?? {}).map(Math.round), [50, 0, 80, 80]);
});

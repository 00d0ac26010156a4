import assert from "node:assert/strict";
import test from "node:test";

import { addRow } from "../../../static/js/seat-editor/plan/create.js";
import { areasOf, chosenSeats, find, keyOf, open, seatsOf } from "../../../static/js/seat-editor/plan/document.js";
import * as floors from "../../../static/js/seat-editor/plan/floors.js";
import { joinRows, makeRow, setSection, splitRow } from "../../../static/js/seat-editor/plan/regroup.js";
import { anyDocument, chance, labels, pick, plain, points, smallPlan, someKeys } from "./builders.js";

const shape = (plan) => plan.zones.map((zone) => [zone.name, ...zone.rows.map((row) => `${row.row_number}${row.seats.length}`)]);

/** Everything is where it was, and nothing is there twice or lost. */
function assertStill(next, plan, message) {
  const [a, b] = [points(next), points(plan)];
  assert.deepEqual(Object.keys(a).sort(), Object.keys(b).sort(), message);
  assert.equal([...seatsOf(next)].length, [...seatsOf(plan)].length);
  for (const [key, [x, y]] of Object.entries(a)) assert.ok(Math.hypot(x - b[key][0], y - b[key][1]) < 0.001, message);
  const places = (one) => [...areasOf(one)].map(({ key, x, y }) => `${key} ${x.toFixed(2)} ${y.toFixed(2)}`).sort();
  assert.deepEqual(places(next), places(plan));
}

test("seats of several rows become one row, in the order along its line", () => {
  const plan = smallPlan();
  const next = makeRow(plan, new Set(["b3", "a1", "a2", "a3", "b1", "b2"]));
  assert.deepEqual(shape(next), [["Stalls", "A6"], ["Balcony", "A2"]]);
  assert.equal(new Set(next.zones[0].rows[0].seats.map((seat) => seat.seat_number)).size, 6);
  assertStill(next, plan);
});

test("single rows on one line become one row from left to right and keep their numbers", () => {
  let plan = open({ categories: [], zones: [] });
  const keys = new Set();
  for (const [x, first] of [[100, 3], [0, 1], [200, 5]]) {
    const result = addRow(plan, { x, y: 0 }, { x: x + 20, y: 0 }, { first });
    plan = result.plan;
    for (const key of result.selection) keys.add(key);
  }
  const next = makeRow(plan, keys);
  assert.deepEqual(labels(next), [1, 2, 3, 4, 5, 6].map((number) => ` A ${number}`));
  assertStill(next, plan);
});

test("a row of part of a row gets the next label", () => {
  const plan = smallPlan();
  const next = makeRow(plan, new Set(["a2", "a3", "b2"]));
  assert.deepEqual(shape(next)[0], ["Stalls", "A1", "C3", "B2"]);
  assertStill(next, plan);
  assert.equal(makeRow(plan, new Set(["a1", "a2", "a3"])), plan);
  assert.deepEqual(shape(makeRow(plan, new Set(["a1", "a2", "a3"]), { label: "Q" }))[0], ["Stalls", "Q3", "B3"]);
});

test("joined rows are the first of them, and doubled numbers go on", () => {
  const plan = smallPlan();
  const next = joinRows(plan, new Set(["a1", "b2"]));
  assert.deepEqual(labels(next).slice(0, 6), [1, 2, 3, 4, 5, 6].map((number) => `Stalls A ${number}`));
  assert.equal(keyOf(next.zones[0].rows[0]), keyOf(plan.zones[0].rows[0]));
  assertStill(next, plan);
  assert.equal(joinRows(plan, new Set(["a1", "c1"])), plan);
});

test("a split row is two, and one that is selected as a whole stays", () => {
  const plan = smallPlan();
  const next = splitRow(plan, new Set(["a3", "b1", "b2", "b3", "c2"]));
  assert.deepEqual(shape(next), [["Stalls", "A2", "C1", "B3"], ["Balcony", "A1", "B1"]]);
  assert.equal(next.zones[0].rows[2], plan.zones[0].rows[1]);
  assertStill(next, plan);
});

test("rows and areas go into another section and keep their labels where they are free", () => {
  const plan = smallPlan();
  const next = setSection(plan, new Set(["b1", "b2", "b3", "a1", "stage"]), "Balcony");
  assert.deepEqual(shape(next), [["Stalls", "A2"], ["Balcony", "A2", "C1", "B3"]]);
  assert.equal(find(next, "stage")?.zone.name, "Balcony");
  assertStill(next, plan);
  assert.equal(setSection(plan, new Set(["c1"]), "Balcony"), plan);
});

test("a new section is made on the floor of what goes there", () => {
  const plan = floors.setFloor(smallPlan(), new Set(["c1", "c2"]), "Upper");
  const next = setSection(plan, new Set(["c2"]), "Boxes");
  assert.deepEqual(shape(next), [["Stalls", "A3", "B3"], ["Balcony", "A1"], ["Boxes", "A1"]]);
  assert.equal(next.zones[2].marquee.floor, "Upper");
});

test("regrouping any seats of any plan moves, loses and doubles none", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    const keys = someKeys(random, plan);
    for (const { key } of areasOf(plan)) if (random() < 0.3) keys.add(key);
    const name = pick(random, ["Stalls", "Balcony", "New"]);
    assertStill(makeRow(plan, keys), plan, `row ${seed}`);
    assertStill(joinRows(plan, keys), plan, `join ${seed}`);
    assertStill(splitRow(plan, keys), plan, `split ${seed}`);
    assertStill(setSection(plan, keys, name), plan, `section ${seed}`);
    assertStill(floors.setFloor(plan, keys, "Upper"), plan, `floor ${seed}`);
  }
});

test("floors are listed from the lowest up, the nameless one first", () => {
  let plan = smallPlan();
  assert.deepEqual(floors.floorsOf(plan), []);
  plan = floors.setFloor(plan, new Set(["c1", "c2"]), "Upper");
  assert.deepEqual(floors.floorsOf(plan), ["", "Upper"]);
  plan = floors.renameFloor(plan, "", "Ground");
  assert.deepEqual(floors.floorsOf(plan), ["Ground", "Upper"]);
  plan = floors.moveFloor(floors.addFloor(plan, "Attic"), "Upper", 9);
  assert.deepEqual(floors.floorsOf(plan), ["Ground", "Attic", "Upper"]);
  assert.equal(floors.renameFloor(plan, "Attic", "Upper"), plan);
  plan = floors.removeFloor(plan, "Upper", "Ground");
  assert.deepEqual(floors.floorsOf(plan), ["Ground", "Attic"]);
  assert.equal(floors.keysOnFloor(plan, "Ground").size, 10);
});

test("floors taken away leave no trace", () => {
  const plan = floors.addFloor(floors.setFloor(smallPlan(), new Set(["c1", "c2"]), "Upper"), "Attic");
  assert.deepEqual(plain(floors.removeFloor(floors.removeFloor(plan, "Upper"), "Attic")), plain(smallPlan()));
});

test("part of a section goes to another floor as a section of its name", () => {
  const next = floors.setFloor(smallPlan(), new Set(["a1", "a2", "b1"]), "Upper");
  assert.deepEqual(shape(next), [["Stalls", "A1", "B2"], ["Balcony", "A2"], ["Stalls", "A2", "B1"]]);
  assert.deepEqual(chosenSeats(next, new Set(["a1"])).map(({ zone, seat }) => [zone.marquee.floor, seat.seat_number]), [["Upper", "1"]]);
});

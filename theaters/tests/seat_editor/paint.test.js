import assert from "node:assert/strict";
import test from "node:test";

import { find, open, seatsOf, areasOf } from "../../../static/js/seat-editor/plan/document.js";
import * as paint from "../../../static/js/seat-editor/plan/paint.js";
import { anyDocument, chance, plain, smallPlan, someKeys } from "./builders.js";

const names = (plan) => plan.categories.map((category) => category.name);

test("seats and areas for sale get the category, shapes that are only drawn don't", () => {
  const plan = paint.setCategory(smallPlan(), new Set(["a1", "floor", "stage"]), "Front");
  assert.equal(find(plan, "a1")?.seat?.category, "Front");
  assert.equal(find(plan, "floor")?.area?.marquee.category, "Front");
  assert.equal(find(plan, "stage")?.area?.marquee, undefined);
});

test("painting what is so already gives the same plan", () => {
  const plan = smallPlan();
  assert.equal(paint.setCategory(plan, new Set(["a1", "a2"]), "Front"), plan);
  assert.equal(paint.setFlag(plan, new Set(["a1", "a2"]), "aisle", false), plan);
  assert.equal(paint.recolorCategory(plan, "Front", "#8c2f39"), plan);
  assert.equal(paint.renameSection(plan, new Set(["a1"]), "Stalls"), plan);
});

test("a flag set and taken away leaves no trace, in any plan", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    const without = [...seatsOf(plan)].filter(({ seat }) => !seat.marquee).map(({ key }) => key);
    const keys = new Set(without.filter(() => random() < 0.5));
    const flagged = paint.setFlag(plan, keys, "restricted", true);
    assert.ok([...seatsOf(flagged)].every(({ key, seat }) => !keys.has(key) || seat.marquee.restricted === true));
    assert.deepEqual(plain(paint.setFlag(flagged, keys, "restricted", false)), plain(plan));
  }
});

test("a flag leaves other flags and unknown keys alone", () => {
  const plan = open({
    categories: [],
    zones: [{ rows: [{ seats: [{ seat_guid: "a", marquee: { accessible: true, other: 1 } }] }] }],
  });
  const next = paint.setFlag(paint.setFlag(plan, new Set(["a"]), "aisle", true), new Set(["a"]), "accessible", false);
  assert.deepEqual(plain(find(next, "a")?.seat?.marquee), { other: 1, aisle: true });
});

test("a section is renamed by any of its seats or areas", () => {
  assert.equal(paint.renameSection(smallPlan(), new Set(["b2"]), "Parkett").zones[0].name, "Parkett");
  assert.equal(paint.renameSection(smallPlan(), new Set(["floor"]), "Parkett").zones[0].name, "Parkett");
  assert.equal(paint.renameSection(smallPlan(), new Set(["b2"]), "Parkett").zones[1].name, "Balcony");
});

test("a capacity makes a shape an area for sale, and none makes it a shape again", () => {
  const sold = paint.setCapacity(smallPlan(), new Set(["stage"]), 40);
  assert.deepEqual(plain(find(sold, "stage")?.area?.marquee), { capacity: 40, category: "Front" });
  const drawn = paint.setCapacity(sold, new Set(["stage", "floor"]), null);
  assert.equal(find(drawn, "stage")?.area?.marquee, undefined);
  assert.deepEqual(plain(find(drawn, "floor")?.area?.marquee), { name: "Floor" });
});

test("words go into the middle of a shape without words, and change in place otherwise", () => {
  const plan = paint.setText(smallPlan(), new Set(["stage", "floor"]), "Bar");
  assert.deepEqual(plain(find(plan, "stage")?.area?.text), { text: "Bar", position: { x: 40, y: 15 } });
  assert.deepEqual(plain(find(plan, "floor")?.area?.text), { text: "Bar", position: { x: 20, y: 15 } });
});

test("a category is added last, once, in a color of its own", () => {
  const plan = paint.addCategory(smallPlan(), "Box");
  assert.deepEqual(plain(plan.categories.at(-1)), { name: "Box", color: "#3d6b57" });
  assert.equal(paint.addCategory(plan, "Box"), plan);
});

test("renaming a category there and back changes nothing, in any plan", () => {
  for (let seed = 0; seed < 100; seed++) {
    const plan = open(anyDocument(chance(seed)));
    const renamed = paint.renameCategory(plan, "Rear", "Back");
    assert.ok([...seatsOf(renamed)].every(({ seat }) => seat.category !== "Rear"));
    assert.ok([...areasOf(renamed)].every(({ area }) => area.marquee?.category !== "Rear"));
    assert.deepEqual(plain(paint.renameCategory(renamed, "Back", "Rear")), plain(plan));
  }
});

test("a category can't take another one's name", () => {
  const plan = smallPlan();
  assert.equal(paint.renameCategory(plan, "Rear", "Front"), plan);
});

test("categories change their rank", () => {
  const plan = paint.addCategory(smallPlan(), "Box");
  assert.deepEqual(names(paint.moveCategory(plan, "Box", 0)), ["Box", "Front", "Rear"]);
  assert.deepEqual(names(paint.moveCategory(plan, "Front", 9)), ["Rear", "Box", "Front"]);
  assert.equal(paint.moveCategory(plan, "Front", 0), plan);
  assert.equal(paint.moveCategory(plan, "None", 1), plan);
});

test("seats of a removed category get another", () => {
  const plan = paint.removeCategory(smallPlan(), "Front", "Rear");
  assert.deepEqual(names(plan), ["Rear"]);
  assert.ok([...seatsOf(plan)].every(({ seat }) => seat.category === "Rear"));
});

test("a category that is not for sale says so, and says nothing once it is again", () => {
  const plan = paint.setForSale(smallPlan(), "Rear", false);
  assert.equal(plan.categories[1].marquee.for_sale, false);
  assert.deepEqual(plain(paint.setForSale(plan, "Rear", true)), plain(smallPlan()));
});

test("painting keeps all seats of any plan", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = chance(seed);
    const plan = open(anyDocument(random));
    const next = paint.setCategory(plan, someKeys(random, plan), "Rear");
    assert.deepEqual([...seatsOf(next)].map(({ key }) => key), [...seatsOf(plan)].map(({ key }) => key));
  }
});

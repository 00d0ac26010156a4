import assert from "node:assert/strict";
import test from "node:test";

import { copy, duplicate, paste, readClip } from "../../../static/js/seat-editor/plan/copy.js";
import { addBlock, addTable } from "../../../static/js/seat-editor/plan/create.js";
import { chosenAreas, chosenSeats, find, open, seatsOf } from "../../../static/js/seat-editor/plan/document.js";
import { setCompanionOf, setFlag } from "../../../static/js/seat-editor/plan/paint.js";
import { remove } from "../../../static/js/seat-editor/plan/remove.js";
import { anyDocument, chance, labels, plain, points, smallPlan, someKeys } from "./builders.js";

const labelsOf = (plan, selection) => chosenSeats(plan, selection).map(({ row, seat }) => row.row_number + seat.seat_number);
const all = (plan) => new Set([...seatsOf(plan)].map(({ key }) => key));

test("rows copied to the rear get the next labels", () => {
  const { plan, selection } = duplicate(smallPlan(), new Set(["a1", "a2", "a3", "b1", "b2", "b3"]));
  assert.deepEqual(labelsOf(plan, selection), ["C1", "C2", "C3", "D1", "D2", "D3"]);
  assert.deepEqual(chosenSeats(plan, selection).map(({ x, y }) => [x, y])[0], [100, 102]);
});

test("rows copied to the side go on with their numbers, in steps of their own", () => {
  const odd = open({
    categories: [],
    zones: [{ name: "", rows: [{ row_number: "A", seats: [5, 3, 1].map((n, at) => ({ seat_guid: `${n}`, seat_number: `${n}`, position: { x: at * 20, y: 0 } })) }] }],
  });
  const { plan, selection } = duplicate(odd, all(odd), 100, 0);
  assert.deepEqual(labelsOf(plan, selection), ["A11", "A9", "A7"]);
});

test("a row of two copied to the rear gets the next label, one copied to the side the next numbers", () => {
  const keys = new Set(["c1", "c2"]);
  const behind = duplicate(smallPlan(), keys, 0, 26);
  assert.deepEqual(labelsOf(behind.plan, behind.selection), ["B1", "B2"]);
  const beside = duplicate(smallPlan(), keys, 80, 0);
  assert.deepEqual(labelsOf(beside.plan, beside.selection), ["A3", "A4"]);
});

test("part of a curved row copied along its arc goes on with its numbers", () => {
  const radius = 300;
  const made = addBlock(smallPlan(), { x: 0, y: 0 }, { blocks: [10], rows: 1, radius, section: "Arc" });
  const seats = chosenSeats(made.plan, made.selection);
  const turned = (9 * 20) / radius + 0.2;
  // The same two seats, further along the arc.
  const [first] = seats;
  const at = Math.atan2(first.y + radius, first.x) - turned;
  const [dx, dy] = [radius * Math.cos(at) - first.x, radius * Math.sin(at) - radius - first.y];
  const along = duplicate(made.plan, new Set([first.key]), dx, dy);
  assert.deepEqual(labelsOf(along.plan, along.selection), ["A11"]);
  const behind = duplicate(made.plan, new Set(seats.map(({ key }) => key)), 0, 26);
  assert.deepEqual([...new Set(labelsOf(behind.plan, behind.selection).map((label) => label[0]))], ["B"]);
});

test("tables copied get the next numbers, and their tops come along", () => {
  const made = addTable(smallPlan(), { x: 500, y: 0 }, { seats: 4, section: "Club" });
  const { plan, selection } = duplicate(made.plan, made.selection, 100, 0);
  assert.deepEqual(labelsOf(plan, selection), ["21", "22", "23", "24"]);
  assert.equal(chosenAreas(plan, selection).length, 1);
});

test("what was cut comes back with its labels and ids, once", () => {
  const before = smallPlan();
  const keys = new Set(["a1", "a2", "a3", "c1", "c2"]);
  const { plan } = paste(remove(before, keys), copy(before, keys), 0, 0);
  assert.deepEqual(labels(plan).sort(), labels(before).sort());
  assert.deepEqual(points(plan), points(before));
  const again = paste(plan, copy(before, keys), 0, 300);
  assert.equal(new Set([...seatsOf(again.plan)].map(({ seat }) => seat.seat_guid)).size, 13);
});

test("a clip goes through the clipboard, and into another plan with its categories and sections", () => {
  const clip = readClip(JSON.stringify(copy(smallPlan(), new Set(["c1", "floor"]))));
  const { plan, selection } = paste(open({ name: "Empty", categories: [], zones: [] }), clip, 0, 0);
  assert.deepEqual(plan.categories.map(({ name }) => name), ["Front", "Rear"]);
  assert.deepEqual(plan.zones.map(({ name }) => name), ["Stalls", "Balcony"]);
  assert.equal(selection.size, 2);
  assert.deepEqual(chosenSeats(plan, selection).map(({ x, y }) => [x, y]), [[100, 200]]);
});

test("anything else on the clipboard is no clip", () => {
  for (const text of ["", "hello", "null", "[]", "{}", '{"clip": 1}', '{"clip": 1, "zones": 4}']) {
    assert.equal(readClip(text), null);
  }
});

test("the name of a copied area is not doubled", () => {
  const once = duplicate(smallPlan(), new Set(["floor"]));
  const twice = duplicate(once.plan, new Set(["floor"]));
  assert.equal(chosenAreas(once.plan, once.selection)[0].area.marquee.name, "Floor 2");
  assert.equal(chosenAreas(twice.plan, twice.selection)[0].area.marquee.name, "Floor 3");
});

test("copies of anything have ids of their own, lie where they should and share what was there", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = chance(seed);
    const before = open(anyDocument(random));
    const keys = someKeys(random, before);
    const { plan, selection } = duplicate(before, keys, 13, -7);
    assert.equal(selection.size, keys.size);
    const copies = chosenSeats(plan, selection);
    const ids = [...seatsOf(before)].map(({ seat }) => seat.seat_guid);
    assert.ok(copies.every(({ seat }) => !ids.includes(seat.seat_guid)));
    const sorted = (list) => list.map(({ x, y }) => `${x.toFixed(3)} ${y.toFixed(3)}`).sort();
    const moved = chosenSeats(before, keys).map(({ x, y }) => ({ x: x + 13, y: y - 7 }));
    assert.deepEqual(sorted(copies), sorted(moved));
    const rest = new Set([...seatsOf(plan)].map(({ seat }) => seat));
    assert.ok([...seatsOf(before)].every(({ seat }) => rest.has(seat)));
    assert.deepEqual(plain(remove(plan, selection)).zones.flatMap((zone) => zone.rows), plain(before).zones.flatMap((zone) => zone.rows));
  }
});

test("labels of copies are never those of other seats, in any plan that doubles none", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = chance(seed);
    const before = addBlock(smallPlan(), { x: 300, y: 0 }, { blocks: [3, 2], rows: 4, radius: random() < 0.5 ? 200 : 0 }).plan;
    const once = duplicate(before, someKeys(random, before), random() < 0.5 ? 0 : 90, random() < 0.5 ? 0 : 110).plan;
    const twice = duplicate(once, someKeys(random, once), random() < 0.5 ? 0 : 90, random() < 0.5 ? 0 : 110).plan;
    const found = labels(twice);
    assert.equal(new Set(found).size, found.length, String(seed));
  }
});

test("a copied companion seat belongs to the copied wheelchair place, or else to none", () => {
  const flagged = setFlag(setFlag(smallPlan(), new Set(["a1"]), "accessible", true), new Set(["b3"]), "companion", true);
  const plan = setCompanionOf(flagged, new Set(["b3", "a2"]), "a1");
  assert.equal(find(plan, "a2").seat.marquee, undefined);
  assert.equal(find(plan, "b3").seat.marquee.companion_of, "a1");
  const both = duplicate(plan, new Set(["a1", "b3"]));
  const [place, companion] = chosenSeats(both.plan, both.selection).map(({ seat }) => seat);
  assert.equal(companion.marquee.companion_of, place.seat_guid);
  const alone = duplicate(plan, new Set(["b3"]));
  assert.deepEqual(plain(chosenSeats(alone.plan, alone.selection)[0].seat.marquee), { companion: true });
});

test("no companion seat names a wheelchair place that is gone", () => {
  const flagged = setFlag(setFlag(smallPlan(), new Set(["a1"]), "accessible", true), new Set(["b3"]), "companion", true);
  const plan = setCompanionOf(flagged, new Set(["b3"]), "a1");
  for (const next of [
    remove(plan, new Set(["a1"])),
    setFlag(plan, new Set(["a1"]), "accessible", false),
    setCompanionOf(plan, new Set(["b3"]), null),
  ]) {
    assert.deepEqual(plain(find(next, "b3").seat.marquee), { companion: true });
  }
  assert.equal(find(setFlag(plan, new Set(["b3"]), "companion", false), "b3").seat.marquee, undefined);
});

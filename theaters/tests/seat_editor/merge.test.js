import assert from "node:assert/strict";
import { test } from "node:test";
import { addBlock } from "../../../static/js/seat-editor/plan/create.js";
import { changeAreas, changeList, changeRows, changeSeats, changeZones, keyOf, open, seatsOf } from "../../../static/js/seat-editor/plan/document.js";
import { merge } from "../../../static/js/seat-editor/plan/merge.js";
import { addCategory, removeCategory, renameCategory, setCategory, setFlag } from "../../../static/js/seat-editor/plan/paint.js";
import { remove } from "../../../static/js/seat-editor/plan/remove.js";
import { isSame, share } from "../../../static/js/seat-editor/plan/same.js";
import { move } from "../../../static/js/seat-editor/plan/transform.js";
import { anyDocument, chance, largePlan, pick, plain, points, smallDocument, smallPlan, someKeys, whole } from "./builders.js";

/** @typedef {import("../../../static/js/seat-editor/plan/document.js").Plan} Plan */

/** @param {...string} ids */
const keys = (...ids) => new Set(ids);

/** @param {Plan} plan @param {string} id @returns {any} */
function seat(plan, id) {
  const found = [...seatsOf(plan)].filter(({ key }) => key === id);
  assert.equal(found.length, 1, `${id} is there ${found.length} times`);
  return found[0];
}

/** @param {Plan} base @param {Plan} mine @param {Plan} theirs */
function mergeClean(base, mine, theirs) {
  const { plan, conflicts } = merge(base, mine, theirs);
  assert.deepEqual(conflicts, []);
  assert.ok(isSame(plan, merge(base, theirs, mine).plan), "It depends on who merges.");
  return plan;
}

/** @param {Plan} plan @returns {Plan} as the server sends it back */
function sent(plan) {
  return open(plain(plan));
}

test("changes to different seats are both there", () => {
  const base = smallPlan();
  const mine = move(base, keys("a1"), 3, 4);
  const theirs = setCategory(base, keys("a2", "c1"), "Rear");
  const plan = mergeClean(base, mine, sent(theirs));
  assert.deepEqual(points(plan).a1, [103, 54]);
  assert.deepEqual(["a1", "a2", "a3", "c1"].map((id) => seat(plan, id).seat.category), ["Front", "Rear", "Front", "Rear"]);
});

test("changes to different properties of one seat are both there", () => {
  const base = smallPlan();
  const plan = mergeClean(base, setFlag(move(base, keys("a1"), 3, 4), keys("a1"), "aisle", true), setFlag(setCategory(base, keys("a1"), "Rear"), keys("a1"), "companion", true));
  const found = seat(plan, "a1");
  assert.deepEqual([found.x, found.seat.category, found.seat.marquee], [103, "Rear", { aisle: true, companion: true }]);
});

test("a row that one moves and the other extends is moved and longer", () => {
  const base = smallPlan();
  const mine = move(base, keys("b1", "b2", "b3"), 0, 10);
  const theirs = changeRows(base, (row) =>
    row.row_number === "B" ? { ...row, seats: [...row.seats, { ...row.seats[2], seat_guid: "b4", seat_number: "4", position: { x: 60, y: 0 } }] } : row,
  );
  const plan = mergeClean(base, mine, sent(theirs));
  assert.deepEqual([points(plan).b1, points(plan).b4], [[100, 86], [160, 86]]);
});

test("new rows of both are there, though they have the same name", () => {
  const base = smallPlan();
  const [mine, theirs] = [1, 2].map((seats) => addBlock(base, { x: 0, y: 300 }, { rows: 1, blocks: [seats], section: "Stalls" }).plan);
  const plan = mergeClean(base, mine, sent(theirs));
  assert.equal([...seatsOf(plan)].length, 8 + 3);
  assert.deepEqual(plan.zones[0].rows.map((row) => row.seats.length).sort(), [1, 2, 3, 3]);
  assert.equal(new Set(plan.zones.flatMap((zone) => zone.rows.map(keyOf))).size, 5);
});

test("what was sent and came back is not doubled", () => {
  const base = smallPlan();
  const once = addBlock(base, { x: 0, y: 300 }, { rows: 2, blocks: [4] }).plan;
  const { plan, conflicts } = merge(base, setCategory(once, keys("a1"), "Rear"), sent(once));
  assert.deepEqual(conflicts, []);
  assert.equal([...seatsOf(plan)].length, 16);
});

test("a seat that only one has deleted is gone; one that the other has changed stays", () => {
  const base = smallPlan();
  const mine = remove(base, keys("a1", "a2"));
  const theirs = sent(setCategory(base, keys("a2"), "Rear"));
  const { plan, conflicts } = merge(base, mine, theirs);
  assert.deepEqual([...seatsOf(plan)].map(({ key }) => key), ["a2", "a3", "b1", "b2", "b3", "c1", "c2"]);
  assert.equal(seat(plan, "a2").seat.category, "Rear");
  const [{ id, property, names, mine: own }] = conflicts;
  assert.deepEqual([conflicts.length, property, names, own], [1, "removed", ["Stalls", "A", "2"], null]);
  const chosen = merge(base, mine, theirs, new Map([[id, "mine"]])).plan;
  assert.deepEqual([...seatsOf(chosen)].map(({ key }) => key), ["a3", "b1", "b2", "b3", "c1", "c2"]);
});

test("a row that one deletes and the other moves stays as a whole, until it is chosen", () => {
  const base = smallPlan();
  const row = keys("b1", "b2", "b3");
  const mine = remove(base, row);
  const theirs = sent(move(base, row, 0, 10));
  const { plan, conflicts } = merge(base, mine, theirs);
  assert.deepEqual(conflicts.map(({ kind, names, property }) => [kind, names, property]), [["row", ["Stalls", "B"], "removed"]]);
  assert.deepEqual(points(plan), points(theirs));
  const chosen = merge(base, mine, theirs, new Map([[conflicts[0].id, "mine"]]));
  assert.deepEqual(points(chosen.plan), points(mine));
  assert.equal(chosen.conflicts.length, 1);
});

test("a row that one deletes and the other extends holds what is new", () => {
  const base = smallPlan();
  const theirs = changeRows(base, (row) =>
    row.row_number === "B" ? { ...row, seats: [...row.seats, { ...row.seats[2], seat_guid: "b4", seat_number: "4" }] } : row,
  );
  const plan = mergeClean(base, remove(base, keys("b1", "b2", "b3")), sent(theirs));
  assert.deepEqual(plan.zones[0].rows.map((row) => row.seats.map((one) => one.seat_guid)), [["a1", "a2", "a3"], ["b4"]]);
});

test("new rows without ids have keys of their own", () => {
  const base = smallPlan();
  const [mine, theirs] = ["c", "d"].map((id) => {
    const row = { ...base.zones[1].rows[0], row_number: "B", seats: [{ ...base.zones[1].rows[0].seats[0], seat_guid: id }] };
    return sent(changeZones(base, (zone) => (zone.name === "Balcony" ? { ...zone, rows: [...zone.rows, row] } : zone)));
  });
  const plan = mergeClean(base, share(base, mine), theirs);
  assert.equal(new Set(plan.zones[1].rows.map(keyOf)).size, 3);
});

test("both changing one thing is a conflict, which names the seat; mine stays until theirs is chosen", () => {
  const base = smallPlan();
  const mine = move(base, keys("a1"), 5, 0);
  const theirs = sent(move(base, keys("a1"), 0, 5));
  const { plan, conflicts } = merge(base, mine, theirs);
  assert.deepEqual(conflicts, [
    { id: "a1 position", kind: "seat", names: ["Stalls", "A", "1"], key: "a1", property: "position", base: { x: 0, y: 0 }, mine: { x: 5, y: 0 }, theirs: { x: 0, y: 5 } },
  ]);
  assert.deepEqual(points(plan).a1, [105, 50]);
  assert.deepEqual(points(merge(base, mine, theirs, new Map([["a1 position", "theirs"]])).plan).a1, [100, 55]);
});

test("the same change of both is no conflict", () => {
  const base = smallPlan();
  mergeClean(base, move(base, keys("a1"), 5, 0), sent(move(base, keys("a1"), 5, 0)));
});

test("a category that one renames and the other gives to a seat has its new name", () => {
  const base = smallPlan();
  const plan = mergeClean(base, renameCategory(base, "Rear", "Circle"), sent(setCategory(base, keys("a1"), "Rear")));
  assert.deepEqual(plan.categories.map(({ name }) => name), ["Front", "Circle"]);
  assert.equal(seat(plan, "a1").seat.category, "Circle");
  assert.equal(plan.zones[0].areas?.[1].marquee.category, "Circle");
});

test("a category that one removes and the other gives to a seat stays", () => {
  const base = addCategory(smallPlan(), "Box", "#123456");
  const plan = mergeClean(base, removeCategory(base, "Box"), sent(setCategory(base, keys("a1"), "Box")));
  assert.deepEqual(plan.categories.map(({ name }) => name), ["Front", "Rear", "Box"]);
});

test("sections, areas and unknown keys are merged too", () => {
  const base = smallPlan();
  const mine = changeZones({ ...base, theirs: [1], marquee: { floors: ["Ground", "First"] } }, (zone) => ({ ...zone, name: `${zone.name} (new)` }));
  const theirs = sent(
    changeAreas({ ...base, other: { a: 1 }, marquee: { floors: ["Ground", "Second"], stage: "top" } }, keys("floor"), (area) => ({ ...area, marquee: { ...area.marquee, capacity: 7 } })),
  );
  const plan = mergeClean({ ...base, marquee: { floors: ["Ground"] } }, mine, theirs);
  assert.deepEqual(plan.zones.map(({ name }) => name), ["Stalls (new)", "Balcony (new)"]);
  assert.equal(plan.zones[0].areas?.[1].marquee.capacity, 7);
  assert.deepEqual([plan.theirs, plan.other, plan.marquee.stage], [[1], { a: 1 }, "top"]);
  assert.deepEqual(new Set(plan.marquee.floors), new Set(["Ground", "First", "Second"]));
});

test("a row that one renames and the other paints is found again without an id", () => {
  const base = smallPlan();
  const mine = changeRows(base, (row, zone) => (zone.name === "Stalls" && row.row_number === "A" ? { ...row, row_number: "AA" } : row));
  const plan = mergeClean(base, mine, sent(setCategory(base, keys("a2"), "Rear")));
  assert.deepEqual(plan.zones[0].rows.map((row) => row.row_number), ["AA", "B"]);
  assert.equal(seat(plan, "a2").seat.category, "Rear");
});

test("a seat that goes to another row takes along what the other has changed", () => {
  const base = smallPlan();
  const moving = base.zones[0].rows[0].seats[2];
  const mine = changeRows(base, (row, zone) => {
    if (zone.name !== "Stalls") return row;
    return row.row_number === "A" ? { ...row, seats: row.seats.slice(0, 2) } : { ...row, seats: [...row.seats, { ...moving, position: { x: 60, y: 0 } }] };
  });
  const plan = mergeClean(base, mine, sent(setFlag(base, keys("a3"), "restricted", true)));
  const found = seat(plan, "a3");
  assert.deepEqual([found.row.row_number, found.x, found.seat.marquee], ["B", 160, { restricted: true }]);
});

test("an order that only one changes is kept", () => {
  const base = smallPlan();
  const mine = changeRows(base, (row) => ({ ...row, seats: row.seats.toReversed() }));
  const theirs = sent(setCategory({ ...base, categories: base.categories.toReversed() }, keys("a1"), "Rear"));
  const plan = mergeClean(base, mine, theirs);
  assert.deepEqual(plan.zones[0].rows[0].seats.map(keyOf), ["a3", "a2", "a1"]);
  assert.deepEqual(plan.categories.map(({ name }) => name), ["Rear", "Front"]);
});

test("what nobody has touched is the very same object", () => {
  const base = smallPlan();
  const mine = move(base, keys("a1"), 1, 1);
  const theirs = share(base, sent(setCategory(base, keys("c1"), "Rear")));
  const { plan } = merge(base, mine, theirs);
  assert.equal(plan.zones[0], mine.zones[0]);
  assert.equal(plan.zones[1], theirs.zones[1]);
  assert.equal(share(base, sent(base)), base);
});

/** @param {() => number} random @param {Plan} plan @returns {Plan} */
function anyChange(random, plan) {
  const some = someKeys(random, plan);
  const few = new Set([...some].slice(0, 3));
  return pick(random, [
    () => move(plan, few, whole(random, 1, 30), 5),
    () => setCategory(plan, few, pick(random, ["Front", "Middle", "Rear"])),
    () => setFlag(plan, some, "aisle", true),
    () => remove(plan, few),
    () => addBlock(plan, { x: 0, y: 0 }, { rows: whole(random, 1, 2), blocks: [3] }).plan,
    () => renameCategory(plan, "Middle", pick(random, ["Center", "Circle"])),
    () => changeRows(plan, (row) => (random() < 0.2 ? { ...row, row_number: `${row.row_number}x` } : row)),
    () => changeRows(plan, (row) => (random() < 0.2 ? { ...row, seats: row.seats.toReversed() } : row)),
    () => changeZones(plan, (zone) => (random() < 0.3 ? { ...zone, name: `${zone.name}!`, position: { x: 9, y: 9 } } : zone)),
    () => changeZones(plan, (zone) => (random() < 0.2 ? null : zone)),
    () => changeRows(plan, (row) => (random() < 0.2 ? null : row)),
    () => changeSeats(plan, few, (seat) => ({ ...seat, [`x_${whole(random, 0, 3)}`]: whole(random, 0, 2) })),
    () => changeList(plan, "categories", (one) => (random() < 0.2 ? { ...one, color: "#000000" } : one)),
    () => ({ ...plan, zones: plan.zones.toReversed() }),
  ])();
}

/** Repeated ids can't be told apart in another version; a draft has none. @param {Plan} plan @returns {Plan} */
function withDistinctIds(plan) {
  const seats = changeRows(plan, (row) => changeList(row, "seats", (seat) => ({ ...seat, seat_guid: keyOf(seat) })));
  return changeZones(seats, (zone) => changeList(zone, "areas", (area) => ({ ...area, uuid: keyOf(area) })));
}

/** @param {Plan} plan */
const byId = (plan) => new Map([...seatsOf(plan)].map((place) => [place.key, place]));

for (let seed = 1; seed <= 150; seed++) {
  test(`whatever two people do, nothing is lost or doubled (${seed})`, () => {
    const random = chance(seed);
    const base = withDistinctIds(open(seed % 4 ? anyDocument(random) : smallDocument()));
    let [mine, theirs] = [base, base];
    for (let step = whole(random, 1, 3); step > 0; step--) [mine, theirs] = [anyChange(random, mine), anyChange(random, theirs)];
    theirs = share(base, open(plain(theirs)));
    const { plan, conflicts } = merge(base, mine, theirs);
    const other = merge(base, theirs, mine);
    const swapped = other.conflicts.map((one) => ({ ...one, mine: one.theirs, theirs: one.mine, names: [] }));
    assert.deepEqual(new Set(swapped.map(({ id }) => id)), new Set(conflicts.map(({ id }) => id)));
    if (!conflicts.length) assert.ok(isSame(plan, other.plan), "It depends on who merges.");

    const [before, own, others, merged] = [base, mine, theirs, plan].map(byId);
    assert.equal([...seatsOf(plan)].length, merged.size, "A seat is there twice.");
    const isRemoved = conflicts.some(({ property }) => property === "removed");
    for (const id of new Set([...before.keys(), ...own.keys(), ...others.keys()])) {
      const [known, left, right, found] = [before, own, others, merged].map((seats) => seats.get(id)?.seat);
      if (left && right) {
        for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
          if (name === "category") continue;
          const [start, a, b] = [known?.[name], left[name], right[name]];
          if (isSame(start, a)) assert.deepEqual(found?.[name], b, `${id} ${name}`);
          if (isSame(start, b)) assert.deepEqual(found?.[name], a, `${id} ${name}`);
        }
      } else if (!known) {
        assert.ok(found, `${id} is new, and gone`);
      } else if (!isRemoved) {
        assert.equal(found, undefined, `${id} was deleted, and is there`);
      }
    }
    // Merged once more, nothing changes.
    assert.ok(isSame(merge(theirs, plan, theirs).plan, plan));
  });
}

test("20,000 seats are merged", () => {
  const base = largePlan(20_000);
  const mine = move(base, keys("s-3-4"), 1, 1);
  const theirs = share(base, sent(setCategory(base, keys("s-300-4"), "Rear")));
  const { plan, conflicts } = merge(base, mine, theirs);
  assert.equal(conflicts.length, 0);
  assert.equal(plan.zones[0].rows[0], base.zones[0].rows[0]);
});

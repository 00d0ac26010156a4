import assert from "node:assert/strict";
import test from "node:test";

import { addBlock, addTable } from "../../../static/js/seat-editor/plan/create.js";
import { chosenSeats, open } from "../../../static/js/seat-editor/plan/document.js";
import { renumberRows, renumberSeats, setNumber, setRowLabel } from "../../../static/js/seat-editor/plan/number.js";
import { setStageSide } from "../../../static/js/seat-editor/plan/stage.js";
import { mirror, rotate } from "../../../static/js/seat-editor/plan/transform.js";
import { chance, labels, plain, smallPlan } from "./builders.js";

const empty = () => open({ name: "", categories: [{ name: "Front" }], zones: [] });
const block = (options) => addBlock(empty(), { x: 0, y: 0 }, { blocks: [3, 3], rows: 3, ...options });
/** Numbers of the first row from left to right. */
const numbers = (plan, selection, row = 0) => {
  const seats = chosenSeats(plan, selection).filter((seat) => seat.row === plan.zones[0].rows[row]);
  return seats.sort((a, b) => a.x - b.x || a.y - b.y).map(({ seat }) => Number(seat.seat_number));
};
const rows = (plan) => plan.zones[0].rows.map((row) => row.row_number);

test("seats are numbered from the left or the right, in steps, from any number on", () => {
  const { plan, selection } = block({});
  assert.deepEqual(numbers(renumberSeats(plan, selection, { first: 5 }), selection), [5, 6, 7, 8, 9, 10]);
  assert.deepEqual(numbers(renumberSeats(plan, selection, { from: "right" }), selection), [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(numbers(renumberSeats(plan, selection, { first: 2, step: 2 }), selection), [2, 4, 6, 8, 10, 12]);
});

test("seats are numbered from the center outwards, and by block", () => {
  const { plan, selection } = block({});
  const center = (odd) => numbers(renumberSeats(plan, selection, { from: "center", odd }), selection);
  assert.deepEqual(center("left"), [5, 3, 1, 2, 4, 6]);
  assert.deepEqual(center("right"), [6, 4, 2, 1, 3, 5]);
  assert.deepEqual(numbers(renumberSeats(plan, selection, { from: "blocks" }), selection), [1, 2, 3, 101, 102, 103]);
});

test("an aisle near the middle is the center, else half of the seats are on either side", () => {
  const center = (blocks) => {
    const { plan, selection } = block({ blocks });
    return numbers(renumberSeats(plan, selection, { from: "center" }), selection);
  };
  assert.deepEqual(center([4, 3]), [7, 5, 3, 1, 2, 4, 6]);
  assert.deepEqual(center([3, 4]), [5, 3, 1, 2, 4, 6, 8]);
  assert.deepEqual(center([7]), [7, 5, 3, 1, 2, 4, 6]);
  assert.deepEqual(center([1, 6]), [7, 5, 3, 1, 2, 4, 6]);
});

test("left is left on the plan, however the rows were made, bent, mirrored, or the stage stands", () => {
  for (const radius of [0, 120]) {
    const { plan, selection } = block({ radius });
    const mirrored = mirror(plan, selection, "x");
    const below = setStageSide(rotate(plan, selection, 180), "bottom");
    for (const start of [plan, mirrored, below]) {
      const next = renumberSeats(start, selection);
      for (const row of [0, 1, 2]) assert.deepEqual(numbers(next, selection, row), [1, 2, 3, 4, 5, 6]);
    }
    const side = renumberSeats(rotate(plan, selection, 90), selection);
    const down = chosenSeats(side, selection).slice(0, 6).sort((a, b) => a.y - b.y);
    assert.deepEqual(down.map(({ seat }) => seat.seat_number), ["1", "2", "3", "4", "5", "6"]);
  }
});

test("a row in several pieces, in any order, is numbered as one", () => {
  const seat = (id, x) => ({ seat_guid: id, seat_number: "9", position: { x, y: 0 } });
  const plan = open({
    categories: [],
    zones: [
      {
        name: "",
        rows: [
          { row_number: "A", position: { x: 200, y: 0 }, seats: [seat("d", 20), seat("c", 0)] },
          { row_number: "A", position: { x: 0, y: 0 }, seats: [seat("a", 0), seat("b", 20)] },
        ],
      },
    ],
  });
  const next = renumberSeats(plan, new Set(["a", "b", "c", "d"]));
  assert.deepEqual(labels(next), [" A 4", " A 3", " A 1", " A 2"]);
});

test("a table is numbered around, and nothing that is not selected changes", () => {
  const made = addTable(smallPlan(), { x: 500, y: 0 }, { seats: 5, section: "Club", first: 11 });
  const next = renumberSeats(made.plan, made.selection);
  assert.deepEqual(chosenSeats(next, made.selection).map(({ seat }) => seat.seat_number), ["1", "2", "3", "4", "5"]);
  assert.equal(next.zones[0], made.plan.zones[0]);
});

test("numbering what has these numbers gives the same plan", () => {
  const { plan, selection } = block({});
  assert.equal(renumberSeats(plan, selection), plan);
  assert.equal(renumberRows(plan, selection), plan);
  assert.equal(setRowLabel(plan, selection, "Z") === plan, false);
  assert.equal(setNumber(smallPlan(), new Set(["a1"]), "1").zones[0].rows[0].seats[0].seat_number, "1");
});

test("rows are labeled from the stage or from the rear, wherever it is", () => {
  const { plan, selection } = block({ rows: 4, radius: 300 });
  assert.deepEqual(rows(renumberRows(plan, selection, { first: "5" })), ["5", "6", "7", "8"]);
  assert.deepEqual(rows(renumberRows(plan, selection, { from: "rear" })), ["D", "C", "B", "A"]);
  assert.deepEqual(rows(renumberRows(plan, selection, { first: "1", step: 2 })), ["1", "3", "5", "7"]);
  assert.deepEqual(rows(renumberRows(plan, selection, { first: "G", skip: "IJ" })), ["G", "H", "K", "L"]);
  const below = setStageSide(plan, "bottom");
  assert.deepEqual(rows(renumberRows(below, selection)), ["D", "C", "B", "A"]);
  const turned = setStageSide(rotate(plan, selection, 90), "right");
  assert.deepEqual(rows(renumberRows(turned, selection, { first: "1" })), ["1", "2", "3", "4"]);
});

test("rows beside one another get labels from the left, or one together", () => {
  const left = addBlock(empty(), { x: 0, y: 0 }, { blocks: [3], rows: 2, label: "K" });
  const right = addBlock(left.plan, { x: 200, y: 3 }, { blocks: [3], rows: 2, label: "S" });
  const keys = new Set([...left.selection, ...right.selection]);
  assert.deepEqual(rows(renumberRows(right.plan, keys)), ["A", "C", "B", "D"]);
  assert.deepEqual(rows(renumberRows(right.plan, keys, { together: true })), ["A", "B", "A", "B"]);
});

test("tables are numbered line by line", () => {
  let plan = empty();
  const keys = new Set();
  for (const [x, y] of [[100, 100], [0, 103], [100, 0], [0, 0]]) {
    const result = addTable(plan, { x, y }, { seats: 4, label: "?" });
    plan = result.plan;
    for (const key of result.selection) keys.add(key);
  }
  assert.deepEqual(rows(renumberRows(plan, keys, { first: "1" })), ["4", "3", "2", "1"]);
});

test("each section begins anew", () => {
  const next = renumberRows(smallPlan(), new Set(["a1", "b1", "c1"]), { first: "1" });
  assert.deepEqual(next.zones.map((zone) => zone.rows.map((row) => row.row_number)), [["1", "2"], ["1"]]);
});

test("numbers are what they were after numbering another way and back", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = chance(seed);
    const { plan, selection } = block({ blocks: [2 + Math.floor(random() * 5), 3], radius: random() < 0.5 ? 200 : 0 });
    const other = renumberSeats(plan, selection, { from: "center" });
    assert.deepEqual(plain(renumberSeats(other, selection)), plain(plan));
  }
});

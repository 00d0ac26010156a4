import assert from "node:assert/strict";
import test from "node:test";

import { addStage } from "../../../static/js/seat-editor/plan/areas.js";
import { count } from "../../../static/js/seat-editor/plan/counts.js";
import { copy, duplicate, paste } from "../../../static/js/seat-editor/plan/copy.js";
import { addBlock, addSeat, addTable } from "../../../static/js/seat-editor/plan/create.js";
import { chosenSeats, open } from "../../../static/js/seat-editor/plan/document.js";
import { renumberSeats, setNumber } from "../../../static/js/seat-editor/plan/number.js";
import { setCategory, setFlag, setForSale } from "../../../static/js/seat-editor/plan/paint.js";
import { findProblems } from "../../../static/js/seat-editor/plan/problems.js";
import { setStageSide } from "../../../static/js/seat-editor/plan/stage.js";
import { move, rotate } from "../../../static/js/seat-editor/plan/transform.js";
import { chance, largePlan, smallPlan, whole } from "./builders.js";

const empty = () => open({ name: "", categories: [{ name: "Front" }], zones: [] });
const block = (options) => addBlock(empty(), { x: 0, y: 0 }, { blocks: [8], rows: 4, ...options });
const codes = (plan) => findProblems(plan).map(({ code }) => code);
const problem = (plan, code) => findProblems(plan).find((one) => one.code === code);
const keysOf = (plan, selection, first, last) => chosenSeats(plan, selection).slice(first, last).map(({ key }) => key);

test("nothing is wrong with a block, however it is numbered, bent and turned", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = chance(seed);
    const radius = random() < 0.5 ? whole(random, 100, 400) : 0;
    const { plan, selection } = block({ blocks: [whole(random, 2, 9), whole(random, 2, 9)], radius, wider: whole(random, 0, 2) });
    const from = ["left", "right", "center", "blocks"][whole(random, 0, 3)];
    assert.deepEqual(codes(rotate(renumberSeats(plan, selection, { from }), selection, whole(random, 0, 359))), []);
  }
});

test("nothing is wrong with tables", () => {
  const first = addTable(empty(), { x: 0, y: 0 }, { seats: 8 });
  assert.deepEqual(codes(addTable(first.plan, { x: 100, y: 0 }, { seats: 6, shape: "long" }).plan), []);
});

test("seats that overlap are named, and so are labels that are there twice", () => {
  const plan = addSeat(smallPlan(), { x: 144, y: 50 }).plan;
  assert.deepEqual(problem(plan, "overlap")?.values, { section: "Stalls", row: "A", number: "4", count: 1 });
  const twice = setNumber(smallPlan(), new Set(["a3"]), "1");
  assert.deepEqual(problem(twice, "same-label")?.keys, ["a1", "a3"]);
});

test("a number that doesn't follow its neighbor's is doubtful", () => {
  const { plan, selection } = block({ rows: 1 });
  const keys = keysOf(plan, selection, 4, 8);
  const next = renumberSeats(plan, new Set(keys), { first: 7 });
  assert.deepEqual(problem(next, "jumping-numbers")?.keys, keysOf(plan, selection, 3, 5));
  assert.equal(problem(next, "jumping-numbers")?.values.next, "7");
});

test("rows that are too close to walk between are doubtful, wherever they face, and those beside one another are not", () => {
  for (const rotation of [0, 35]) {
    const { plan } = block({ rowPitch: 18, rotation });
    assert.equal(findProblems(plan).filter(({ code }) => code === "narrow-rows").length, 3);
    assert.deepEqual(problem(plan, "narrow-rows")?.values.other_row, "B");
  }
  const { plan, selection } = block({});
  assert.deepEqual(codes(duplicate(plan, selection, 160, 13).plan), []);
  assert.deepEqual(codes(paste(plan, copy(plan, selection), 154, 2, { section: "Right" }).plan), []);
});

test("a seat far from all others is doubtful", () => {
  const { plan, selection } = block({});
  const [last] = keysOf(plan, selection, 31);
  assert.deepEqual(problem(move(plan, new Set([last]), 0, 300), "far-seat")?.keys, [last]);
});

test("a wheelchair place without a companion seat, and a companion seat without one, are doubtful", () => {
  const plan = setFlag(smallPlan(), new Set(["a1"]), "accessible", true);
  assert.deepEqual(problem(plan, "no-companion")?.keys, ["a1"]);
  const both = setFlag(plan, new Set(["a2"]), "companion", true);
  assert.equal(problem(both, "no-companion"), undefined);
  assert.deepEqual(problem(setFlag(both, new Set(["c1"]), "companion", true), "lone-companion")?.keys, ["c1"]);
});

test("a stage that is drawn elsewhere than the plan says is doubtful", () => {
  const { plan } = addStage(block({}).plan, { x: -50, y: 200 }, { x: 50, y: 250 }, { text: "Stage" });
  assert.deepEqual(codes(plan), []);
  assert.deepEqual(problem(setStageSide(plan, "left"), "stage-side")?.values, { side: "bottom", said: "left" });
});

test("errors come first, and a plan of nothing says only so", () => {
  const found = findProblems(setCategory(setFlag(smallPlan(), new Set(["a1"]), "accessible", true), new Set(["b1"]), ""));
  assert.deepEqual(found.map(({ code, isError }) => [code, isError]), [["missing", true], ["no-companion", false]]);
  assert.deepEqual(codes(open({ categories: [], zones: [] })), ["empty"]);
});

test("thousands of problems make a short list that names every seat", () => {
  const plan = setNumber(largePlan(6000), new Set([...Array(120).keys()].flatMap((row) => [`s-${row}-3`, `s-${row}-4`])), "1");
  const found = findProblems(plan).filter(({ code }) => code === "same-label");
  assert.equal(found.length, 100);
  assert.equal(new Set(found.flatMap(({ keys }) => keys)).size, 360);
});

test("a heap of seats is one problem", () => {
  const seats = Array.from({ length: 3000 }, (_, at) => ({
    seat_guid: `s${at}`,
    seat_number: `${at}`,
    position: { x: 5, y: 5 },
    category: "A",
  }));
  const rows = [0, 1, 2].map((row) => ({ row_number: `${row}`, seats: seats.slice(row * 1000, row * 1000 + 1000) }));
  const found = findProblems(open({ categories: [{ name: "A" }], zones: [{ rows }] }));
  assert.equal(found.filter(({ code }) => code === "overlap").length, 3);
});

test("seats and places are counted by category, those for sale by themselves", () => {
  const plan = setForSale(setFlag(smallPlan(), new Set(["a1", "b1"]), "aisle", true), "Rear", false);
  const counts = count(plan);
  assert.deepEqual([counts.seats, counts.places, counts.sold, counts.flags.aisle], [8, 108, 8, 2]);
  assert.deepEqual(counts.categories, [
    { name: "Front", seats: 8, places: 8 },
    { name: "Rear", seats: 0, places: 100 },
  ]);
  assert.deepEqual(count(plan, new Set(["a1", "floor"])).places, 101);
});

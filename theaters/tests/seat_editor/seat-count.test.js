import assert from "node:assert/strict";
import { test } from "node:test";

import { addBlock, addRow, addTable } from "../../../static/js/seat-editor/plan/create.js";
import { areasOf, open, seatsOf } from "../../../static/js/seat-editor/plan/document.js";
import { setSeatCount } from "../../../static/js/seat-editor/plan/seat-count.js";
import { mirror, rotate } from "../../../static/js/seat-editor/plan/transform.js";

/** @typedef {import("../../../static/js/seat-editor/plan/document.js").Plan} Plan */

const AT = { x: 300, y: 200 };
const EMPTY = () => open({ categories: [{ name: "Front" }], zones: [] });

/** @param {Plan} plan */
const numbers = (plan) => seatsOf(plan).map(({ seat }) => seat.seat_number).join(" ");

/** @param {Plan} plan */
const places = (plan) => seatsOf(plan).map(({ x, y }) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]);

/** What stands in the plan, to a hundredth. @param {Plan} plan */
function drawn(plan) {
  const near = (/** @type {number} */ value) => Math.round(value * 100) / 100 + 0;
  const seats = seatsOf(plan).map(({ x, y }) => [near(x), near(y)]);
  return { seats, tops: [...areasOf(plan)].map(({ area, x, y }) => [near(x), near(y), area.circle?.radius ?? area.rectangle?.width]) };
}

/** @param {ReturnType<typeof drawn>} one @param {ReturnType<typeof drawn>} other */
function assertNear(one, other) {
  const [a, b] = [one, other].map((all) => [...all.seats, ...all.tops].flat());
  assert.equal(a.length, b.length);
  for (const [at, value] of a.entries()) assert.ok(Math.abs(value - b[at]) < 0.05, `${value} is not ${b[at]}`);
}

test("seats are added where the highest number is, and counted on", () => {
  const rows = /** @type {const} */ ([
    ["left", 6, "1 2 3 4 5 6", [400, 200]],
    ["right", 6, "6 5 4 3 2 1", [280, 200]],
    ["odd-left", 6, "3 1 2 4 6 8", [400, 200]],
  ]);
  for (const [numbering, count, expected, place] of rows) {
    const { plan, selection } = addRow(EMPTY(), AT, { x: 400, y: 200 }, { count: 4, numbering });
    const { plan: next, selection: after } = setSeatCount(plan, new Set([[...selection][0]]), count);
    assert.equal(numbers(next), expected);
    assert.ok(places(next).some(([x, y]) => x === place[0] && y === place[1]), `${numbering}: ${places(next)}`);
    assert.equal(after.size, count);
  }
});

test("the seats that are taken away are the last ones, and the others keep their ids and places", () => {
  const { plan, selection } = addRow(EMPTY(), AT, { x: 400, y: 200 }, { count: 6, numbering: "right" });
  const { plan: next } = setSeatCount(plan, selection, 2);
  assert.equal(numbers(next), "2 1");
  assert.deepEqual(seatsOf(next).map(({ key, x }) => [key, x]), seatsOf(plan).slice(4).map(({ key, x }) => [key, x]));
});

test("a curved row goes on along its curve, and each row of a block by itself", () => {
  const options = { rows: 2, blocks: [8], radius: 200 };
  const { plan, selection } = addBlock(EMPTY(), AT, options);
  const { plan: next } = setSeatCount(plan, selection, 11);
  const center = { x: AT.x, y: AT.y - 200 };
  const away = seatsOf(next).map(({ x, y }) => Math.round(Math.hypot(x - center.x, y - center.y)));
  assert.deepEqual(away, [...Array(11).fill(200), ...Array(11).fill(226)]);
  assert.deepEqual(setSeatCount(next, selection, 8).plan.zones, plan.zones);
});

test("a table of another number is as if it had been drawn with it, however it stands", () => {
  for (const shape of /** @type {const} */ (["round", "long"])) {
    for (const [from, to] of [[6, 9], [9, 4], [8, 1], [3, 10], [2, 7], [6, 10], [10, 4]]) {
      for (const turn of [0, 35]) {
        for (const axis of /** @type {const} */ ([null, "x", "y"])) {
          const make = (/** @type {number} */ seats) => {
            const { plan, selection } = addTable(EMPTY(), AT, { seats, shape });
            const turnedPlan = turn ? rotate(plan, selection, turn, AT) : plan;
            const mirrored = axis ? mirror(turnedPlan, selection, axis) : turnedPlan;
            return { plan: mirrored, selection };
          };
          // Mirrored around the middle of all, which differs by number: only those that stand upright are compared.
          if (axis && (turn || from % 2 || to % 2)) continue;
          const { plan, selection } = make(from);
          const { plan: next, selection: after } = setSeatCount(plan, selection, to);
          assertNear(drawn(next), drawn(make(to).plan));
          assert.equal(after.size, to + 1);
          assert.equal(numbers(next), Array.from({ length: to }, (_, at) => at + 1).join(" "));
        }
      }
    }
  }
});

test("a table that somebody arranged stays as it is", () => {
  const { plan, selection } = addTable(EMPTY(), AT, { seats: 6, shape: "round" });
  const zones = plan.zones.map((zone) => ({
    ...zone,
    rows: zone.rows.map((row) => ({ ...row, seats: row.seats.map((seat, at) => (at ? seat : { ...seat, position: { x: 90, y: 0 } })) })),
  }));
  const arranged = { ...plan, zones };
  assert.equal(setSeatCount(arranged, selection, 8).plan, arranged);
});

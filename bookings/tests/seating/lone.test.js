import assert from "node:assert/strict";
import test from "node:test";

import { ACCESSIBLE } from "../../../static/js/seat-map/hall.js";
import { findLoneSeats } from "../../../static/js/seat-map/lone.js";

/**
 * One row of seats with the ids 1, 2, 3 …; those in `accessible` are wheelchair places.
 * @param {number} count
 */
function makeHall(count, accessible = new Set()) {
  const row = Array.from({ length: count }, (_, index) => {
    const id = index + 1;
    return { id, run: 1, position: id, flags: accessible.has(id) ? ACCESSIBLE : 0, category: 1, area: null };
  });
  const byId = new Map(row.map((seat) => [seat.id, seat]));
  return { seats: byId, runs: new Map([[1, byId]]) };
}

const loneIds = (hall, taken, chosen) => findLoneSeats(hall, new Set(taken), new Set(chosen)).map(({ id }) => id);

test("a seat between a choice and the end of the row is lone", () => {
  assert.deepEqual(loneIds(makeHall(6), [], [2, 3]), [1]);
});

test("two free seats beside a choice are not lone", () => {
  assert.deepEqual(loneIds(makeHall(6), [], [3, 4]), []);
});

test("a seat between a choice and a taken one is lone", () => {
  assert.deepEqual(loneIds(makeHall(8), [5], [2, 3]), [1, 4]);
});

test("a wheelchair place may stay alone", () => {
  assert.deepEqual(loneIds(makeHall(6, new Set([1])), [], [2, 3]), []);
});

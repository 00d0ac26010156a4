/**
 * What is doubtful in a plan and may yet be meant: numbers that jump, rows too close to walk between, a seat far from
 * all others, a stage that is drawn on another side than the plan says.
 */
import { placeValues } from "./labels.js";
import { Near } from "./near.js";
import { AISLE_GAP, curvedRows } from "./rows.js";
import { nearestSide, stageOf, stageSide } from "./stage.js";
import { middleOf } from "./shape.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").SeatPlace} SeatPlace */
/** @typedef {import("./problems.js").Problem} Problem */
/** @typedef {import("./problems.js").Checker} Checker */
/** @typedef {import("./rows.js").CurvedRow} CurvedRow */

// In multiples of the usual distance from seat to seat.
/** How far behind a seat another one has to be, so that people can walk in the row. */
const LEAST_ROW_GAP = 0.95;
/** Seats that are further aside, or less behind, are not in front of each other. */
const MOST_ASIDE = 0.75;
const LEAST_BEHIND = 0.3;
/** How far the nearest other seat may be. */
const FAR = 8;

/**
 * @param {Plan} plan
 * @param {Checker} checker  which has read the plan
 * @returns {Problem[]}
 */
export function findDoubts(plan, { seats, spacing, rows, overlapping }) {
  const curved = curvedRows(plan, undefined, rows).filter(({ isTable }) => !isTable);
  const heaped = new Set([...overlapping].map((index) => seats[index]));
  return [
    ...findJumps(curved),
    ...findNarrowRows(curved, spacing, heaped),
    ...findFarSeats(seats, spacing),
    ...findStage(plan),
  ];
}

/** @type {(code: string, keys: string[], values?: Problem["values"]) => Problem} */
function doubt(code, keys, values = {}) {
  return { code, keys, values, isError: false };
}

/** @param {number[]} values  not empty */
function median(values) {
  return Float64Array.from(values).sort()[Math.floor((values.length - 1) / 2)];
}

/**
 * Find rows in which the number of a seat does not follow that of its neighbor. Between odd and even sides, and at
 * aisles, numbers may jump.
 * @param {CurvedRow[]} rows
 * @returns {Problem[]}
 */
function findJumps(rows) {
  const found = [];
  for (const { seats, curve } of rows) {
    if (!curve || seats.length < 3) continue;
    const numbers = seats.map(({ seat }) => Number(seat.seat_number));
    if (!numbers.every(Number.isInteger)) continue;
    const gaps = curve.along.slice(1).map((along, index) => along - curve.along[index]);
    const steps = numbers.slice(1).map((number, index) => Math.abs(number - numbers[index]));
    const [gap, step] = [median(gaps), median(steps)];
    const jumps = steps.flatMap((one, index) => (one > step && gaps[index] <= gap * AISLE_GAP ? [index] : []));
    if (!jumps.length) continue;
    const [first] = jumps;
    const keys = jumps.flatMap((index) => [seats[index].key, seats[index + 1].key]);
    const values = { ...placeValues(seats[first]), next: String(seats[first + 1].seat.seat_number) };
    found.push(doubt("jumping-numbers", [...new Set(keys)], values));
  }
  return found;
}

/**
 * Find rows which nobody can walk in, for the one behind or before them.
 * @param {CurvedRow[]} rows
 * @param {number} spacing
 * @param {Set<SeatPlace>} heaped  seats that are left out, since they overlap others anyway
 * @returns {Problem[]}
 */
function findNarrowRows(rows, spacing, heaped) {
  const seats = rows.flatMap((row, index) => {
    const places = row.curve ? row.seats.map((place, at) => ({ row: index, place, at })) : [];
    return heaped.size ? places.filter(({ place }) => !heaped.has(place)) : places;
  });
  const grid = new Near(spacing * Math.hypot(LEAST_ROW_GAP, MOST_ASIDE), seats.length);
  /** @type {Map<number, {keys: Set<string>, place: SeatPlace, other: SeatPlace}>} */
  const found = new Map();
  seats.forEach(({ row, place, at }, index) => {
    const direction = directionAt(rows[row], at);
    grid.visit(place.x, place.y, (id) => {
      const other = seats[id];
      if (other.row === row) return;
      const dx = (place.x - other.place.x) / spacing;
      const dy = (place.y - other.place.y) / spacing;
      const behind = Math.abs(dx * direction.y - dy * direction.x);
      const aside = Math.abs(dx * direction.x + dy * direction.y);
      if (behind >= LEAST_ROW_GAP || behind < LEAST_BEHIND || aside > MOST_ASIDE) return;
      const narrow = found.get(row) ?? { keys: new Set(), place: other.place, other: place };
      narrow.keys.add(other.place.key).add(place.key);
      found.set(row, narrow);
    });
    grid.add(index, place.x, place.y);
  });
  return [...found.values()].map(({ keys, place, other }) => {
    const { section, row } = placeValues(other);
    return doubt("narrow-rows", [...keys], { ...placeValues(place), other_section: section, other_row: row });
  });
}

/** Return the direction of a row at one of its seats. @type {(row: CurvedRow, at: number) => Point} */
function directionAt({ curve, seats }, at) {
  const [before, after] = [seats[Math.max(at - 1, 0)], seats[Math.min(at + 1, seats.length - 1)]];
  const length = Math.hypot(after.x - before.x, after.y - before.y);
  if (!curve?.radius || !length) return curve?.direction ?? { x: 1, y: 0 };
  return { x: (after.x - before.x) / length, y: (after.y - before.y) / length };
}

/** @type {(seats: readonly SeatPlace[], spacing: number) => Problem[]} */
function findFarSeats(seats, spacing) {
  if (seats.length < 2) return [];
  const reach = spacing * FAR;
  const grid = new Near(reach, seats.length);
  seats.forEach(({ x, y }, index) => grid.add(index, x, y));
  const isFar = (/** @type {SeatPlace} */ { x, y }, /** @type {number} */ index) =>
    !grid.visit(x, y, (id, square) => id !== index && square <= reach * reach);
  return seats.filter(isFar).map((place) => doubt("far-seat", [place.key], placeValues(place)));
}

/** @param {Plan} plan @returns {Problem[]} */
function findStage(plan) {
  const stage = stageOf(plan);
  const side = stage && nearestSide(plan, middleOf(stage));
  if (!stage || !side || side === stageSide(plan)) return [];
  return [doubt("stage-side", [stage.key], { side, said: stageSide(plan) })];
}

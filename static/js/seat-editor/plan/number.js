/** Numbers seats and labels rows again. */
import { leftOf, meanOf } from "./curve.js";
import { changeRows, changeSeats, keyOf } from "./document.js";
import { labelAfter } from "./labels.js";
import { AISLE_GAP, curvedRows, pitch } from "./rows.js";
import { waysToStage } from "./stage.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Selection} Selection */
/** @typedef {import("./document.js").SeatPlace} SeatPlace */
/** @typedef {import("./rows.js").CurvedRow} CurvedRow */

/**
 * @typedef {object} SeatNumbering
 * @property {number} [first]  1 by default
 * @property {number} [step]  2 for odd or even numbers only
 * @property {"left" | "right" | "center" | "blocks"} [from]  `center`: outwards to both sides, odd numbers on one of
 *   them; `blocks`: from the left in each block between aisles, 1 2 3, 101 102 103
 * @property {"left" | "right"} [odd]  the side of the odd numbers, for `center`
 */

const BLOCK_STEP = 100;
/** A row is halved at an aisle that is no further from its middle, as a part of its seats. */
const MIDDLE_REACH = 0.15;

/**
 * Return the seats of a row as they lie on the plan, from left to right, or from top to bottom in a row along the side;
 * a table's in the order of the document. With the gap after each, in multiples of the usual one.
 * @param {CurvedRow} row
 * @returns {{seats: SeatPlace[], gaps: number[]}}
 */
function inOrder({ seats, curve }) {
  if (!curve) return { seats, gaps: seats.slice(1).map(() => 1) };
  const { direction } = curve;
  const isAcross = Math.abs(direction.x) > 0.1;
  const isForward = isAcross ? direction.x > 0 : direction.y > 0;
  const gaps = curve.along.slice(1).map((along, index) => along - curve.along[index]);
  const sorted = [...gaps].sort((a, b) => a - b);
  const usual = sorted[Math.floor((sorted.length - 1) / 2)] || 1;
  const relative = gaps.map((gap) => gap / usual);
  return isForward ? { seats, gaps: relative } : { seats: seats.toReversed(), gaps: relative.toReversed() };
}

/**
 * Return how many seats are left of a row's center: of an aisle near its middle, else half of them.
 * @type {(gaps: number[], odd: "left" | "right") => number}
 */
function leftHalf(gaps, odd) {
  const count = gaps.length + 1;
  const half = odd === "left" ? Math.ceil(count / 2) : Math.floor(count / 2);
  const aisles = gaps.flatMap((gap, index) => (gap > AISLE_GAP ? [index + 1] : []));
  const near = aisles.filter((at) => Math.abs(at - count / 2) <= count * MIDDLE_REACH);
  return near.sort((a, b) => Math.abs(a - count / 2) - Math.abs(b - count / 2))[0] ?? half;
}

/** @type {(gaps: number[], numbering: SeatNumbering) => number[]} */
function numbersFor(gaps, { first = 1, step = 1, from = "left", odd = "left" }) {
  const count = gaps.length + 1;
  if (from === "right") return Array.from({ length: count }, (_, at) => first + (count - 1 - at) * step);
  if (from === "center") {
    const left = leftHalf(gaps, odd);
    const [ofLeft, ofRight] = odd === "left" ? [first, first + 1] : [first + 1, first];
    return Array.from({ length: count }, (_, at) => (at < left ? ofLeft + 2 * (left - 1 - at) : ofRight + 2 * (at - left)));
  }
  let [block, number] = [0, first];
  return Array.from({ length: count }, (_, at) => {
    if (from === "blocks" && at && gaps[at - 1] > AISLE_GAP) number = first + BLOCK_STEP * ++block;
    else if (at) number += step;
    return number;
  });
}

/**
 * Number the selected seats of each row again. Seats of a table are numbered in their order around it.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {SeatNumbering} [numbering]
 * @returns {Plan}
 */
export function renumberSeats(plan, keys, numbering = {}) {
  const numbers = new Map();
  for (const row of curvedRows(plan, keys)) {
    const { seats, gaps } = inOrder(row);
    const found = numbersFor(gaps, numbering);
    seats.forEach(({ key }, index) => numbers.set(key, String(found[index])));
  }
  return changeSeats(plan, keys, (seat) => {
    const number = numbers.get(keyOf(seat));
    return seat.seat_number === number ? seat : { ...seat, seat_number: number };
  });
}

/**
 * Set the number of seats.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string} number
 * @returns {Plan}
 */
export function setNumber(plan, keys, number) {
  return changeSeats(plan, keys, (seat) => (seat.seat_number === number ? seat : { ...seat, seat_number: number }));
}

/**
 * Set the label of the rows that the selected seats are in.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string} label
 * @returns {Plan}
 */
export function setRowLabel(plan, keys, label) {
  return changeRows(plan, (row) => {
    const isChosen = row.row_number !== label && row.seats?.some((seat) => keys.has(keyOf(seat)));
    return isChosen ? { ...row, row_number: label } : row;
  });
}

/**
 * @typedef {object} RowNumbering
 * @property {string} [first]  A by default
 * @property {number} [step]
 * @property {string} [skip]  letters to leave out
 * @property {"front" | "rear"} [from]  where the first label is
 * @property {boolean} [together]  rows beside one another, as on both sides of an aisle, get one label
 */

/**
 * Label the rows and tables that the selected seats are in again, each section by itself: from the row nearest to the
 * stage backwards, or the other way; side by side from the left.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {RowNumbering} [numbering]
 * @returns {Plan}
 */
export function renumberRows(plan, keys, { first = "A", step = 1, skip, from = "front", together = false } = {}) {
  const labels = new Map();
  const zones = new Map();
  for (const row of curvedRows(plan, keys)) zones.set(row.zone, [...(zones.get(row.zone) ?? []), row]);
  for (const rows of zones.values()) {
    let index = 0;
    const lines = linesOf(plan, rows);
    for (const line of from === "front" ? lines : lines.reverse()) {
      for (const row of line) {
        for (const place of row.seats) labels.set(place.row, labelAfter(first, index * step, skip));
        if (!together) index++;
      }
      if (together) index++;
    }
  }
  return changeRows(plan, (row) => {
    const label = labels.get(row);
    return label === undefined || label === row.row_number ? row : { ...row, row_number: label };
  });
}

/**
 * Return rows in lines from the front to the rear, each from left to right.
 * @type {(plan: Plan, rows: CurvedRow[]) => CurvedRow[][]}
 */
function linesOf(plan, rows) {
  const way = waysToStage(plan);
  const means = rows.map(({ seats }) => meanOf(seats));
  const fronts = rows.map(({ curve }, index) => {
    const front = curve ? leftOf(curve.direction) : way(means[index]);
    const length = Math.hypot(front.x, front.y) || 1;
    return { x: front.x / length, y: front.y / length };
  });
  const front = meanOf(fronts);
  const places = rows.map((row, index) => {
    const { x, y } = row.curve?.middle ?? means[index];
    return { row, x, y, depth: -(x * front.x + y * front.y) };
  });
  places.sort((a, b) => a.depth - b.depth);
  const lines = /** @type {(typeof places)[]} */ ([]);
  for (const place of places) {
    const line = lines.at(-1);
    if (line && place.depth - line[0].depth < pitch(plan) / 2) line.push(place);
    else lines.push([place]);
  }
  return lines.map((line) => line.sort((a, b) => a.x - b.x || a.y - b.y).map(({ row }) => row));
}

/** Labels and numbers for rows that come into a section, so that no seat is called like another one. */
import { distanceFrom, fitCurve, meanOf } from "./curve.js";
import { changeList, seatsOf, startOf } from "./document.js";
import { labelAfter, nextLabels, sortLabels } from "./labels.js";
import { isTable, pitch } from "./rows.js";
import { rowLabels, sectionOf } from "./sections.js";
import { waysToStage } from "./stage.js";
import { listOf, pointOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Zone} Zone */
/** @typedef {import("./document.js").Row} Row */

/** How far seats may be off their row's line, in multiples of the distance from seat to seat. */
const LINE_REACH = 0.3;

/** @typedef {{points: Point[], numbers: Set<string>}} Existing  seats that a section has under one row label */

/** @type {(plan: Plan, section: string) => Map<string, Existing>} */
function existingRows(plan, section) {
  const existing = new Map();
  for (const { zone, row, seat, x, y } of seatsOf(plan)) {
    if (sectionOf(zone) !== section) continue;
    const label = String(row.row_number ?? "");
    const found = existing.get(label) ?? { points: [], numbers: new Set() };
    found.points.push({ x, y });
    found.numbers.add(String(seat.seat_number ?? ""));
    existing.set(label, found);
  }
  return existing;
}

/**
 * Give rows that come into a section labels that it doesn't have. A row whose label is free keeps it. One that lies on
 * the line of the section's row of that label, as on the other side of an aisle, is a part of that row and goes on
 * with its numbers, unless its own are free. Any other gets the next label.
 * @param {Plan} plan  without the rows
 * @param {Zone} zone
 * @param {Row[]} rows  which are already where they go
 * @returns {Row[]}
 */
export function relabeled(plan, zone, rows) {
  const section = sectionOf(zone);
  const existing = existingRows(plan, section);
  const isOnLine = lineTest(plan);
  const crowded = new Set();
  const result = rows.map((row) => {
    const label = String(row.row_number ?? "");
    const found = existing.get(label);
    if (!found) return row;
    const start = startOf(zone, row);
    const points = listOf(row, "seats").map((seat) => {
      const own = pointOf(seat.position);
      return { x: start.x + own.x, y: start.y + own.y };
    });
    if (!label || (!isTable(row) && isOnLine(found.points, points))) {
      const next = withNextNumbers(row, found.numbers);
      for (const seat of listOf(next, "seats")) found.numbers.add(String(seat.seat_number ?? ""));
      return next;
    }
    crowded.add(row);
    return row;
  });
  const used = rowLabels(plan, section).concat(result.filter((row) => !crowded.has(row)).map((row) => row.row_number));
  /** @type {Map<string, string>} */
  const labels = new Map();
  for (const label of sortLabels([...new Set([...crowded].map((row) => String(row.row_number)))])) {
    const [next] = nextLabels([...used, label], 1);
    labels.set(label, next);
    used.push(next);
  }
  return result.map((row) => (crowded.has(row) ? { ...row, row_number: labels.get(String(row.row_number)) ?? "" } : row));
}

/**
 * Return a test of whether two groups of seats are on one line or arc.
 * @type {(plan: Plan) => (one: Point[], other: Point[]) => boolean}
 */
function lineTest(plan) {
  const way = waysToStage(plan);
  const spacing = pitch(plan);
  return (one, other) => {
    const [more, fewer] = one.length >= other.length ? [one, other] : [other, one];
    const curve = more.length ? fitCurve(more, way(meanOf(more)), spacing) : null;
    return curve !== null && fewer.every((point) => distanceFrom(curve, point) <= spacing * LINE_REACH);
  };
}

/**
 * Number a row's seats so that they follow numbers in use, with the same steps between them.
 * @type {(row: Row, used: Set<string>) => Row}
 */
export function withNextNumbers(row, used) {
  const seats = listOf(row, "seats");
  const numbers = seats.map((seat) => String(seat.seat_number ?? ""));
  if (!numbers.some((number) => used.has(number))) return row;
  const values = numbers.map(Number).sort((a, b) => a - b);
  const taken = [...used].map(Number);
  let next = /** @type {string[]} */ ([]);
  if ([...values, ...taken].every(Number.isSafeInteger)) {
    const step = leastStep(values) ?? leastStep(taken.sort((a, b) => a - b)) ?? 1;
    const by = Math.max(...taken) - values[0] + step;
    next = numbers.map((number) => labelAfter(number, by));
  } else {
    next = nextLabels([...used], numbers.length, "1");
  }
  let index = 0;
  return changeList(row, "seats", (seat) => ({ ...seat, seat_number: next[index++] }));
}

/** @param {number[]} values  sorted @returns {number | undefined} */
function leastStep(values) {
  const steps = values.slice(1).map((value, index) => value - values[index]).filter((step) => step > 0);
  return steps.length ? Math.min(...steps) : undefined;
}

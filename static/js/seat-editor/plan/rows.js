/**
 * Rows as customers see them: all pieces that a section gives one label are one row; a table is one by itself. Their
 * usual spacing is found as the server finds it.
 */
import { fitCurve, meanOf } from "./curve.js";
import { SEAT_PITCH, keyOf, seatsOf } from "./document.js";
import { plainLabel } from "./labels.js";
import { waysToStage } from "./stage.js";
import { extensionOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Row} Row */
/** @typedef {import("./document.js").Zone} Zone */
/** @typedef {import("./document.js").SeatPlace} SeatPlace */
/** @typedef {import("./document.js").Selection} Selection */
/** @typedef {import("./curve.js").Curve} Curve */

/**
 * @typedef {object} RowOfSeats
 * @property {Zone} zone
 * @property {string} label
 * @property {boolean} isTable
 * @property {SeatPlace[]} seats  in the order of the document
 */

/** @typedef {RowOfSeats & {curve: Curve | null}} CurvedRow  `seats` are in the order along the curve, if there is one */

/** A seat's size, as a part of the usual distance from seat to seat. */
const SEAT_SIZE = 0.5;
/** Larger gaps are aisles, in multiples of the usual distance from seat to seat. */
export const AISLE_GAP = 1.6;

/** @param {Row} row */
export function isTable(row) {
  return extensionOf(row).table === true;
}

/**
 * Return rows, of the whole plan or with the selected seats only.
 * @param {Plan} plan
 * @param {Selection} [keys]
 * @returns {RowOfSeats[]}
 */
export function rowsOf(plan, keys) {
  /** @type {Map<Zone, Map<string, RowOfSeats>>} */
  const zones = new Map();
  let [latest, latestRow] = /** @type {[Row | null, RowOfSeats | null]} */ ([null, null]);
  for (const place of seatsOf(plan)) {
    if (keys && !keys.has(place.key)) continue;
    const { zone, row } = place;
    if (row !== latest || !latestRow) {
      let rows = zones.get(zone);
      if (!rows) zones.set(zone, (rows = new Map()));
      const label = plainLabel(String(row.row_number ?? ""));
      const table = isTable(row);
      const name = table || !label ? `\0${keyOf(row)}` : label;
      latest = row;
      latestRow = rows.get(name) ?? { zone, label, isTable: table, seats: [] };
      rows.set(name, latestRow);
    }
    latestRow.seats.push(place);
  }
  return [...zones.values()].flatMap((rows) => [...rows.values()]);
}

/**
 * Return rows with the curves that they lie on. A row in pieces that don't lie on one curve is several rows; tables
 * have no curve.
 * @param {Plan} plan
 * @param {Selection} [keys]  of the seats that are looked at; all if left out
 * @param {RowOfSeats[]} [rows]  if they are known
 * @returns {CurvedRow[]}
 */
export function curvedRows(plan, keys, rows = rowsOf(plan, keys)) {
  const spacing = pitch(plan);
  const way = waysToStage(plan);
  /** @type {(row: RowOfSeats) => CurvedRow} */
  const curved = (row) => {
    const curve = row.isTable ? null : fitCurve(row.seats, way(meanOf(row.seats)), spacing);
    if (!curve) return { ...row, curve };
    if (curve.along.every((one, index) => !index || curve.along[index - 1] <= one)) return { ...row, curve };
    const order = curve.along.map((_, index) => index).sort((a, b) => curve.along[a] - curve.along[b]);
    const along = order.map((index) => curve.along[index]);
    return { ...row, seats: order.map((index) => row.seats[index]), curve: { ...curve, along } };
  };
  return rows.flatMap((row) => {
    const whole = curved(row);
    const pieces = new Set(row.seats.map((place) => place.row));
    if (whole.curve || pieces.size === 1) return [whole];
    return [...pieces].map((piece) => curved({ ...row, seats: row.seats.filter((place) => place.row === piece) }));
  });
}

/** @type {WeakMap<Plan, number>} */
const pitches = new WeakMap();

/**
 * Return the usual distance between neighbors in this plan, as the server finds it: the median of the rows' own.
 * @param {Plan} plan
 * @returns {number}
 */
export function pitch(plan) {
  return pitches.get(plan) ?? spacingsOf(plan).spacing;
}

/**
 * Return the usual distance between neighbors, and the least one that seats must have so as not to overlap.
 * @param {Plan} plan
 * @param {RowOfSeats[]} [rows]  all of it, if they are known
 * @returns {{spacing: number, leastSpacing: number}}
 */
export function spacingsOf(plan, rows = rowsOf(plan)) {
  const own = rows.map(({ seats }) => spacingOf(seats)).filter((one) => one !== null);
  const steps = new Float64Array(rows.reduce((sum, { seats }) => sum + (seats.length > 1 ? seats.length : 0), 0));
  let count = 0;
  for (const { seats } of rows) for (const step of stepsOf(seats)) steps[count++] = step;
  const spacing = median(own) ?? SEAT_PITCH;
  pitches.set(plan, spacing);
  // Half of the usual step, too: else two heaps of seats in a small hall would say what is usual.
  const usual = steps.sort()[Math.floor(count / 2)] ?? 0;
  return { spacing, leastSpacing: Math.max(spacing * SEAT_SIZE, (usual * SEAT_SIZE) / 2) };
}

/**
 * Return the middle value, the lower of two; undefined of none.
 * @param {ArrayLike<number>} values
 * @returns {number | undefined}
 */
function median(values) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** @param {Point} a @param {Point} b */
function distance(a, b) {
  const [x, y] = [a.x - b.x, a.y - b.y];
  return Math.sqrt(x * x + y * y);
}

/** Return the distance from each seat to the nearer one of those before and after it. @param {Point[]} seats */
function stepsOf(seats) {
  const count = seats.length;
  const nearer = new Float64Array(count > 1 ? count : 0);
  let before = Infinity;
  for (let index = 0; index < nearer.length; index++) {
    const after = index + 1 < count ? distance(seats[index], seats[index + 1]) : Infinity;
    nearer[index] = Math.min(before, after);
    before = after;
  }
  return nearer;
}

/**
 * Return the median distance from a seat to its nearest neighbor in its row; null for a single seat. Neighbors are
 * looked for in cells of a grid, as on the server.
 * @param {Point[]} seats
 * @returns {number | null}
 */
export function spacingOf(seats) {
  const count = seats.length;
  const width = 2 * AISLE_GAP * (median(stepsOf(seats)) ?? 0);
  if (width <= 0) return null;
  const columns = new Int32Array(count);
  const lines = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    columns[index] = Math.floor(seats[index].x / width);
    lines[index] = Math.floor(seats[index].y / width);
  }
  const isWide = Math.abs(columns[0] - columns[count - 1]) >= Math.abs(lines[0] - lines[count - 1]);
  const [main, other] = isWide ? [columns, lines] : [lines, columns];
  const order = new Uint32Array(count).map((_, index) => index);
  if (main.some((cell, index) => index > 0 && main[index - 1] > cell)) order.sort((a, b) => main[a] - main[b]);
  const nearest = new Float64Array(count).fill(Infinity);
  for (let at = 0; at < count; at++) {
    const a = order[at];
    for (let next = at + 1; next < count && main[order[next]] - main[a] <= 1; next++) {
      const b = order[next];
      if (Math.abs(other[a] - other[b]) > 1) continue;
      const gap = distance(seats[a], seats[b]);
      if (gap < nearest[a]) nearest[a] = gap;
      if (gap < nearest[b]) nearest[b] = gap;
    }
  }
  return median(nearest.filter((gap) => gap < Infinity)) ?? null;
}

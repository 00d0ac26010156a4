/**
 * Rows as customers see them: all pieces that a section gives one label are one row; a table is one by itself. Their
 * usual spacing is found as the server finds it.
 */
import { fitCurve, meanOf } from "./curve.js";
import { SEAT_PITCH, keyOf, seatsOf } from "./document.js";
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
      const label = String(row.row_number ?? "");
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
 * @param {Selection} [keys]
 * @returns {CurvedRow[]}
 */
export function curvedRows(plan, keys) {
  const spacing = pitch(plan);
  const way = waysToStage(plan);
  /** @type {(row: RowOfSeats) => CurvedRow} */
  const curved = (row) => {
    const curve = row.isTable ? null : fitCurve(row.seats, way(meanOf(row.seats)), spacing);
    if (!curve) return { ...row, curve };
    const order = curve.along.map((_, index) => index).sort((a, b) => curve.along[a] - curve.along[b]);
    const along = order.map((index) => curve.along[index]);
    return { ...row, seats: order.map((index) => row.seats[index]), curve: { ...curve, along } };
  };
  return rowsOf(plan, keys).flatMap((row) => {
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
  let found = pitches.get(plan);
  if (found === undefined) {
    const own = rowsOf(plan).map(({ seats }) => spacingOf(seats)).filter((one) => one !== null);
    found = lowMedian(own) ?? SEAT_PITCH;
    pitches.set(plan, found);
  }
  return found;
}

/** @param {number[]} values @returns {number | undefined} */
function lowMedian(values) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Return the distance from each seat to the nearer one of those before and after it. @param {Point[]} seats @returns {number[]} */
export function stepsOf(seats) {
  const steps = /** @type {number[]} */ ([]);
  for (let index = 1; index < seats.length; index++) {
    steps.push(Math.hypot(seats[index].x - seats[index - 1].x, seats[index].y - seats[index - 1].y));
  }
  if (!steps.length) return [];
  return seats.map((_, index) => Math.min(steps[index] ?? Infinity, steps[index - 1] ?? Infinity));
}

/**
 * Return the median distance from a seat to its nearest neighbor in its row; null for a single seat.
 * @param {Point[]} seats
 * @returns {number | null}
 */
export function spacingOf(seats) {
  const width = 2 * AISLE_GAP * (lowMedian(stepsOf(seats)) ?? 0);
  if (width <= 0) return null;
  const nearest = new Float64Array(seats.length).fill(Infinity);
  const columns = seats.map(({ x }) => Math.floor(x / width));
  const lines = seats.map(({ y }) => Math.floor(y / width));
  const isWide = Math.abs(columns[0] - columns[seats.length - 1]) >= Math.abs(lines[0] - lines[seats.length - 1]);
  const [main, other] = isWide ? [columns, lines] : [lines, columns];
  const order = seats.map((_, index) => index).sort((a, b) => main[a] - main[b]);
  for (let at = 0; at < order.length; at++) {
    const a = order[at];
    for (let next = at + 1; next < order.length && main[order[next]] - main[a] <= 1; next++) {
      const b = order[next];
      if (Math.abs(other[a] - other[b]) > 1) continue;
      const distance = Math.hypot(seats[a].x - seats[b].x, seats[a].y - seats[b].y);
      if (distance < nearest[a]) nearest[a] = distance;
      if (distance < nearest[b]) nearest[b] = distance;
    }
  }
  return lowMedian([...nearest].filter(Number.isFinite)) ?? null;
}

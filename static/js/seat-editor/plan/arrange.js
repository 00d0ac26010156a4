/** Puts what is selected in order: aligned, at even distances, closer or further apart, bent or straight. */
import { centerOfCurve, dot, leftOf, meanOf, pointAt } from "./curve.js";
import { bounds, chosenAreas, placeSeats } from "./document.js";
import { AISLE_GAP, curvedRows, pitch, rowsOf } from "./rows.js";
import { boxAround, cornersOf } from "./shape.js";
import { moveEach } from "./transform.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Box} Box */
/** @typedef {import("./document.js").Selection} Selection */
/** @typedef {import("./rows.js").CurvedRow} CurvedRow */
/** @typedef {CurvedRow & {curve: import("./curve.js").Curve}} FittedRow */
/** @typedef {{factor: number} | {pitch: number}} Spread  how many times as far apart, or how far */
/** @typedef {{keys: string[], box: Box}} Unit  what is moved as one */

/**
 * Return what is aligned and distributed: rows and areas; the seats one by one if all are of one row.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {Unit[]}
 */
function unitsOf(plan, keys) {
  const rows = rowsOf(plan, keys);
  const areas = chosenAreas(plan, keys).map((place) => ({ keys: [place.key], box: boxAround(cornersOf(place)) }));
  if (rows.length === 1 && !areas.length) {
    return rows[0].seats.map((seat) => ({ keys: [seat.key], box: boxAround([seat]) }));
  }
  return [...rows.map(({ seats }) => ({ keys: seats.map(({ key }) => key), box: boxAround(seats) })), ...areas];
}

/** @type {(plan: Plan, units: Unit[], shift: (unit: Unit, index: number) => Point) => Plan} */
function moveUnits(plan, units, shift) {
  const shifts = new Map();
  units.forEach((unit, index) => {
    const by = shift(unit, index);
    for (const key of unit.keys) shifts.set(key, by);
  });
  return moveEach(plan, shifts);
}

/**
 * Align rows and areas with the outermost of them; or, if all is of one row, its seats.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {"left" | "center" | "right" | "top" | "middle" | "bottom"} side  `center` from left to right, `middle` from
 *   top to bottom
 * @returns {Plan}
 */
export function align(plan, keys, side) {
  const box = bounds(plan, keys);
  if (!box) return plan;
  return moveUnits(plan, unitsOf(plan, keys), ({ box: own }) => {
    switch (side) {
      case "left":
      case "right":
        return { x: box[side] - own[side], y: 0 };
      case "center":
        return { x: (box.left + box.right - own.left - own.right) / 2, y: 0 };
      case "top":
      case "bottom":
        return { x: 0, y: box[side] - own[side] };
      default:
        return { x: 0, y: (box.top + box.bottom - own.top - own.bottom) / 2 };
    }
  });
}

/**
 * Put the middles of rows and areas at even distances between the first and the last; or, if all is of one row, its
 * seats.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {"x" | "y"} axis
 * @returns {Plan}
 */
export function distribute(plan, keys, axis) {
  const middle = (/** @type {Unit} */ { box }) => (axis === "x" ? box.left + box.right : box.top + box.bottom) / 2;
  const units = unitsOf(plan, keys).sort((a, b) => middle(a) - middle(b));
  if (units.length < 3) return plan;
  const [first, last] = [middle(units[0]), middle(units[units.length - 1])];
  return moveUnits(plan, units, (unit, index) => {
    const by = first + ((last - first) * index) / (units.length - 1) - middle(unit);
    return axis === "x" ? { x: by, y: 0 } : { x: 0, y: by };
  });
}

/** @param {number[]} values  sorted @returns {number} */
function usualGap(values) {
  const gaps = values.slice(1).map((value, index) => value - values[index]).sort((a, b) => a - b);
  return gaps[Math.floor((gaps.length - 1) / 2)] ?? 0;
}

/**
 * Return sorted places further or less far apart; aisles between them stay as wide as they are.
 * @type {(values: number[], spread: Spread) => number[]}
 */
function spreadOut(values, spread) {
  const usual = usualGap(values);
  if (usual <= 0) return values;
  const factor = "factor" in spread ? spread.factor : spread.pitch / usual;
  let at = values[0] ?? 0;
  return values.map((value, index) => {
    if (index) {
      const gap = value - values[index - 1];
      at += gap > usual * AISLE_GAP ? gap + usual * (factor - 1) : gap * factor;
    }
    return at;
  });
}

/** @type {(plan: Plan, points: Map<string, Point>) => Plan} */
function placeAll(plan, points) {
  return placeSeats(plan, new Set(points.keys()), ({ key }) => points.get(key));
}

/**
 * Put seats closer together or further apart along their rows, whose middles stay; aisles keep their width. Tables,
 * and rows on no line or arc, grow from their middles.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {Spread} spread
 * @returns {Plan}
 */
export function spread(plan, keys, spread) {
  const points = new Map();
  for (const { seats, curve } of curvedRows(plan, keys)) {
    if (curve) {
      const along = spreadOut(curve.along, spread);
      const shift = (along[0] + along[along.length - 1]) / 2;
      seats.forEach(({ key }, index) => points.set(key, pointAt(curve, along[index] - shift)));
    } else {
      const factor = "factor" in spread ? spread.factor : spread.pitch / pitch(plan);
      const mean = meanOf(seats);
      for (const { key, x, y } of seats) {
        points.set(key, { x: mean.x + (x - mean.x) * factor, y: mean.y + (y - mean.y) * factor });
      }
    }
  }
  return placeAll(plan, points);
}

/**
 * Return the rows of each section that lie on curves, front row first, with how far each is behind the front row.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {{row: FittedRow, behind: number}[][]}
 */
function blocksOf(plan, keys) {
  /** @type {Map<object, FittedRow[]>} */
  const zones = new Map();
  for (const row of curvedRows(plan, keys)) {
    if (!row.curve) continue;
    const rows = zones.get(row.zone) ?? [];
    rows.push(/** @type {FittedRow} */ (row));
    zones.set(row.zone, rows);
  }
  return [...zones.values()].map((rows) => {
    const front = meanOf(rows.map(({ curve }) => leftOf(curve.direction)));
    const length = Math.hypot(front.x, front.y) || 1;
    const depths = rows.map(({ curve }) => -dot(curve.middle, front) / length);
    const least = Math.min(...depths);
    return rows
      .map((row, index) => ({ row, behind: depths[index] - least }))
      .sort((a, b) => a.behind - b.behind);
  });
}

/** @param {FittedRow} row */
function lengthOf({ curve }) {
  return curve.along[curve.along.length - 1] - curve.along[0];
}

/**
 * Bend rows around the stage; the middle of each row stays where it is. Rows of a section are bent around one point.
 * No row spans more than half a circle. Tables stay as they are.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {number} radius  the front row's; 0 makes straight rows, below 0 they are bent away from the stage
 * @returns {Plan}
 */
export function bend(plan, keys, radius) {
  const points = new Map();
  for (const block of blocksOf(plan, keys)) {
    const least = Math.max(...block.map(({ row, behind }) => lengthOf(row) / Math.PI - behind * Math.sign(radius)));
    const front = Math.sign(radius) * Math.max(Math.abs(radius), least);
    for (const { row, behind } of block) {
      const curve = { ...row.curve, radius: radius && front + behind };
      row.seats.forEach(({ key }, index) => points.set(key, pointAt(curve, curve.along[index])));
    }
  }
  return placeAll(plan, points);
}

/**
 * Make rows straight.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {Plan}
 */
export function straighten(plan, keys) {
  return bend(plan, keys, 0);
}

/**
 * Return the radius of the front row of what is selected, as `bend` takes it: 0 for straight rows, null where no row
 * lies on a curve.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {number | null}
 */
export function bendOf(plan, keys) {
  const [block] = blocksOf(plan, keys);
  return block ? block[0].row.curve.radius : null;
}

/**
 * Put rows closer together or further apart; the front row of each section stays. Rows that are bent around one point
 * still are afterwards.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {Spread} spread
 * @returns {Plan}
 */
export function spreadRows(plan, keys, spread) {
  const points = new Map();
  const near = pitch(plan) / 2;
  for (const block of blocksOf(plan, keys)) {
    const centers = block.map(({ row }) => centerOfCurve(row.curve));
    const [first] = centers;
    const hasOneCenter = first && centers.every((one) => one && Math.hypot(one.x - first.x, one.y - first.y) <= near);
    const depths = spreadOut(block.map(({ behind }) => behind), spread);
    block.forEach(({ row, behind }, index) => {
      const { curve, seats } = row;
      const by = depths[index] - behind;
      const left = leftOf(curve.direction);
      const middle = { x: curve.middle.x - left.x * by, y: curve.middle.y - left.y * by };
      const radius = hasOneCenter ? curve.radius + by : curve.radius;
      seats.forEach(({ key }, at) => points.set(key, pointAt({ ...curve, middle, radius }, curve.along[at])));
    });
  }
  return placeAll(plan, points);
}

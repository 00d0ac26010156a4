/** Measures on a plan: distances and angles, and how far it is to the stage. */
import { dot, leftOf, meanOf } from "./curve.js";
import { ROW_PITCH, seatsOf } from "./document.js";
import { nearestEdge } from "./reshape.js";
import { curvedRows, pitch } from "./rows.js";
import { middleOf } from "./shape.js";
import { DIRECTIONS, stageOf, stageSide } from "./stage.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Selection} Selection */

/**
 * @typedef {object} Measure
 * @property {number} distance  in the plan's units
 * @property {number} seats  the same in multiples of the usual distance from seat to seat
 * @property {number} angle  degrees
 */

/** @param {number} radians @returns {number} from 0 up to 360 */
function degrees(radians) {
  return ((radians * 180) / Math.PI + 360) % 360;
}

/**
 * Measure from one point to another. The angle is clockwise, 0 to the right.
 * @param {Plan} plan
 * @param {Point} from
 * @param {Point} to
 * @returns {Measure}
 */
export function measure(plan, from, to) {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  return { distance, seats: distance / pitch(plan), angle: degrees(Math.atan2(to.y - from.y, to.x - from.x)) };
}

/**
 * Measure how far it is to the stage, and at which angle one looks at it: 0 from right in front of its middle, up to
 * 90 from the side. Where no stage is drawn, it is a line before the seats, on the side that the plan says.
 * @param {Plan} plan
 * @param {Point} point
 * @returns {Measure}
 */
export function measureToStage(plan, point) {
  const stage = stageOf(plan);
  const front = DIRECTIONS[stageSide(plan)];
  const middle = stage ? middleOf(stage) : middleBefore(plan, front);
  const way = { x: middle.x - point.x, y: middle.y - point.y };
  const behind = dot(way, front);
  const distance = stage ? nearestEdge(stage, point).distance : Math.max(behind, 0);
  const aside = Math.abs(dot(way, leftOf(front)));
  return { distance, seats: distance / pitch(plan), angle: degrees(Math.atan2(aside, Math.abs(behind))) };
}

/** Return the middle of the edge of the seats that is toward the stage. @type {(plan: Plan, front: Point) => Point} */
function middleBefore(plan, front) {
  let [least, most, nearest] = [Infinity, -Infinity, -Infinity];
  const side = leftOf(front);
  for (const seat of seatsOf(plan)) {
    const across = dot(seat, side);
    least = Math.min(least, across);
    most = Math.max(most, across);
    nearest = Math.max(nearest, dot(seat, front));
  }
  if (least > most) return { x: 0, y: 0 };
  const across = (least + most) / 2;
  return { x: side.x * across + front.x * nearest, y: side.y * across + front.y * nearest };
}

/**
 * Return the usual distance from row to row, of all rows or of those with selected seats.
 * @param {Plan} plan
 * @param {Selection} [keys]
 * @returns {number}
 */
export function rowPitch(plan, keys) {
  /** @type {Map<object, import("./rows.js").CurvedRow[]>} */
  const zones = new Map();
  for (const row of curvedRows(plan, keys)) if (row.curve) zones.set(row.zone, [...(zones.get(row.zone) ?? []), row]);
  const gaps = /** @type {number[]} */ ([]);
  const least = pitch(plan) / 2;
  for (const rows of zones.values()) {
    const front = meanOf(rows.map(({ curve }) => leftOf(/** @type {any} */ (curve).direction)));
    const length = Math.hypot(front.x, front.y) || 1;
    const depths = rows.map(({ curve }) => -dot(/** @type {any} */ (curve).middle, front) / length).sort((a, b) => a - b);
    depths.forEach((depth, index) => {
      if (index && depth - depths[index - 1] > least) gaps.push(depth - depths[index - 1]);
    });
  }
  return gaps.sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)] ?? ROW_PITCH;
}

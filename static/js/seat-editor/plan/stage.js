/**
 * Where the stage is. A plan says on which side of the seats (`marquee.stage`), and may draw one: an area with
 * `marquee.stage`, or, in rooms that were drawn from a description, the one with the id `stage`.
 */
import { areasOf, seatsOf } from "./document.js";
import { extended } from "./paint.js";
import { boxAround, middleOf } from "./shape.js";
import { extensionOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {"top" | "bottom" | "left" | "right"} Side */

/** The way to the stage, by its side. @type {Record<Side, Point>} */
export const DIRECTIONS = { top: { x: 0, y: -1 }, bottom: { x: 0, y: 1 }, left: { x: -1, y: 0 }, right: { x: 1, y: 0 } };

/** @param {Plan} plan @returns {Side} */
export function stageSide(plan) {
  const { stage } = extensionOf(plan);
  return typeof stage === "string" && Object.hasOwn(DIRECTIONS, stage) ? /** @type {Side} */ (stage) : "top";
}

/** @param {Plan} plan @param {Side} side @returns {Plan} */
export function setStageSide(plan, side) {
  return extended(plan, "stage", side);
}

/** Return the area that is the stage. @param {Plan} plan */
export function stageOf(plan) {
  for (const place of areasOf(plan)) {
    if (extensionOf(place.area).stage === true || place.area.uuid === "stage") return place;
  }
  return undefined;
}

/**
 * Return the way from any point to the stage: to the middle of the one that is drawn, else towards its side.
 * @param {Plan} plan
 * @returns {(point: Point) => Point}
 */
export function waysToStage(plan) {
  const stage = stageOf(plan);
  const direction = DIRECTIONS[stageSide(plan)];
  if (!stage) return () => direction;
  const middle = middleOf(stage);
  return ({ x, y }) => (middle.x === x && middle.y === y ? direction : { x: middle.x - x, y: middle.y - y });
}

/**
 * Return the side of the seats that a point is on, as the server finds it; undefined in a plan without seats.
 * @param {Plan} plan
 * @param {Point} point
 * @returns {Side | undefined}
 */
export function nearestSide(plan, { x, y }) {
  const { left, top, right, bottom } = boxAround(seatsOf(plan));
  if (left > right) return undefined;
  const beyond = /** @type {[Side, number][]} */ ([
    ["top", top - y],
    ["bottom", y - bottom],
    ["left", left - x],
    ["right", x - right],
  ]);
  return beyond.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

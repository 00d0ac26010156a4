/** Moves, turns and mirrors what is selected, as one rigid whole. */
import {
  bounds,
  changeAreas,
  changeList,
  changeZones,
  chosenAreas,
  chosenSeats,
  keyOf,
  placeSeats,
  placed,
} from "./document.js";
import { middleOf, mirroredArea, turned, turnedArea } from "./shape.js";
import { listOf, pointOf, round } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Selection} Selection */
/** @typedef {import("./document.js").Result} Result */
/** @typedef {import("./document.js").Box} Box */
/** @typedef {import("./document.js").Item} Item */

/**
 * Move seats and areas. Where all of a row moves, its position changes and its seats stay the same objects.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {number} dx
 * @param {number} dy
 * @returns {Plan}
 */
export function move(plan, keys, dx, dy) {
  const by = { x: dx, y: dy };
  return shift(plan, (key) => (keys.has(key) ? by : undefined));
}

/** Seats' distances between what was there and what is put behind it. */
const ROOM_BEHIND = 3;

/**
 * Put what an operation made behind all that was there, as seen from a stage at the top, and in its middle.
 * @param {Result} made
 * @param {Box | null} there  around what was there; null if nothing was
 * @param {number} pitch
 * @returns {Result}
 */
export function putBehind(made, there, pitch) {
  const box = bounds(made.plan, made.selection);
  if (!there || !box) return made;
  const dx = (there.left + there.right - box.left - box.right) / 2;
  return { ...made, plan: move(made.plan, made.selection, dx, there.bottom + ROOM_BEHIND * pitch - box.top) };
}

/**
 * Move each seat and area by a vector of its own.
 * @param {Plan} plan
 * @param {ReadonlyMap<string, Point>} vectors  by key; seats that move together share one object
 * @returns {Plan}
 */
export function moveEach(plan, vectors) {
  return shift(plan, (key) => vectors.get(key));
}

/** @type {(plan: Plan, vectorOf: (key: string) => Point | undefined) => Plan} */
function shift(plan, vectorOf) {
  /** @type {(item: Item, by: Point | undefined) => Item} */
  const moved = (item, by) => {
    if (!by || (!round(by.x) && !round(by.y))) return item;
    const { x, y } = pointOf(item.position);
    return placed(item, x + by.x, y + by.y);
  };
  return changeZones(plan, (zone) => {
    const withRows = changeList(zone, "rows", (row) => {
      const seats = listOf(row, "seats");
      const by = seats.length ? vectorOf(keyOf(seats[0])) : undefined;
      if (by && seats.every((seat) => vectorOf(keyOf(seat)) === by)) return moved(row, by);
      return changeList(row, "seats", (seat) => moved(seat, vectorOf(keyOf(seat))));
    });
    return changeList(withRows, "areas", (area) => moved(area, vectorOf(keyOf(area))));
  });
}

/**
 * Return the point that a selection turns around: the mean of its seats and its areas' middles, which turning and
 * mirroring leave where it is.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {Point | null}
 */
export function centerOf(plan, keys) {
  const points = [...chosenSeats(plan, keys), ...chosenAreas(plan, keys).map(middleOf)];
  if (!points.length) return null;
  let [x, y] = [0, 0];
  for (const point of points) [x, y] = [x + point.x, y + point.y];
  return { x: x / points.length, y: y / points.length };
}

/**
 * Turn seats and areas around a point.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {number} degrees  clockwise
 * @param {Point | null} [center]  the selection's own if left out
 * @returns {Plan}
 */
export function rotate(plan, keys, degrees, center = centerOf(plan, keys)) {
  if (!center || degrees % 360 === 0) return plan;
  const around = (/** @type {Point} */ { x, y }) => {
    const point = turned(x - center.x, y - center.y, degrees);
    return { x: center.x + point.x, y: center.y + point.y };
  };
  return changeAreas(placeSeats(plan, keys, around), keys, (area, place) => {
    const point = around(place);
    const start = pointOf(place.zone.position);
    return placed(turnedArea(area, degrees), point.x - start.x, point.y - start.y);
  });
}

/**
 * Mirror seats and areas within the box around them. Seats keep their numbers.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {"x" | "y"} axis  x: left and right are exchanged; y: front and rear
 * @param {number} [at]  the line to mirror at; the middle of the selection if left out
 * @returns {Plan}
 */
export function mirror(plan, keys, axis, at) {
  const box = bounds(plan, keys);
  if (!box) return plan;
  const line = at ?? (axis === "x" ? (box.left + box.right) / 2 : (box.top + box.bottom) / 2);
  const across = (/** @type {Point} */ { x, y }) => (axis === "x" ? { x: 2 * line - x, y } : { x, y: 2 * line - y });
  return changeAreas(placeSeats(plan, keys, across), keys, (area, place) => {
    const point = across(place);
    const start = pointOf(place.zone.position);
    const mirrored = mirroredArea(area, axis);
    return placed(mirrored.area, point.x + mirrored.move.x - start.x, point.y + mirrored.move.y - start.y);
  });
}

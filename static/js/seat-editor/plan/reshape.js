/**
 * Changes the form of one area: its sides by handles at its edges and corners, a polygon by its corners, all as the
 * area is turned.
 */
import { LEAST_CORNERS, LEAST_SIDE } from "./areas.js";
import { changeAreas, placed } from "./document.js";
import { boxAround, cornersOf, outlineOf, turned } from "./shape.js";
import { isObject, numberOf, pointOf, round } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Area} Area */
/** @typedef {import("./document.js").AreaPlace} AreaPlace */
/** @typedef {import("./document.js").Box} Box */
/** @typedef {"n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw"} Handle */

/** @type {Handle[]} */
export const HANDLES = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

/**
 * Return an absolute point as the area sees it: from its position, before it is turned.
 * @type {(place: AreaPlace, point: Point) => Point}
 */
function inner({ area, x, y }, point) {
  return turned(point.x - x, point.y - y, -numberOf(area.rotation));
}

/**
 * Return where an area's handles are.
 * @param {AreaPlace} place
 * @returns {{handle: Handle, x: number, y: number}[]}
 */
export function handlesOf(place) {
  if (place.area.shape === "text") return [];
  const { left, top, right, bottom } = boxAround(outlineOf(place.area));
  return HANDLES.map((handle) => {
    const x = handle.includes("w") ? left : handle.includes("e") ? right : (left + right) / 2;
    const y = handle.includes("n") ? top : handle.includes("s") ? bottom : (top + bottom) / 2;
    const point = turned(x, y, numberOf(place.area.rotation));
    return { handle, x: place.x + point.x, y: place.y + point.y };
  });
}

/**
 * Drag a handle to a point; the opposite edge stays where it is. A side never gets shorter than `LEAST_SIDE`.
 * @param {Plan} plan
 * @param {string} key
 * @param {Handle} handle
 * @param {Point} to
 * @returns {Plan}
 */
export function resize(plan, key, handle, to) {
  return changeAreas(plan, new Set([key]), (area, place) => {
    const before = boxAround(outlineOf(area));
    const point = inner(place, to);
    const box = { ...before };
    if (handle.includes("w")) box.left = Math.min(point.x, box.right - LEAST_SIDE);
    if (handle.includes("e")) box.right = Math.max(point.x, box.left + LEAST_SIDE);
    if (handle.includes("n")) box.top = Math.min(point.y, box.bottom - LEAST_SIDE);
    if (handle.includes("s")) box.bottom = Math.max(point.y, box.top + LEAST_SIDE);
    return stretched(area, before, box);
  });
}

/** @type {(area: Area, before: Box, box: Box) => Area} */
function stretched(area, before, box) {
  if (area.shape === "text") return area;
  const [width, height] = [round(box.right - box.left), round(box.bottom - box.top)];
  const scale = (/** @type {Point} */ { x, y }) => ({
    x: box.left + ((x - before.left) * width) / (before.right - before.left || 1),
    y: box.top + ((y - before.top) * height) / (before.bottom - before.top || 1),
  });
  const origin = scale({ x: 0, y: 0 });
  const { text } = area;
  let next = area;
  if (isObject(text) && isObject(text.position)) {
    const at = scale(pointOf(text.position));
    const position = { ...text.position, x: round(at.x - origin.x), y: round(at.y - origin.y) };
    next = { ...area, text: { ...text, position } };
  }
  if (area.shape === "polygon") {
    next = withCorners(next, (corner) => {
      const at = scale(pointOf(corner));
      return { ...corner, x: round(at.x - origin.x), y: round(at.y - origin.y) };
    });
  } else if (area.shape === "circle" || area.shape === "ellipse") {
    const { circle: _circle, ...rest } = next;
    const radius = { x: round(width / 2), y: round(height / 2) };
    const { radius: _radius, ...others } = isObject(area[area.shape]) ? area[area.shape] : {};
    const isCircle = area.shape === "circle" && radius.x === radius.y;
    next = isCircle
      ? { ...next, circle: { ...others, radius: radius.x } }
      : /** @type {Area} */ ({ ...rest, shape: "ellipse", ellipse: { ...others, radius } });
  } else {
    const { width: _width, height: _height, ...rest } = next;
    next = /** @type {Area} */ ({ ...rest, rectangle: { ...area.rectangle, width, height } });
  }
  const move = turned(origin.x, origin.y, numberOf(area.rotation));
  const start = pointOf(area.position);
  return placed(next, start.x + move.x, start.y + move.y);
}

/** @type {(area: Area, change: (corner: any, index: number) => any) => Area} */
function withCorners(area, change) {
  if (!isObject(area.polygon) || !Array.isArray(area.polygon.points)) return area;
  return { ...area, polygon: { ...area.polygon, points: area.polygon.points.flatMap(change) } };
}

/** @type {(plan: Plan, key: string, change: (corner: any, index: number, place: AreaPlace) => any) => Plan} */
function changeCorners(plan, key, change) {
  return changeAreas(plan, new Set([key]), (area, place) =>
    area.shape === "polygon" ? withCorners(area, (corner, index) => change(corner, index, place)) : area,
  );
}

/** @type {(place: AreaPlace, to: Point) => Point} */
function newCorner(place, to) {
  const { x, y } = inner(place, to);
  return { x: round(x), y: round(y) };
}

/**
 * Drag a polygon's corner.
 * @param {Plan} plan
 * @param {string} key
 * @param {number} index
 * @param {Point} to
 * @returns {Plan}
 */
export function moveCorner(plan, key, index, to) {
  return changeCorners(plan, key, (corner, at, place) => (at === index ? { ...corner, ...newCorner(place, to) } : corner));
}

/**
 * Insert a corner after another.
 * @param {Plan} plan
 * @param {string} key
 * @param {number} index
 * @param {Point} to
 * @returns {Plan}
 */
export function insertCorner(plan, key, index, to) {
  return changeCorners(plan, key, (corner, at, place) => (at === index ? [corner, newCorner(place, to)] : corner));
}

/**
 * Remove a corner; the last three stay.
 * @param {Plan} plan
 * @param {string} key
 * @param {number} index
 * @returns {Plan}
 */
export function removeCorner(plan, key, index) {
  return changeCorners(plan, key, (corner, at, { area }) =>
    at === index && area.polygon.points.length > LEAST_CORNERS ? [] : corner,
  );
}

/**
 * Return the edge of an area that is nearest to a point: the index of the corner before it, how far it is, and its
 * nearest point.
 * @param {AreaPlace} place
 * @param {Point} point
 * @returns {{index: number, distance: number, x: number, y: number}}
 */
export function nearestEdge(place, point) {
  const corners = cornersOf(place);
  let best = { index: -1, distance: Infinity, x: place.x, y: place.y };
  for (const [index, corner] of corners.entries()) {
    const end = corners[(index + 1) % corners.length];
    const [dx, dy] = [end.x - corner.x, end.y - corner.y];
    const square = dx * dx + dy * dy;
    const along = square ? ((point.x - corner.x) * dx + (point.y - corner.y) * dy) / square : 0;
    const share = Math.min(Math.max(along, 0), 1);
    const [x, y] = [corner.x + share * dx, corner.y + share * dy];
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance < best.distance) best = { index, distance, x, y };
  }
  return best;
}

/**
 * Return true for a point within a polygon, by crossings of its edges.
 * @param {Point[]} corners
 * @param {Point} point
 */
export function isInside(corners, { x, y }) {
  let inside = false;
  for (let index = 0, before = corners.length - 1; index < corners.length; before = index++) {
    const [a, b] = [corners[index], corners[before]];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** Return true for a point on an area; never for words. @param {AreaPlace} place @param {Point} point */
export function isOnArea(place, point) {
  const { area } = place;
  if (area.shape === "circle" || area.shape === "ellipse") {
    const { x, y } = inner(place, point);
    const { right, bottom } = boxAround(outlineOf(area));
    return right > 0 && bottom > 0 && (x / right) ** 2 + (y / bottom) ** 2 <= 1;
  }
  return isInside(cornersOf(place), point);
}

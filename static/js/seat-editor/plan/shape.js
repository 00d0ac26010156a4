/**
 * The shapes of areas. A shape is turned around its area's position, as pages draw it: the upper left corner of a
 * rectangle, the middle of a circle or an ellipse, the origin of a polygon's points.
 */
import { isObject, listOf, numberOf, pointOf, round } from "./values.js";

/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Area} Area */
/** @typedef {import("./document.js").AreaPlace} AreaPlace */

/**
 * Turn a vector clockwise on the screen.
 * @param {number} x
 * @param {number} y
 * @param {number} degrees
 * @returns {Point}
 */
export function turned(x, y, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}

/** Return an angle from 0 up to 360, in degrees. @param {number} degrees */
export function normalAngle(degrees) {
  return round(((round(degrees) % 360) + 360) % 360);
}

/** @param {Area} area @returns {import("./document.js").Item} */
function measuresOf(area) {
  const measures = area[area.shape ?? "rectangle"];
  return isObject(measures) ? measures : {};
}

/** Return a rectangle's sides; in older files they are on the area itself. @param {Area} area */
export function sidesOf(area) {
  const measures = measuresOf(area);
  return { width: numberOf(measures.width ?? area.width), height: numberOf(measures.height ?? area.height) };
}

/** Return the radii of a circle or an ellipse. @param {Area} area @returns {Point} */
export function radiiOf(area) {
  const { radius } = measuresOf(area);
  return isObject(radius) ? pointOf(radius) : { x: numberOf(radius), y: numberOf(radius) };
}

/**
 * Return the outline of an area before it is turned, counted from its position: the corners of a rectangle or a
 * polygon, or of the box around an ellipse; a text has but its position.
 * @param {Area} area
 * @returns {Point[]}
 */
export function outlineOf(area) {
  if (area.shape === "text") return [{ x: 0, y: 0 }];
  if (area.shape === "polygon") {
    const points = listOf(measuresOf(area), "points").map(pointOf);
    return points.length ? points : [{ x: 0, y: 0 }];
  }
  if (area.shape === "circle" || area.shape === "ellipse") {
    const { x, y } = radiiOf(area);
    return [{ x: -x, y: -y }, { x, y: -y }, { x, y }, { x: -x, y }];
  }
  const { width, height } = sidesOf(area);
  return [{ x: 0, y: 0 }, { x: width, y: 0 }, { x: width, y: height }, { x: 0, y: height }];
}

/**
 * Return the box around points, at least one.
 * @param {Iterable<Point>} points
 * @returns {import("./document.js").Box}
 */
export function boxAround(points) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    if (x < box.left) box.left = x;
    if (x > box.right) box.right = x;
    if (y < box.top) box.top = y;
    if (y > box.bottom) box.bottom = y;
  }
  return box;
}

/** Return the corners of an area's outline, turned and absolute. @param {AreaPlace} place @returns {Point[]} */
export function cornersOf({ area, x, y }) {
  const rotation = numberOf(area.rotation);
  return outlineOf(area).map((corner) => {
    const point = rotation ? turned(corner.x, corner.y, rotation) : corner;
    return { x: x + point.x, y: y + point.y };
  });
}

/** Return the middle of an area, counted from its position, before it is turned. @param {Area} area @returns {Point} */
export function innerMiddleOf(area) {
  const { left, top, right, bottom } = boxAround(outlineOf(area));
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** Return the middle of an area, absolute. @param {AreaPlace} place @returns {Point} */
export function middleOf({ area, x, y }) {
  const inner = innerMiddleOf(area);
  const point = turned(inner.x, inner.y, numberOf(area.rotation));
  return { x: x + point.x, y: y + point.y };
}

/**
 * Return an area that is turned around its position.
 * @param {Area} area
 * @param {number} degrees  clockwise
 * @returns {Area}
 */
export function turnedArea(area, degrees) {
  const rotation = normalAngle(numberOf(area.rotation) + degrees);
  return rotation === numberOf(area.rotation) ? area : { ...area, rotation };
}

/**
 * Return an area mirrored at a line through its position, and how far its position has to move for that, since a
 * rectangle's is always its upper left corner.
 * @param {Area} area
 * @param {"x" | "y"} axis  what is turned round: left and right, or top and bottom
 * @returns {{area: Area, move: Point}}
 */
export function mirroredArea(area, axis) {
  const rotation = normalAngle(-numberOf(area.rotation));
  let result = "rotation" in area ? { ...area, rotation } : area;
  const isRectangle = !["text", "polygon", "circle", "ellipse"].includes(area.shape ?? "");
  const side = isRectangle ? sidesOf(area)[axis === "x" ? "width" : "height"] : 0;
  if (area.shape === "polygon" && isObject(area.polygon) && Array.isArray(area.polygon.points)) {
    const points = area.polygon.points.map((point) => (isObject(point) ? { ...point, [axis]: -point[axis] + 0 } : point));
    result = { ...result, polygon: { ...area.polygon, points } };
  }
  const { text } = area;
  if (isObject(text) && isObject(text.position) && area.shape !== "text") {
    const at = round(side - numberOf(text.position[axis]));
    result = { ...result, text: { ...text, position: { ...text.position, [axis]: at } } };
  }
  return { area: result, move: turned(axis === "x" ? -side : 0, axis === "y" ? -side : 0, rotation) };
}

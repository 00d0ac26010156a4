/**
 * The line or arc that a row's seats lie on. A seat's place on it is how far along it is from the row's middle; so
 * rows can be bent, straightened and spread, and their seats put in order, whatever way they face.
 */

/** @typedef {import("./document.js").Point} Point */

/**
 * @typedef {object} Curve
 * @property {Point} middle  the point of the curve halfway between the outermost seats
 * @property {Point} direction  the curve's own at its middle, of length 1; the stage is on its left, so that it goes
 *   from left to right for who looks at the stage
 * @property {number} radius  0 for a line; above 0 if the center is on the stage's side, else below 0
 * @property {number[]} along  how far each seat is from the middle, in the order in which they were given
 */

/** How far seats may be off a line and off an arc, in multiples of the distance from seat to seat. */
const LINE_TOLERANCE = 0.02;
const ARC_TOLERANCE = 0.15;

/** @param {Point[]} points @returns {Point} */
export function meanOf(points) {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}

/**
 * Return the vector that a direction has on its left, as one sees it on the screen.
 * @param {Point} direction
 * @returns {Point}
 */
export function leftOf({ x, y }) {
  return { x: y, y: -x };
}

/** @type {(a: Point, b: Point) => number} */
export function dot(a, b) {
  return a.x * b.x + a.y * b.y;
}

/**
 * Return the point that is so far along a curve.
 * @param {Omit<Curve, "along">} curve
 * @param {number} along
 * @returns {Point}
 */
export function pointAt({ middle, direction, radius }, along) {
  const left = leftOf(direction);
  const angle = radius ? along / radius : 0;
  const ahead = radius ? radius * Math.sin(angle) : along;
  const aside = radius ? radius - radius * Math.cos(angle) : 0;
  return {
    x: middle.x + direction.x * ahead + left.x * aside,
    y: middle.y + direction.y * ahead + left.y * aside,
  };
}

/** Return a curve's center; none for a line. @param {Curve} curve @returns {Point | null} */
export function centerOfCurve({ middle, direction, radius }) {
  const left = leftOf(direction);
  return radius ? { x: middle.x + left.x * radius, y: middle.y + left.y * radius } : null;
}

/** Return how far a point is off a curve, which goes on at both ends. @param {Curve} curve @param {Point} point */
export function distanceFrom(curve, { x, y }) {
  const center = centerOfCurve(curve);
  if (center) return Math.abs(Math.hypot(x - center.x, y - center.y) - Math.abs(curve.radius));
  return Math.abs(dot({ x: x - curve.middle.x, y: y - curve.middle.y }, leftOf(curve.direction)));
}

/**
 * Find the curve that seats lie on: a line, or else an arc; null if they lie on neither.
 * @param {Point[]} points  at least one
 * @param {Point} way  from there to the stage
 * @param {number} pitch  the plan's usual distance from seat to seat
 * @returns {Curve | null}
 */
export function fitCurve(points, way, pitch) {
  const line = fitLine(points, way);
  if (line.off <= pitch * LINE_TOLERANCE) return line.curve;
  const arc = fitArc(points, way);
  if (arc && arc.off <= pitch * ARC_TOLERANCE) return arc.curve;
  return line.off <= pitch * ARC_TOLERANCE ? line.curve : null;
}

/**
 * Return a direction or its opposite, whichever has the stage on its left; else to the right, or down.
 * @type {(direction: Point, way: Point) => Point}
 */
function facing(direction, way) {
  const length = Math.hypot(way.x, way.y) || 1;
  const towards = dot(leftOf(direction), way) / length;
  const isRight = Math.abs(towards) > 1e-6 ? towards > 0 : direction.x + direction.y / 1e3 > 0;
  return isRight ? direction : { x: -direction.x, y: -direction.y };
}

/** @type {(points: Point[], way: Point) => {curve: Curve, off: number}} */
function fitLine(points, way) {
  const mean = meanOf(points);
  let [xx, xy, yy] = [0, 0, 0];
  for (const point of points) {
    const x = point.x - mean.x;
    const y = point.y - mean.y;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const length = Math.hypot(way.x, way.y) || 1;
  // A single seat, or seats in one place, face the stage.
  const axis = xx + yy < 1e-9 ? { x: -way.y / length, y: way.x / length } : { x: Math.cos(angle), y: Math.sin(angle) };
  const direction = facing(axis, way);
  const left = leftOf(direction);
  let off = 0;
  let [least, most] = [Infinity, -Infinity];
  const places = points.map(({ x, y }) => {
    const dx = x - mean.x;
    const dy = y - mean.y;
    const along = dx * direction.x + dy * direction.y;
    off = Math.max(off, Math.abs(dx * left.x + dy * left.y));
    least = Math.min(least, along);
    most = Math.max(most, along);
    return along;
  });
  const shift = (least + most) / 2;
  const middle = { x: mean.x + direction.x * shift, y: mean.y + direction.y * shift };
  return { curve: { middle, direction, radius: 0, along: places.map((place) => place - shift) }, off };
}

/**
 * Fit a circle by least squares of the squared distances.
 * @type {(points: Point[]) => {center: Point, radius: number} | null}
 */
function fitCircle(points) {
  const mean = meanOf(points);
  let [xx, xy, yy, xz, yz, zz] = [0, 0, 0, 0, 0, 0];
  for (const point of points) {
    const x = point.x - mean.x;
    const y = point.y - mean.y;
    const square = x * x + y * y;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xz += x * square;
    yz += y * square;
    zz += square;
  }
  const determinant = xx * yy - xy * xy;
  if (Math.abs(determinant) < 1e-9 * (xx + yy) ** 2) return null;
  const x = (xz * yy - yz * xy) / determinant / 2;
  const y = (yz * xx - xz * xy) / determinant / 2;
  return { center: { x: mean.x + x, y: mean.y + y }, radius: Math.sqrt(x * x + y * y + zz / points.length) };
}

/** @type {(points: Point[], way: Point) => {curve: Curve, off: number} | null} */
function fitArc(points, way) {
  const circle = points.length > 2 ? fitCircle(points) : null;
  if (!circle) return null;
  const { center, radius } = circle;
  let off = 0;
  const angles = points.map(({ x, y }) => {
    off = Math.max(off, Math.abs(Math.hypot(x - center.x, y - center.y) - radius));
    return Math.atan2(y - center.y, x - center.x);
  });
  // The arc begins after the widest gap, which may be anywhere in the circle.
  const sorted = [...angles].sort((a, b) => a - b);
  let start = sorted[0];
  let widest = sorted[0] + 2 * Math.PI - sorted[sorted.length - 1];
  for (let index = 1; index < sorted.length; index++) {
    const gap = sorted[index] - sorted[index - 1];
    if (gap > widest) [widest, start] = [gap, sorted[index]];
  }
  const turns = angles.map((angle) => (angle - start + 4 * Math.PI) % (2 * Math.PI));
  const half = (2 * Math.PI - widest) / 2;
  const angle = start + half;
  const middle = { x: center.x + radius * Math.cos(angle), y: center.y + radius * Math.sin(angle) };
  const direction = facing({ x: -Math.sin(angle), y: Math.cos(angle) }, way);
  const isAround = dot(leftOf(direction), { x: center.x - middle.x, y: center.y - middle.y }) > 0;
  // Angles grow clockwise on the screen, and so does a direction with its center on the right.
  const sign = isAround ? -1 : 1;
  const along = turns.map((turn) => sign * (turn - half) * radius);
  return { curve: { middle, direction, radius: isAround ? radius : -radius, along }, off };
}

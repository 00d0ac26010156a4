/** The areas of a plan as they are drawn: stages, standing room, walls, words. */
import { keyOf, isForSale } from "./plan/document.js";
import { cornersOf, radiiOf, sidesOf, turned } from "./plan/shape.js";
import { extensionOf, isObject, listOf, numberOf, pointOf } from "./plan/values.js";
import { lengthOf } from "../seat-map/names.js";

/** @typedef {import("./view.js").Point} Point */
/** @typedef {import("./view.js").Box} Box */
/** @typedef {import("../seat-map/hall.js").Shape} Shape */

/**
 * @typedef {object} AreaFacts
 * @property {string} key
 * @property {string} fill
 * @property {string} stroke
 * @property {boolean} isForSale
 * @property {string} name
 * @property {string} category
 * @property {number} capacity
 * @property {string} section
 * @property {string} floor
 * @property {Point[]} corners  the outline, turned
 */

/** @typedef {Shape & AreaFacts} PlacedShape */

const CIRCLE_CORNERS = 24;

/** @param {any} value */
function color(value) {
  return typeof value === "string" && /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value) ? value : "";
}

/** @param {Point[]} points @param {Point} center @param {number} degrees */
function turn(points, center, degrees) {
  return points.map((point) => {
    const { x, y } = turned(point.x - center.x, point.y - center.y, degrees);
    return { x: center.x + x, y: center.y + y };
  });
}

/**
 * @param {any} area  of the open format
 * @param {number} left  of its zone
 * @param {number} top
 * @param {number} pitch
 * @returns {PlacedShape | null} null for what can't be drawn
 */
export function readShape(area, left, top, pitch) {
  const kind = area.shape ?? "rectangle";
  const own = pointOf(area.position);
  const [x, y] = [left + own.x, top + own.y];
  const extension = extensionOf(area);
  const words = isObject(area.text) ? area.text : { text: area.text };
  const written = typeof words.text === "string" ? words.text : "";
  const place = pointOf(words.position);
  /** @type {PlacedShape} */
  const shape = {
    key: keyOf(area),
    kind,
    x,
    y,
    rotation: numberOf(area.rotation),
    fill: color(area.color),
    stroke: color(area.border_color),
    isForSale: isForSale(area),
    name: String(extension.name ?? "") || written,
    category: String(extension.category ?? ""),
    capacity: numberOf(extension.capacity),
    section: "",
    floor: "",
    corners: [],
  };
  if (written) shape.text = { text: written, x: place.x, y: place.y, size: numberOf(words.size) };
  switch (kind) {
    case "rectangle":
      Object.assign(shape, sidesOf(area));
      break;
    case "circle":
    case "ellipse":
      ({ x: shape.rx, y: shape.ry } = radiiOf(area));
      break;
    case "polygon":
      shape.points = listOf(area.polygon ?? {}, "points").map((point) => [numberOf(point.x), numberOf(point.y)]);
      break;
    case "text":
      break;
    default:
      return null;
  }
  shape.corners = outlineOf(shape, pitch) ?? cornersOf({ key: shape.key, zone: area, area, x, y });
  return shape;
}

/**
 * Return the outline of a text or an ellipse, which no corners describe.
 * @param {PlacedShape} shape
 * @param {number} pitch
 */
function outlineOf({ kind, x, y, rx = 0, ry = 0, rotation, text }, pitch) {
  if (kind === "text" && text) {
    const size = text.size || pitch;
    const half = (lengthOf(text.text) * size) / 2;
    return turn(box(x + text.x - half, y + text.y - size / 2, x + text.x + half, y + text.y + size / 2), { x, y }, rotation);
  }
  if (kind !== "circle" && kind !== "ellipse") return null;
  const angles = Array.from({ length: CIRCLE_CORNERS }, (_, at) => (at / CIRCLE_CORNERS) * 2 * Math.PI);
  return turn(angles.map((angle) => ({ x: x + rx * Math.cos(angle), y: y + ry * Math.sin(angle) })), { x, y }, rotation);
}

/** @param {number} left @param {number} top @param {number} right @param {number} bottom */
function box(left, top, right, bottom) {
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

/**
 * Return the stage that is drawn for a plan which draws none itself, as `draw_stage` places it for customers.
 * @param {any} plan
 * @param {Box} seats
 * @param {number} pitch
 */
export function stageOf(plan, seats, pitch) {
  const side = plan.marquee?.stage ?? "top";
  // The frame holds the rows' labels, too.
  const [left, top, right, bottom] = [seats.left - 2 * pitch, seats.top - pitch, seats.right + 2 * pitch, seats.bottom + pitch];
  const isLevel = side === "top" || side === "bottom";
  const half = Math.min((isLevel ? right - left : bottom - top) * 0.36, pitch * 14);
  const gap = pitch * 0.2;
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const places = /** @type {Record<string, [number, number, number]>} */ ({
    top: [middleX, top + gap, 0],
    bottom: [middleX, bottom - gap, 180],
    left: [left + gap, middleY, -90],
    right: [right - gap, middleY, 90],
  });
  const [x, y, rotation] = places[side] ?? places.top;
  const corners = turn(box(x - half, y - pitch * 2.45, x + half, y), { x, y }, rotation);
  return { x, y, rotation, half, corners };
}

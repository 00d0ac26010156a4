/**
 * Draws areas: standing room that tickets are sold for, and what is only drawn, such as a stage, a bar, a wall or
 * words. Points are absolute, as the pointer gave them.
 */
import { KEY, changeAreas, newId } from "./document.js";
import { extended } from "./paint.js";
import { changeSection, withAreas } from "./sections.js";
import { boxAround, innerMiddleOf } from "./shape.js";
import { nearestSide, setStageSide } from "./stage.js";
import { listOf, pointOf, round } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Area} Area */
/** @typedef {import("./document.js").Result} Result */

/**
 * @typedef {object} AreaOptions
 * @property {"rectangle" | "ellipse" | "polygon"} [shape]
 * @property {number} [capacity]  makes it an area for sale
 * @property {string} [category]  of an area for sale; by default the plan's first
 * @property {string} [name]  of an area for sale
 * @property {string} [text]  what is written on it
 * @property {string} [color]
 * @property {string} [border]
 * @property {string} [section]  by default the nameless one
 * @property {string} [floor]
 */

const STAGE_COLORS = { color: "#3a3633", border: "#3a3633" };
const STAGE_TEXT = { color: "#ffffff", size: 16 };
const TEXT_SIZE = 16;
/** A shape of fewer corners has no inside, and one that is narrower can't be grasped. */
export const LEAST_CORNERS = 3;
export const LEAST_SIDE = 4;

/** @type {(plan: Plan, area: Area, at: Point, options: AreaOptions) => Result} */
function add(plan, area, at, { section = "", floor }) {
  const next = changeSection(plan, { section, floor }, (zone) => {
    const start = pointOf(zone.position);
    const position = { x: round(at.x - start.x), y: round(at.y - start.y) };
    return withAreas(zone, [{ ...area, position }]);
  });
  return { plan: next, selection: new Set([String(area.uuid)]) };
}

/** @type {(shape: string, measures: object) => Area} */
function newArea(shape, measures) {
  const uuid = newId();
  return { uuid, shape, position: { x: 0, y: 0 }, rotation: 0, [shape]: measures, [KEY]: uuid };
}

/** @type {(shape: AreaOptions["shape"], points: Point[]) => {area: Area, at: Point} | null} */
function outline(shape, points) {
  const { left, top, right, bottom } = boxAround(points);
  const [width, height] = [right - left, bottom - top];
  if (shape === "polygon") {
    if (points.length < LEAST_CORNERS) return null;
    const corners = points.map(({ x, y }) => ({ x: round(x - left), y: round(y - top) }));
    return { area: newArea("polygon", { points: corners }), at: { x: left, y: top } };
  }
  if (!(width >= LEAST_SIDE && height >= LEAST_SIDE)) return null;
  if (shape === "ellipse") {
    const radius = { x: round(width / 2), y: round(height / 2) };
    return { area: newArea("ellipse", { radius }), at: { x: left + width / 2, y: top + height / 2 } };
  }
  return { area: newArea("rectangle", { width: round(width), height: round(height) }), at: { x: left, y: top } };
}

/**
 * Draw an area. Nothing is drawn where the points are too few or too near each other; the selection is empty then.
 * @param {Plan} plan
 * @param {Point[]} points  two opposite corners of the box around a rectangle or an ellipse, all corners of a polygon
 * @param {AreaOptions} [options]
 * @returns {Result}
 */
export function addArea(plan, points, options = {}) {
  const { capacity, category = listOf(plan, "categories")[0]?.name, name, text, color, border } = options;
  const drawn = outline(options.shape, points);
  if (!drawn) return { plan, selection: new Set() };
  let { area } = drawn;
  if (color) area = { ...area, color, border_color: border ?? color };
  if (text) area = { ...area, text: { text, position: innerMiddleOf(area) } };
  for (const [key, value] of Object.entries(capacity === undefined ? {} : { name, category, capacity })) {
    area = extended(area, key, value || undefined);
  }
  return add(plan, area, drawn.at, options);
}

/**
 * Draw a stage or a screen, and record on which side of the seats it is.
 * @param {Plan} plan
 * @param {Point} from
 * @param {Point} to
 * @param {{text: string, floor?: string, shape?: AreaOptions["shape"]}} options  `text`: what customers read on it
 * @returns {Result}
 */
export function addStage(plan, from, to, { text, floor, shape }) {
  const result = addArea(plan, [from, to], { ...STAGE_COLORS, shape, text, floor });
  if (!result.selection.size) return result;
  const side = nearestSide(plan, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
  const next = changeAreas(result.plan, result.selection, (area) =>
    extended({ ...area, text: { ...area.text, ...STAGE_TEXT } }, "stage", true),
  );
  return { plan: side ? setStageSide(next, side) : next, selection: result.selection };
}

/**
 * Write words on the plan.
 * @param {Plan} plan
 * @param {Point} at
 * @param {string} text
 * @param {{size?: number, floor?: string, section?: string}} [options]
 * @returns {Result}
 */
export function addLabel(plan, at, text, { size = TEXT_SIZE, ...options } = {}) {
  const { text: _measures, ...area } = newArea("text", {});
  return add(plan, { ...area, text: { text, position: { x: 0, y: 0 }, size } }, at, options);
}

/** What each drawing tool makes of two points, which are one where the pointer did not move. */
import { addArea, addLabel, addStage } from "../plan/areas.js";
import { addBlock, addRow, addSeat, addTable, blockWithin } from "../plan/create.js";

/** @typedef {import("../plan/document.js").Plan} Plan */
/** @typedef {import("../plan/document.js").Result} Result */
/** @typedef {import("../view.js").Point} Point */
/** @typedef {(plan: Plan, from: Point, to: Point, options: any, pitch: number) => Result} Maker */

const USUAL_ROW = 10;
/** Sides of a shape that was not drawn by its corners, in seats' distances. */
const [SHAPE_WIDTH, SHAPE_HEIGHT] = [12, 5];

/** @param {Point} a @param {Point} b */
function isOne(a, b) {
  return a.x === b.x && a.y === b.y;
}

/** @type {(from: Point, to: Point, pitch: number) => [Point, Point]} */
function corners(from, to, pitch) {
  if (!isOne(from, to)) return [from, to];
  const [dx, dy] = [(SHAPE_WIDTH * pitch) / 2, (SHAPE_HEIGHT * pitch) / 2];
  return [{ x: from.x - dx, y: from.y - dy }, { x: from.x + dx, y: from.y + dy }];
}

/** @type {Record<string, Maker>} */
export const MAKERS = {
  row(plan, from, to, options) {
    if (!isOne(from, to)) return addRow(plan, from, to, options);
    const { count = USUAL_ROW, pitch } = options;
    const start = { x: from.x - ((count - 1) * pitch) / 2, y: from.y };
    return addRow(plan, start, { x: start.x + 1, y: start.y }, { ...options, count });
  },
  block(plan, from, to, options) {
    if (isOne(from, to)) return addBlock(plan, from, options);
    const { at, blocks, rows } = blockWithin(from, to, options);
    // A box says how large the block is; aisles that were asked for stay.
    return addBlock(plan, at, { ...options, rows, blocks: options.blocks.length > 1 ? options.blocks : blocks });
  },
  seat: (plan, _from, to, options, pitch) => addSeat(plan, to, { ...options, pitch }),
  round: (plan, _from, to, options) => addTable(plan, to, { ...options, shape: "round" }),
  long: (plan, _from, to, options) => addTable(plan, to, { ...options, shape: "long" }),
  rectangle: (plan, from, to, options, pitch) => addArea(plan, corners(from, to, pitch), { ...options, shape: "rectangle" }),
  ellipse: (plan, from, to, options, pitch) => addArea(plan, corners(from, to, pitch), { ...options, shape: "ellipse" }),
  stage: (plan, from, to, options, pitch) => addStage(plan, ...corners(from, to, pitch), options),
  label: (plan, _from, to, options, pitch) => addLabel(plan, to, options.text, { ...options, size: pitch }),
  polygon(plan, from, _to, options, pitch) {
    const [a, b] = corners(from, from, pitch);
    return addArea(plan, [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }], { ...options, shape: "polygon" });
  },
};

export const DRAWING_TOOLS = new Set(Object.keys(MAKERS));

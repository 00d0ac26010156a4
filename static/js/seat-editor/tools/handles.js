/** The handles of what is selected: one to turn it, and those of a single area to change its form. */
import { find } from "../plan/document.js";
import { handlesOf, insertCorner, moveCorner, removeCorner, resize } from "../plan/reshape.js";
import { cornersOf } from "../plan/shape.js";
import { rotate } from "../plan/transform.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../plan/document.js").Plan} Plan */
/** @typedef {import("../view.js").Point} Point */

/**
 * @typedef {object} Handle
 * @property {number} x
 * @property {number} y
 * @property {"turn" | "side" | "corner" | "between"} kind
 * @property {string} words
 * @property {(plan: Plan, to: Point, isFree: boolean) => Plan} make
 * @property {(plan: Plan) => Plan} [remove]  by a double click
 */

/** Pixels above what is selected. */
const TURN_ABOVE = 26;
/** Degrees that a turn snaps to. */
const TURN_STEP = 5;

/** @param {Editor} editor @param {number} pixel @returns {Handle[]} */
export function handlesFor(editor, pixel) {
  const { selection, own, plan } = editor;
  const box = own.boxOf(selection);
  if (!box) return [];
  /** @type {Handle[]} */
  const handles = [];
  const shape = selection.size === 1 ? own.shapeOf([...selection][0]) : undefined;
  if (shape) {
    const { key } = shape;
    const found = find(plan, key);
    const place = /** @type {import("../plan/document.js").AreaPlace} */ (found);
    if (found?.area && shape.kind === "polygon") {
      const corners = cornersOf(place);
      for (const [at, corner] of corners.entries()) {
        const next = corners[(at + 1) % corners.length];
        handles.push({
          ...corner,
          kind: "corner",
          words: "reshaped",
          make: (from, to) => moveCorner(from, key, at, to),
          remove: (from) => removeCorner(from, key, at),
        });
        handles.push({
          x: (corner.x + next.x) / 2,
          y: (corner.y + next.y) / 2,
          kind: "between",
          words: "corner-added",
          make: (from, to) => insertCorner(from, key, at, to),
        });
      }
    } else if (found?.area) {
      for (const { handle, x, y } of handlesOf(place)) {
        handles.push({ x, y, kind: "side", words: "reshaped", make: (from, to) => resize(from, key, handle, to) });
      }
    }
  }
  if (selection.size > 1 || shape) {
    const center = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    handles.push({
      x: center.x,
      y: box.top - own.pitch * 0.5 - TURN_ABOVE * pixel,
      kind: "turn",
      words: "turned-by-hand",
      make(from, to, isFree) {
        const degrees = (Math.atan2(to.y - center.y, to.x - center.x) * 180) / Math.PI + 90;
        return rotate(from, selection, isFree ? degrees : Math.round(degrees / TURN_STEP) * TURN_STEP, center);
      },
    });
  }
  return handles;
}

/**
 * @param {Handle[]} handles
 * @param {CanvasRenderingContext2D} context
 * @param {number} pixel
 * @param {import("../canvas.js").Theme} theme
 */
export function paintHandles(handles, context, pixel, theme) {
  context.lineWidth = pixel * 2;
  context.strokeStyle = theme.accent;
  for (const { x, y, kind } of handles) {
    context.fillStyle = kind === "between" ? theme.sunken : theme.paper;
    const size = pixel * (kind === "between" ? 4 : 6);
    context.beginPath();
    if (kind === "side") context.rect(x - size, y - size, size * 2, size * 2);
    else context.arc(x, y, size, 0, Math.PI * 2);
    context.fill();
    context.stroke();
    if (kind !== "turn") continue;
    context.beginPath();
    context.moveTo(x, y + size);
    context.lineTo(x, y + TURN_ABOVE * pixel);
    context.stroke();
  }
}

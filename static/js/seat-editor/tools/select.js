/** Selects by click, by a box or a line drawn around, a row by a double click; moves what is selected. */
import { move } from "../plan/transform.js";
import { handlesFor, paintHandles } from "./handles.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../pointer.js").Tool} Tool */
/** @typedef {import("../pointer.js").Touch} Touch */
/** @typedef {import("../view.js").Point} Point */
/** @typedef {import("../canvas.js").Overlay} Overlay */

/** How near a pointer has to be to a seat, in seats' distances; fingers are thicker. */
const REACH = { mouse: 0.55, touch: 0.9 };
/** Pixels within which a seat is hit, however small it is. */
const LEAST_REACH = { mouse: 6, touch: 14 };
/** Pixels within which a handle is grasped. */
const GRASP = { mouse: 9, touch: 18 };

/**
 * @param {Editor} editor
 * @param {import("../view.js").View} view
 * @param {Touch} touch
 * @returns {string | null} the key of what is there
 */
export function hit(editor, view, { point, isTouch }) {
  const kind = isTouch ? "touch" : "mouse";
  const within = Math.max(editor.own.pitch * REACH[kind], LEAST_REACH[kind] / view.scale);
  return (editor.own.seatAt(point, within) ?? editor.own.shapeAt(point))?.key ?? null;
}

/**
 * @param {Editor} editor
 * @param {import("../view.js").View} view
 * @param {Overlay} overlay
 * @param {() => void} repaint
 * @param {"box" | "lasso"} shape  of what is drawn around
 * @param {import("../snapping.js").Snapping} snapping
 * @returns {Tool}
 */
export function selectTool(editor, view, overlay, repaint, shape, snapping) {
  /** @type {string | null} */
  let held = null;
  /** @type {import("./handles.js").Handle | null} */
  let handle = null;
  /** @type {Point[]} */
  let path = [];
  const reset = () => {
    if (handle) editor.preview(null);
    handle = null;
    overlay.offset = { x: 0, y: 0 };
    path = [];
    held = null;
    snapping.end();
  };
  const target = (/** @type {Touch} */ touch) => (handle?.kind === "turn" ? touch.point : snapping.point(touch));
  const box = () => {
    const [a, b] = [path[0], path[path.length - 1]];
    return { left: Math.min(a.x, b.x), right: Math.max(a.x, b.x), top: Math.min(a.y, b.y), bottom: Math.max(a.y, b.y) };
  };

  return {
    down(touch) {
      const within = GRASP[touch.isTouch ? "touch" : "mouse"] / view.scale;
      const near = ({ x = 0, y = 0 }) => Math.hypot(x - touch.point.x, y - touch.point.y) <= within;
      handle = handlesFor(editor, 1 / view.scale).find(near) ?? null;
      if (handle) return;
      held = hit(editor, view, touch);
    },
    tap(touch) {
      if (handle) handle = null;
      else if (!held) {
        if (!touch.isAdding) editor.select([]);
      } else if (touch.isAdding) editor.toggle([held]);
      else if (editor.selection.size !== 1 || !editor.selection.has(held)) editor.select([held]);
      held = null;
    },
    doubletap() {
      if (handle?.remove) {
        const { remove } = handle;
        handle = null;
        editor.apply(remove(editor.plan), "corner-removed");
        return;
      }
      editor.widen("row");
      held = null;
    },
    drag(touch, start) {
      if (handle) editor.preview(handle.make(editor.plan, target(touch), touch.isFree));
      else if (held && !start.isAdding) {
        if (!editor.selection.has(held)) editor.select([held], true);
        overlay.offset = snapping.move({ x: touch.point.x - start.point.x, y: touch.point.y - start.point.y }, touch);
      } else if (shape === "box") path = [start.point, touch.point];
      else path = path.length ? [...path, touch.point] : [start.point, touch.point];
      repaint();
    },
    drop(touch, start) {
      const { x, y } = overlay.offset;
      if (handle) {
        const { make, words } = handle;
        const to = target(touch);
        handle = null;
        snapping.end();
        editor.apply(make(editor.plan, to, touch.isFree), words);
        return;
      }
      if (held && !start.isAdding) {
        const count = editor.selection.size;
        reset();
        editor.apply(move(editor.plan, editor.selection, x, y), "moved", { count });
        return;
      }
      const found = shape === "box" ? editor.own.inBox(box()) : editor.own.inPolygon(path);
      reset();
      editor.select(touch.isAdding ? new Set([...editor.selection, ...found]) : found);
    },
    cancel: reset,
    paint(context, pixel, theme) {
      if (path.length < 2) {
        const isMoving = overlay.offset.x !== 0 || overlay.offset.y !== 0;
        if (!isMoving && !handle) paintHandles(handlesFor(editor, pixel), context, pixel, theme);
        return;
      }
      context.beginPath();
      if (shape === "box") {
        const { left, top, right, bottom } = box();
        context.rect(left, top, right - left, bottom - top);
      } else {
        for (const { x, y } of path) context.lineTo(x, y);
        context.closePath();
      }
      context.fillStyle = theme.accent;
      context.globalAlpha = 0.12;
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = theme.accent;
      context.lineWidth = pixel * 1.5;
      context.setLineDash([pixel * 5, pixel * 4]);
      context.stroke();
      context.setLineDash([]);
    },
  };
}

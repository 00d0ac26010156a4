/** Draws something new: by a drag where its size matters, or by a tap; polygons corner by corner. */
import { addArea } from "../plan/areas.js";
import { steer } from "../plan/snap.js";
import { MAKERS } from "./makers.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../pointer.js").Tool} Tool */
/** @typedef {import("../pointer.js").Touch} Touch */
/** @typedef {import("../view.js").Point} Point */
/** @typedef {import("../snapping.js").Snapping} Snapping */

/**
 * @param {Editor} editor
 * @param {string} name
 * @param {() => Record<string, any> | null} read  the options
 * @param {Snapping} snapping
 * @returns {Tool}
 */
export function drawTool(editor, name, read, snapping) {
  /** @type {Point | null} */
  let from = null;
  /** @type {Record<string, any> | null} */
  let options = null;
  const make = (/** @type {Point} */ start, /** @type {Point} */ end, /** @type {Record<string, any>} */ made) =>
    MAKERS[name](editor.plan, start, end, withFloor(made, editor), editor.own.pitch);

  // With Shift, rows keep to whole steps of an angle.
  const end = (/** @type {Touch} */ touch) => (from && touch.isAdding ? steer(from, touch.point) : snapping.point(touch));
  const done = () => {
    from = null;
    snapping.end();
  };

  return {
    down(touch) {
      from = snapping.point(touch);
      options = read();
    },
    drag(touch) {
      if (from && options) editor.preview(make(from, end(touch), options).plan);
    },
    drop(touch) {
      if (from && options) editor.apply(make(from, end(touch), options), `added-${name}`);
      done();
    },
    tap(touch) {
      const point = snapping.point(touch);
      if (options) editor.apply(make(point, point, options), `added-${name}`);
      done();
    },
    cancel() {
      done();
      editor.preview(null);
    },
  };
}

/**
 * @param {Editor} editor
 * @param {() => Record<string, any> | null} read
 * @param {Snapping} snapping
 * @param {import("../view.js").View} view
 * @param {() => void} repaint
 * @returns {Tool}
 */
export function polygonTool(editor, read, snapping, view, repaint) {
  /** @type {Point[]} */
  let corners = [];
  /** @type {Point | null} */
  let next = null;
  const reset = () => {
    corners = [];
    next = null;
    snapping.end();
  };
  const finish = () => {
    const options = corners.length > 2 ? read() : null;
    const points = corners;
    reset();
    if (options) editor.apply(addArea(editor.plan, points, { ...withFloor(options, editor), shape: "polygon" }), "added-polygon");
    return points.length > 0;
  };
  const add = (/** @type {Touch} */ touch) => {
    const point = snapping.point(touch);
    const first = corners[0];
    const isClosing = first && Math.hypot(first.x - point.x, first.y - point.y) * view.scale < (touch.isTouch ? 20 : 10);
    if (isClosing && corners.length > 2) finish();
    else {
      corners = [...corners, point];
      editor.speaker.say("corners", { count: corners.length });
      repaint();
    }
  };

  return {
    tap: add,
    drop: add,
    doubletap: finish,
    finish,
    cancel: reset,
    hover(touch) {
      if (!corners.length) return;
      next = snapping.point(touch);
      repaint();
    },
    paint(context, pixel, theme) {
      if (!corners.length) return;
      context.strokeStyle = theme.accent;
      context.fillStyle = theme.accent;
      context.lineWidth = pixel * 2;
      context.beginPath();
      for (const { x, y } of next ? [...corners, next] : corners) context.lineTo(x, y);
      context.stroke();
      for (const { x, y } of corners) context.fillRect(x - pixel * 4, y - pixel * 4, pixel * 8, pixel * 8);
    },
  };
}

/** New things belong to the floor that is shown. @param {Record<string, any>} options @param {Editor} editor */
export function withFloor(options, editor) {
  return editor.floor === null ? options : { ...options, floor: editor.floor };
}

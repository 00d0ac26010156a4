/** Measures between two points, and from a point to the stage. */
import { measure, measureToStage } from "../plan/measure.js";
import { write } from "../paint.js";

/** @typedef {import("../view.js").Point} Point */

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 10) / 10;
}

/**
 * @param {import("../editor.js").Editor} editor
 * @param {import("../snapping.js").Snapping} snapping
 * @param {() => void} repaint
 * @returns {import("../pointer.js").Tool}
 */
export function measureTool(editor, snapping, repaint) {
  /** @type {{from: Point, to: Point} | null} */
  let line = null;
  const tell = (/** @type {string} */ name, /** @type {import("../plan/measure.js").Measure} */ { distance, seats, angle }) =>
    editor.speaker.say(name, { distance: rounded(distance), seats: rounded(seats), angle: Math.round(angle) });

  return {
    drag(touch, start) {
      line = { from: line?.from ?? snapping.point(start), to: snapping.point(touch) };
      repaint();
    },
    drop(touch) {
      if (line) tell("measured", measure(editor.plan, line.from, snapping.point(touch)));
      snapping.end();
    },
    down() {
      line = null;
    },
    tap(touch) {
      line = null;
      tell("measured-to-stage", measureToStage(editor.plan, snapping.point(touch)));
      snapping.end();
    },
    cancel() {
      line = null;
      snapping.end();
    },
    paint(context, pixel, theme) {
      if (!line) return;
      const { from, to } = line;
      context.strokeStyle = theme.ink;
      context.lineWidth = pixel * 2;
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.stroke();
      const { distance, seats } = measure(editor.plan, from, to);
      const text = editor.speaker.word("measure", { distance: rounded(distance), seats: rounded(seats) });
      write(context, text, (from.x + to.x) / 2, (from.y + to.y) / 2 - pixel * 14, pixel * 14, theme.ink, theme.text, 600);
    },
  };
}

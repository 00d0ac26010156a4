/** Has what is moved or drawn snap to what is there, and shows along which lines; not with Alt held down. */
import { Snapper } from "./plan/snap.js";

/** @typedef {import("./editor.js").Editor} Editor */
/** @typedef {import("./view.js").Point} Point */
/** @typedef {import("./pointer.js").Touch} Touch */

/** Pixels within which something snaps. */
const REACH = { mouse: 6, touch: 10 };

export class Snapping {
  isOn = true;
  #known = /** @type {{plan: object, selection: object | null, snapper: Snapper} | null} */ (null);

  /**
   * @param {Editor} editor
   * @param {import("./view.js").View} view
   * @param {import("./canvas.js").Overlay} overlay
   * @param {() => void} repaint
   */
  constructor(editor, view, overlay, repaint) {
    this.editor = editor;
    this.view = view;
    this.overlay = overlay;
    this.repaint = repaint;
  }

  /** Reading a large plan takes a while, and is done once for a gesture. @param {ReadonlySet<string> | null} selection */
  #snapper(selection) {
    const { plan } = this.editor;
    if (this.#known?.plan !== plan || this.#known.selection !== selection) {
      this.#known = { plan, selection, snapper: new Snapper(plan, selection ?? undefined) };
    }
    return this.#known.snapper;
  }

  /** @param {Touch} touch */
  #reach({ isTouch }) {
    return REACH[isTouch ? "touch" : "mouse"] / this.view.scale;
  }

  /** Return how far the selection moves. @param {Point} offset @param {Touch} touch @returns {Point} */
  move(offset, touch) {
    if (touch.isFree || !this.isOn) return this.#show([], offset);
    const { dx, dy, guides } = this.#snapper(this.editor.selection).move(offset.x, offset.y, this.#reach(touch));
    return this.#show(guides, { x: dx, y: dy });
  }

  /** Return the point that is meant. @param {Touch} touch @returns {Point} */
  point(touch) {
    if (touch.isFree || !this.isOn) return this.#show([], touch.point);
    const { x, y, guides } = this.#snapper(null).point(touch.point, this.#reach(touch));
    return this.#show(guides, { x, y });
  }

  /** Hide the lines. */
  end() {
    this.#show([], { x: 0, y: 0 });
    this.repaint();
  }

  /** @param {import("./plan/snap.js").Guide[]} guides @param {Point} point */
  #show(guides, point) {
    this.overlay.guides = guides;
    return point;
  }
}

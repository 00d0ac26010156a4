/** The part of the plan that the window shows: pan and zoom. */

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

const SMALLEST = 0.001;
const LARGEST = 200;
/** Pixels around a plan that is shown as a whole. */
const MARGIN = 32;

export class View extends EventTarget {
  /** Pixels to a unit of the plan. */
  scale = 1;
  x = 0;
  y = 0;
  width = 1;
  height = 1;

  /** @param {Point} point  in pixels from the window's corner @returns {Point} */
  toPlan({ x, y }) {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }

  /** @param {Point} point  of the plan @returns {Point} in pixels */
  toWindow({ x, y }) {
    return { x: x * this.scale + this.x, y: y * this.scale + this.y };
  }

  /** The plan's box in sight. @returns {Box} */
  get sight() {
    const [start, end] = [this.toPlan({ x: 0, y: 0 }), this.toPlan({ x: this.width, y: this.height })];
    return { left: start.x, top: start.y, right: end.x, bottom: end.y };
  }

  /** @returns {Point} */
  get center() {
    return this.toPlan({ x: this.width / 2, y: this.height / 2 });
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    // The middle stays in the middle.
    this.x += (width - this.width) / 2;
    this.y += (height - this.height) / 2;
    this.width = width;
    this.height = height;
    this.#tell();
  }

  /** @param {number} dx @param {number} dy  in pixels */
  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.#tell();
  }

  /** @param {number} factor @param {Point} [around]  in pixels */
  zoom(factor, around = { x: this.width / 2, y: this.height / 2 }) {
    const scale = Math.min(LARGEST, Math.max(SMALLEST, this.scale * factor));
    const by = scale / this.scale;
    this.x = around.x - (around.x - this.x) * by;
    this.y = around.y - (around.y - this.y) * by;
    this.scale = scale;
    this.#tell();
  }

  /** Show a box as large as it fits, but no larger than `largest` pixels to a unit. @param {Box} box @param {number} [largest] */
  show(box, largest = LARGEST) {
    const [width, height] = [Math.max(box.right - box.left, 1e-6), Math.max(box.bottom - box.top, 1e-6)];
    const room = Math.min((this.width - 2 * MARGIN) / width, (this.height - 2 * MARGIN) / height);
    this.scale = Math.min(LARGEST, largest, Math.max(SMALLEST, room));
    this.x = this.width / 2 - ((box.left + box.right) / 2) * this.scale;
    this.y = this.height / 2 - ((box.top + box.bottom) / 2) * this.scale;
    this.#tell();
  }

  /** Move just far enough to bring a point into sight. @param {Point} point  of the plan */
  reveal(point) {
    const { x, y } = this.toWindow(point);
    const dx = Math.max(MARGIN - x, 0) + Math.min(this.width - MARGIN - x, 0);
    const dy = Math.max(MARGIN - y, 0) + Math.min(this.height - MARGIN - y, 0);
    if (dx || dy) this.pan(dx, dy);
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

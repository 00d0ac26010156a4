/** Finds the point nearest to a place without comparing all of them. */

/** @typedef {{x: number, y: number}} Point */

/** @template {Point} P */
export class Grid {
  /** Points by their square cell. @type {Map<number, P[]>} */
  #cells = new Map();

  /**
   * @param {Iterable<P>} points
   * @param {number} size  of a cell, the farthest that can be asked for
   */
  constructor(points, size) {
    this.size = size;
    for (const point of points) {
      const key = this.#key(point.x, point.y);
      const cell = this.#cells.get(key);
      if (cell) cell.push(point);
      else this.#cells.set(key, [point]);
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #key(x, y) {
    return Math.floor(x / this.size) * 1_048_576 + Math.floor(y / this.size);
  }

  /**
   * Return the point nearest to a place and not farther than `within`, or null.
   * @param {number} x
   * @param {number} y
   * @param {number} within  at most the size of a cell
   */
  nearest(x, y, within) {
    let best = null;
    let bestDistance = within;
    for (let dx = -1; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        for (const point of this.#cells.get(this.#key(x + dx * this.size, y + dy * this.size)) ?? []) {
          const distance = Math.hypot(point.x - x, point.y - y);
          if (distance <= bestDistance) {
            best = point;
            bestDistance = distance;
          }
        }
      }
    }
    return best;
  }
}

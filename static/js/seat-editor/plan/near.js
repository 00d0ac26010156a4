/** Points in square cells: finds those near a place without comparing all with all. */
export class Near {
  /**
   * @param {number} width  of a cell, and how far `visit` sees at least
   * @param {number} count  of points at most
   */
  constructor(width, count) {
    this.width = width;
    const size = 2 ** Math.ceil(Math.log2(Math.max(count, 8)));
    this.mask = size - 1;
    this.first = new Int32Array(size).fill(-1);
    this.next = new Int32Array(count);
    this.ids = new Int32Array(count);
    this.columns = new Int32Array(count);
    this.lines = new Int32Array(count);
    this.xs = new Float64Array(count);
    this.ys = new Float64Array(count);
    this.count = 0;
  }

  /** @param {number} column @param {number} line */
  #bucket(column, line) {
    return (Math.imul(column, 73856093) ^ Math.imul(line, 19349663)) & this.mask;
  }

  /** @param {number} id @param {number} x @param {number} y */
  add(id, x, y) {
    const entry = this.count++;
    const column = Math.floor(x / this.width);
    const line = Math.floor(y / this.width);
    const bucket = this.#bucket(column, line);
    this.ids[entry] = id;
    this.columns[entry] = column;
    this.lines[entry] = line;
    this.xs[entry] = x;
    this.ys[entry] = y;
    this.next[entry] = this.first[bucket];
    this.first[bucket] = entry;
  }

  /**
   * Visit the points in this cell and the eight around it, until one returns true.
   * @param {number} x
   * @param {number} y
   * @param {(id: number, square: number) => boolean | void} visitor  gets the squared distance
   * @returns {boolean}  whether one did
   */
  visit(x, y, visitor) {
    const { xs, ys } = this;
    const column = Math.floor(x / this.width) | 0;
    const line = Math.floor(y / this.width) | 0;
    for (let c = column - 1; c <= column + 1; c++) {
      for (let l = line - 1; l <= line + 1; l++) {
        for (let entry = this.first[this.#bucket(c, l)]; entry >= 0; entry = this.next[entry]) {
          // Cells that are far from each other may share a bucket.
          if (this.columns[entry] !== c || this.lines[entry] !== l) continue;
          const square = (xs[entry] - x) ** 2 + (ys[entry] - y) ** 2;
          if (visitor(this.ids[entry], square)) return true;
        }
      }
    }
    return false;
  }
}

/**
 * The outline of a section, and the room in it for words, from where its seats are. Any layout has one: rows that curve
 * or are turned, a notch, boxes apart from each other, which get an outline each.
 *
 * The distance to the nearest seat is measured at the points of a grid, and the outline runs where it is `AROUND`.
 */

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/**
 * @typedef {object} Room
 * @property {number} x  its middle
 * @property {number} y
 * @property {number} width
 * @property {number} height
 */

/**
 * @typedef {object} Outline
 * @property {[number, number][][]} lines  closed lines; where one lies in another, it bounds a hole
 * @property {Box} box
 * @property {Room} block  the largest room for a few lines of words
 * @property {Room} line  the largest room for one line
 * @property {Room} column  the largest room for one line that is turned upright
 */

// All as parts of the distance between two seats' centers.
const STEP = 0.4;
const AROUND = 0.75;
/** Gaps up to here are a way between rows, and belong to the section. */
const BRIDGED = 2.6;
/** Neighbors up to here need no bridge. */
const TOUCHING = 1.15;
const SMOOTH = 0.25;
/** Up to this part of the way to the outline, a point needs no bridge. */
const INSIDE = 0.4;
/** Width of a room as a multiple of its height. */
const BLOCK = 2.2;
const LINE = 6;
/** Points of a grid at most: one section that fills an arena gets a coarser one. */
const MOST_POINTS = 160_000;

/**
 * @param {Point[]} seats  at least one
 * @param {number} pitch
 * @returns {Outline}
 */
export function outlineOf(seats, pitch) {
  const grid = new Grid(seats, pitch);
  for (const seat of seats) grid.mark(seat.x, seat.y);
  bridge(seats, pitch, (x, y) => grid.fill(x, y));
  const inside = grid.sums();
  return {
    lines: trace(grid).map((line) => simplify(line, pitch * SMOOTH)),
    box: grid.box,
    block: grid.room(inside, BLOCK),
    line: grid.room(inside, LINE),
    column: grid.room(inside, 1 / LINE),
  };
}

/** How far each point of a grid is from the nearest seat, up to a little more than `AROUND`. */
class Grid {
  /**
   * @param {Point[]} seats
   * @param {number} pitch
   */
  constructor(seats, pitch) {
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (const { x, y } of seats) {
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x);
      box.bottom = Math.max(box.bottom, y);
    }
    this.around = pitch * AROUND;
    this.box = {
      left: box.left - this.around,
      top: box.top - this.around,
      right: box.right + this.around,
      bottom: box.bottom + this.around,
    };
    const [width, height] = [this.box.right - this.box.left, this.box.bottom - this.box.top];
    this.step = Math.max(pitch * STEP, Math.sqrt((width * height) / MOST_POINTS));
    // A grid coarser than the outline's distance would miss single seats.
    this.around = Math.max(this.around, this.step);
    this.left = this.box.left - this.step * 2;
    this.top = this.box.top - this.step * 2;
    this.columns = Math.ceil(width / this.step) + 5;
    this.lines = Math.ceil(height / this.step) + 5;
    this.far = this.around + this.step;
    this.distances = new Float32Array(this.columns * this.lines).fill(this.far);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  mark(x, y) {
    const { step, columns, distances, far } = this;
    const [column, line] = [(x - this.left) / step, (y - this.top) / step];
    const reach = far / step;
    const first = Math.max(0, Math.ceil(column - reach));
    const last = Math.min(columns - 1, Math.floor(column + reach));
    const end = Math.min(this.lines - 1, Math.floor(line + reach));
    for (let at = Math.max(0, Math.ceil(line - reach)); at <= end; at += 1) {
      const dy = (at - line) * step;
      for (let across = first; across <= last; across += 1) {
        const dx = (across - column) * step;
        const distance = Math.sqrt(dx * dx + dy * dy);
        const index = at * columns + across;
        if (distance < distances[index]) distances[index] = distance;
      }
    }
  }

  /**
   * Mark a point, unless it is well inside already.
   * @param {number} x
   * @param {number} y
   */
  fill(x, y) {
    const [column, line] = [Math.round((x - this.left) / this.step), Math.round((y - this.top) / this.step)];
    if (this.distances[line * this.columns + column] > this.around * INSIDE) this.mark(x, y);
  }

  /** Return how many points left of and above each point are inside, to count those in any rectangle at once. */
  sums() {
    const { columns, lines, distances, around } = this;
    const sums = new Int32Array((columns + 1) * (lines + 1));
    for (let line = 0; line < lines; line += 1) {
      let row = 0;
      for (let column = 0; column < columns; column += 1) {
        row += distances[line * columns + column] <= around ? 1 : 0;
        sums[(line + 1) * (columns + 1) + column + 1] = sums[line * (columns + 1) + column + 1] + row;
      }
    }
    return sums;
  }

  /**
   * Return the largest rectangle of an aspect that is inside, as near to the middle as there is one.
   * @param {Int32Array} sums
   * @param {number} aspect
   * @returns {Room}
   */
  room(sums, aspect) {
    let [low, high] = [0, Math.min(this.lines, this.columns / aspect)];
    while (high - low > Math.max(0.5, high * 0.04)) {
      const height = (low + high) / 2;
      if (this.#place(sums, Math.floor(height * aspect), Math.floor(height), true)) low = height;
      else high = height;
    }
    const best = this.#place(sums, Math.floor(low * aspect), Math.floor(low), false);
    const { left, top, width, height } = best ?? { left: this.columns / 2, top: this.lines / 2, width: 0, height: 0 };
    return {
      x: this.left + (left + width / 2) * this.step,
      y: this.top + (top + height / 2) * this.step,
      width: width * this.step,
      height: height * this.step,
    };
  }

  /**
   * @param {Int32Array} sums
   * @param {number} width  in steps
   * @param {number} height
   * @param {boolean} isAny  true if any place will do, not only the one nearest to the middle
   */
  #place(sums, width, height, isAny) {
    const across = this.columns + 1;
    const all = (width + 1) * (height + 1);
    let best = null;
    let nearest = Infinity;
    for (let top = 0; top + height < this.lines; top += 1) {
      const [above, below] = [top * across, (top + height + 1) * across];
      for (let left = 0; left + width < this.columns; left += 1) {
        const right = left + width + 1;
        if (sums[below + right] - sums[above + right] - sums[below + left] + sums[above + left] < all) continue;
        const away = (left + width / 2 - this.columns / 2) ** 2 + (top + height / 2 - this.lines / 2) ** 2;
        if (away < nearest) {
          nearest = away;
          best = { left, top, width, height };
          if (isAny) return best;
        }
      }
    }
    return best;
  }
}

/**
 * Mark points between seats across a row's gap and from row to row.
 * @param {Point[]} seats
 * @param {number} pitch
 * @param {(x: number, y: number) => void} mark
 */
function bridge(seats, pitch, mark) {
  const size = pitch * BRIDGED;
  const [shortest, longest] = [(pitch * TOUCHING) ** 2, size ** 2];
  /** @type {Map<number, Point[]>} */
  const cells = new Map();
  const key = (/** @type {number} */ column, /** @type {number} */ line) => column * 65_536 + line;
  for (const seat of seats) {
    const at = key(Math.floor(seat.x / size), Math.floor(seat.y / size));
    const cell = cells.get(at);
    if (cell) cell.push(seat);
    else cells.set(at, [seat]);
  }
  for (const seat of seats) {
    const [column, line] = [Math.floor(seat.x / size), Math.floor(seat.y / size)];
    for (let dx = 0; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        for (const other of cells.get(key(column + dx, line + dy)) ?? []) {
          const [x, y] = [other.x - seat.x, other.y - seat.y];
          // Each pair once.
          if (x < 0 || (x === 0 && y <= 0)) continue;
          const squared = x * x + y * y;
          if (squared > longest || squared < shortest) continue;
          const pieces = Math.ceil(Math.sqrt(squared) / (pitch * 0.6));
          for (let at = 1; at < pieces; at += 1) mark(seat.x + (x * at) / pieces, seat.y + (y * at) / pieces);
        }
      }
    }
  }
}

/**
 * Return the closed lines where the distance is `around`, by marching squares.
 * @param {Grid} grid
 */
function trace({ columns, lines, distances, around, left, top, step }) {
  /** From where a line enters a cell to where it leaves, by edges: twice the point's number, odd for a vertical one. */
  /** @type {Map<number, number>} */
  const next = new Map();
  for (let line = 0; line < lines - 1; line += 1) {
    for (let column = 0; column < columns - 1; column += 1) {
      const at = line * columns + column;
      const [north, east, south, west] = [at * 2, (at + 1) * 2 + 1, (at + columns) * 2, at * 2 + 1];
      const kind =
        (distances[at] <= around ? 1 : 0) +
        (distances[at + 1] <= around ? 2 : 0) +
        (distances[at + columns + 1] <= around ? 4 : 0) +
        (distances[at + columns] <= around ? 8 : 0);
      // What is inside lies to the right.
      switch (kind) {
        case 1: next.set(west, north); break;
        case 2: next.set(north, east); break;
        case 3: next.set(west, east); break;
        case 4: next.set(east, south); break;
        case 5: next.set(west, north); next.set(east, south); break;
        case 6: next.set(north, south); break;
        case 7: next.set(west, south); break;
        case 8: next.set(south, west); break;
        case 9: next.set(south, north); break;
        case 10: next.set(north, east); next.set(south, west); break;
        case 11: next.set(south, east); break;
        case 12: next.set(east, west); break;
        case 13: next.set(east, north); break;
        case 14: next.set(north, west); break;
        default:
      }
    }
  }
  const pointAt = (/** @type {number} */ edge) => {
    const at = Math.floor(edge / 2);
    const other = edge % 2 ? at + columns : at + 1;
    const part = (around - distances[at]) / (distances[other] - distances[at]);
    const [column, line] = [at % columns, Math.floor(at / columns)];
    return /** @type {[number, number]} */ (
      edge % 2 ? [left + column * step, top + (line + part) * step] : [left + (column + part) * step, top + line * step]
    );
  };
  const found = [];
  for (const start of next.keys()) {
    const closed = [];
    for (let edge = start; next.has(edge); ) {
      closed.push(pointAt(edge));
      const following = /** @type {number} */ (next.get(edge));
      next.delete(edge);
      edge = following;
    }
    found.push(closed);
  }
  return found;
}

/**
 * Leave out the points of a closed line that lie within `tolerance` of the rest (Ramer, Douglas and Peucker).
 * @param {[number, number][]} line
 * @param {number} tolerance
 */
function simplify(line, tolerance) {
  const kept = new Set([0, Math.floor(line.length / 2)]);
  const spans = [[0, Math.floor(line.length / 2)], [Math.floor(line.length / 2), line.length]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first, last] = span;
    const [[ax, ay], [bx, by]] = [line[first], line[last % line.length]];
    const length = Math.hypot(bx - ax, by - ay);
    let farthest = tolerance;
    let split = -1;
    for (let at = first + 1; at < last; at += 1) {
      const [x, y] = line[at];
      const away = length ? Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length : Math.hypot(x - ax, y - ay);
      if (away > farthest) {
        farthest = away;
        split = at;
      }
    }
    if (split < 0) continue;
    kept.add(split);
    spans.push([first, split], [split, last]);
  }
  return [...kept].sort((a, b) => a - b).map((at) => line[at]);
}

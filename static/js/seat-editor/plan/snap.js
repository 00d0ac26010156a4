/**
 * Snaps what is moved or drawn to what is there: to the lines of seats, to the edges and middles of areas and rows, and
 * to where a block's next row or seat would be.
 */
import { areasOf, bounds, seatsOf } from "./document.js";
import { rowPitch } from "./measure.js";
import { pitch, rowsOf } from "./rows.js";
import { boxAround, cornersOf } from "./shape.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Box} Box */
/** @typedef {import("./document.js").Selection} Selection */
/** @typedef {{at: number, from: number, to: number}} Line  across the plan; from and to are what it goes through */
/** @typedef {Line & {axis: "x" | "y"}} Guide  to be shown: `axis` x is a vertical line at x */
/** @typedef {{dx: number, dy: number, guides: Guide[]}} Snapped */

/** Places that differ by less are one line. */
const SAME = 0.01;
const STEP = 15;

/** @param {Line[]} lines @returns {Line[]} sorted, each place once */
function merged(lines) {
  lines.sort((a, b) => a.at - b.at);
  const found = /** @type {Line[]} */ ([]);
  for (const line of lines) {
    const last = found[found.length - 1];
    if (last && line.at - last.at < SAME) {
      last.from = Math.min(last.from, line.from);
      last.to = Math.max(last.to, line.to);
    } else found.push({ ...line });
  }
  return found;
}

/** @param {Line[]} lines @param {number} at @returns {Line | undefined} the nearest */
function nearest(lines, at) {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].at < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [lines[low - 1], lines[low]];
  return !before || (after && after.at - at < at - before.at) ? after : before;
}

export class Snapper {
  /**
   * @param {Plan} plan
   * @param {Selection} [moving]  what is moved, and so is nothing to snap to
   */
  constructor(plan, moving = new Set()) {
    this.box = bounds(plan, moving);
    const xs = /** @type {Line[]} */ ([]);
    const ys = /** @type {Line[]} */ ([]);
    const add = (/** @type {Box} */ { left, top, right, bottom }) => {
      for (const at of [left, (left + right) / 2, right]) xs.push({ at, from: top, to: bottom });
      for (const at of [top, (top + bottom) / 2, bottom]) ys.push({ at, from: left, to: right });
    };
    for (const { key, x, y } of seatsOf(plan)) {
      if (moving.has(key)) continue;
      xs.push({ at: x, from: y, to: y });
      ys.push({ at: y, from: x, to: x });
    }
    for (const place of areasOf(plan)) if (!moving.has(place.key)) add(boxAround(cornersOf(place)));
    /** @type {Map<object, Point[]>} */
    const zones = new Map();
    for (const { zone, seats } of rowsOf(plan)) {
      const still = seats.filter(({ key }) => !moving.has(key));
      if (!still.length) continue;
      add(boxAround(still));
      zones.set(zone, [...(zones.get(zone) ?? []), ...still]);
    }
    const [gap, rowGap] = zones.size ? [pitch(plan), rowPitch(plan)] : [0, 0];
    for (const seats of zones.values()) {
      const { left, top, right, bottom } = boxAround(seats);
      for (const at of [left - gap, right + gap]) xs.push({ at, from: top, to: bottom });
      for (const at of [top - rowGap, bottom + rowGap]) ys.push({ at, from: left, to: right });
    }
    this.xs = merged(xs);
    this.ys = merged(ys);
  }

  /**
   * Return by how much to move what is moved, so that its edges or middle are on a line.
   * @param {number} dx
   * @param {number} dy
   * @param {number} tolerance  how far it may be from there
   * @returns {Snapped}
   */
  move(dx, dy, tolerance) {
    if (!this.box) return { dx, dy, guides: [] };
    const { left, top, right, bottom } = this.box;
    return this.#snap({ left: left + dx, top: top + dy, right: right + dx, bottom: bottom + dy }, dx, dy, tolerance);
  }

  /**
   * Return the point on a line that is near to the pointer.
   * @param {Point} point
   * @param {number} tolerance
   * @returns {Point & {guides: Guide[]}}
   */
  point({ x, y }, tolerance) {
    const { dx, dy, guides } = this.#snap({ left: x, right: x, top: y, bottom: y }, 0, 0, tolerance);
    return { x: x + dx, y: y + dy, guides };
  }

  /** @type {(box: Box, dx: number, dy: number, tolerance: number) => Snapped} */
  #snap({ left, top, right, bottom }, dx, dy, tolerance) {
    const x = best(this.xs, [left, (left + right) / 2, right], tolerance);
    const y = best(this.ys, [top, (top + bottom) / 2, bottom], tolerance);
    const [byX, byY] = [x?.by ?? 0, y?.by ?? 0];
    const guides = /** @type {Guide[]} */ ([]);
    if (x) guides.push({ axis: "x", ...reaching(x.line, top + byY, bottom + byY) });
    if (y) guides.push({ axis: "y", ...reaching(y.line, left + byX, right + byX) });
    return { dx: dx + byX, dy: dy + byY, guides };
  }
}

/** @type {(lines: Line[], places: number[], tolerance: number) => {by: number, line: Line} | undefined} */
function best(lines, places, tolerance) {
  let found;
  for (const place of places) {
    const line = nearest(lines, place);
    const by = line ? line.at - place : Infinity;
    if (line && Math.abs(by) <= tolerance && (!found || Math.abs(by) < Math.abs(found.by) - SAME)) found = { by, line };
  }
  return found;
}

/** @type {(line: Line, from: number, to: number) => Line} */
function reaching({ at, from: start, to: end }, from, to) {
  return { at, from: Math.min(start, from), to: Math.max(end, to) };
}

/**
 * Return the point in a direction of whole steps of 15 degrees that is nearest to the pointer.
 * @param {Point} from
 * @param {Point} to
 * @param {number} [step]  degrees
 * @returns {Point}
 */
export function steer(from, to, step = STEP) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const unit = (step * Math.PI) / 180;
  const angle = Math.round(Math.atan2(dy, dx) / unit) * unit;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const length = dx * cos + dy * sin;
  return { x: from.x + length * cos, y: from.y + length * sin };
}

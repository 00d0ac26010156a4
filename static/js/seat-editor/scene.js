/**
 * A plan as it is drawn and hit: every seat and shape of one floor at its absolute place. What an operation did not
 * touch is not computed again.
 */
import { readShape, stageOf } from "./shapes.js";
import { SEAT_PITCH, keyOf } from "./plan/document.js";
import { isInside } from "./plan/reshape.js";
import { floorOf } from "./plan/sections.js";
import { extensionOf, listOf, pointOf } from "./plan/values.js";

/** @typedef {import("./plan/document.js").Plan} Plan */
/** @typedef {import("./shapes.js").PlacedShape} PlacedShape */
/** @typedef {import("./view.js").Point} Point */
/** @typedef {import("./view.js").Box} Box */

/**
 * @typedef {object} SeatMark
 * @property {string} key
 * @property {number} x
 * @property {number} y
 * @property {number} turn  degrees
 * @property {string} number
 * @property {string} category
 * @property {Record<string, any>} flags  the seat's extension
 * @property {RowMark} row
 */

/**
 * @typedef {object} RowMark
 * @property {string} key
 * @property {string} section
 * @property {string} label
 * @property {string} floor
 * @property {boolean} isTable
 * @property {SeatMark[]} seats
 * @property {number} step  the usual distance from seat to seat; 0 for a single seat
 * @property {[number, number][] | null} marks  where its label is written, once it was asked for
 * @property {Box} box
 */

/** @typedef {{name: string, color: string, mark: string, isForSale: boolean}} CategoryMark */

/** Seats further apart than this, in the row's own steps, are not neighbors. */
const AISLE = 1.6;
/** How far the last seat of a ring is from its first at most, and all of them from its middle at least. */
const RING_GAP = 2.1;
const RING_RADIUS = 0.68;
const ROOMY_RING_RADIUS = 0.8;

/** What was made of each row, while it and its zone's place stay as they are. @type {WeakMap<object, {x: number, y: number, mark: RowMark}>} */
const known = new WeakMap();

/** @param {Point} a @param {Point} b */
function slope(a, b) {
  const angle = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
  return angle > 90 ? angle - 180 : angle <= -90 ? angle + 180 : angle;
}

/** Turn each seat along its row, so that curved rows look curved. @param {SeatMark[]} seats @param {number[]} steps @param {number} step */
function turnSeats(seats, steps, step) {
  for (const [at, seat] of seats.entries()) {
    const angles = [];
    if (at > 0 && steps[at - 1] <= step * AISLE) angles.push(slope(seats[at - 1], seat));
    if (at < steps.length && steps[at] <= step * AISLE) angles.push(slope(seat, seats[at + 1]));
    if (!angles.length || Math.abs(angles[0] - (angles[1] ?? angles[0])) > 30) continue;
    seat.turn = Math.round((angles[0] + (angles[1] ?? angles[0])) / 2);
  }
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Place a row's label beyond both of its ends, or once in or beside a ring. @param {SeatMark[]} seats @param {number} pitch @returns {[number, number][]} */
export function rowMarks(seats, pitch) {
  if (seats.length === 1) return [[seats[0].x - pitch, seats[0].y]];
  const [xs, ys] = [seats.map(({ x }) => x), seats.map(({ y }) => y)];
  const [x, y] = [xs.reduce((a, b) => a + b) / xs.length, ys.reduce((a, b) => a + b) / ys.length];
  const [first, last] = [seats[0], seats[seats.length - 1]];
  const inside = Math.min(...seats.map((seat) => Math.hypot(seat.x - x, seat.y - y)));
  if (inside >= pitch * RING_RADIUS && Math.hypot(first.x - last.x, first.y - last.y) <= pitch * RING_GAP) {
    return [[inside >= pitch * ROOMY_RING_RADIUS ? x : Math.min(...xs) - pitch, y]];
  }
  const isWide = Math.max(...xs) - Math.min(...xs) >= Math.max(...ys) - Math.min(...ys);
  const ordered = [...seats].sort((a, b) => (isWide ? a.x - b.x : a.y - b.y));
  const ends = [ordered.slice(0, 2), ordered.slice(-2).reverse()];
  return ends.map(([end, inner]) => {
    const length = Math.hypot(end.x - inner.x, end.y - inner.y) || 1;
    return [end.x + ((end.x - inner.x) / length) * pitch, end.y + ((end.y - inner.y) / length) * pitch];
  });
}

/** @param {{x: number, y: number}[]} points @returns {Box} */
export function boxOf(points) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/**
 * @param {import("./plan/document.js").Zone} zone
 * @param {import("./plan/document.js").Row} row
 * @returns {RowMark}
 */
function readRow(zone, row) {
  const { x: zx, y: zy } = pointOf(zone.position);
  const section = String(zone.name ?? "");
  const floor = floorOf(zone);
  const before = known.get(row);
  if (before?.x === zx && before.y === zy && before.mark.section === section && before.mark.floor === floor) return before.mark;
  const { x: rx, y: ry } = pointOf(row.position);
  const isTable = extensionOf(row).table === true;
  /** @type {RowMark} */
  const mark = { key: keyOf(row), section, label: String(row.row_number ?? ""), floor, isTable, seats: [], step: 0, marks: null, box: boxOf([]) };
  for (const seat of listOf(row, "seats")) {
    const { x, y } = pointOf(seat.position);
    mark.seats.push({
      key: keyOf(seat),
      x: zx + rx + x,
      y: zy + ry + y,
      turn: 0,
      number: String(seat.seat_number ?? ""),
      category: String(seat.category ?? ""),
      flags: extensionOf(seat),
      row: mark,
    });
  }
  const steps = mark.seats.slice(1).map((seat, at) => Math.hypot(seat.x - mark.seats[at].x, seat.y - mark.seats[at].y));
  mark.step = median(steps);
  if (!isTable) turnSeats(mark.seats, steps, mark.step);
  mark.box = boxOf(mark.seats);
  known.set(row, { x: zx, y: zy, mark });
  return mark;
}

export class Scene {
  /**
   * @param {Plan} plan
   * @param {string[]} marks  the signs of categories, best first
   * @param {string | null} floor  the one that is drawn; null for all
   */
  constructor(plan, marks, floor = null) {
    this.plan = plan;
    /** @type {CategoryMark[]} */
    this.categories = listOf(plan, "categories").map((category, at) => ({
      name: String(category.name ?? ""),
      color: /^#[0-9a-f]{6}$/i.test(category.color) ? category.color : "#8a8279",
      mark: marks[at % marks.length],
      isForSale: extensionOf(category).for_sale !== false,
    }));
    /** @type {RowMark[]} */
    this.rows = [];
    /** Rows of other floors. @type {RowMark[]} */
    this.otherRows = [];
    /** @type {PlacedShape[]} */
    this.shapes = [];
    const zones = listOf(plan, "zones");
    const isHere = (/** @type {any} */ zone) => floor === null || floorOf(zone) === floor;
    for (const zone of zones) {
      for (const row of listOf(zone, "rows")) (isHere(zone) ? this.rows : this.otherRows).push(readRow(zone, row));
    }
    /** The usual distance from seat to seat. */
    this.pitch = median([...this.rows, ...this.otherRows].flatMap(({ step }) => step || [])) || SEAT_PITCH;
    for (const zone of zones.filter(isHere)) {
      const { x, y } = pointOf(zone.position);
      for (const area of listOf(zone, "areas")) {
        const shape = readShape(area, x, y, this.pitch);
        if (shape) this.shapes.push({ ...shape, section: String(zone.name ?? ""), floor: floorOf(zone) });
      }
    }
    /** @type {SeatMark[]} */
    this.seats = this.rows.flatMap((row) => row.seats);
    const isDrawn = this.shapes.some(({ isForSale }) => !isForSale);
    this.stage = isDrawn || floor !== null || !this.seats.length ? null : stageOf(plan, boxOf(this.seats), this.pitch);
  }

  /** @type {Map<number, SeatMark[]> | undefined} */
  #grid;
  /** @type {Map<string, SeatMark> | undefined} */
  #byKey;

  /** @returns {Map<string, SeatMark>} */
  get byKey() {
    this.#byKey ??= new Map(this.seats.map((seat) => [seat.key, seat]));
    return this.#byKey;
  }

  /** @param {string} key */
  shapeOf(key) {
    return this.shapes.find((shape) => shape.key === key);
  }

  /** The box around everything on this floor. @returns {Box} */
  get box() {
    const points = [...this.seats, ...this.shapes.flatMap(({ corners }) => corners)];
    if (this.stage) points.push(...this.stage.corners);
    return points.length ? boxOf(points) : { left: 0, top: 0, right: this.pitch * 40, bottom: this.pitch * 25 };
  }

  /** @param {Iterable<string>} keys @returns {Box | null} the box around the centers of seats, and around shapes */
  boxOf(keys) {
    /** @type {Point[]} */
    const points = [];
    for (const key of keys) {
      const seat = this.byKey.get(key);
      if (seat) points.push(seat);
      else points.push(...(this.shapeOf(key)?.corners ?? []));
    }
    return points.length ? boxOf(points) : null;
  }

  /** @param {number} x @param {number} y */
  #cell(x, y) {
    return Math.floor(x / this.pitch) * 4_194_304 + Math.floor(y / this.pitch);
  }

  /** Return the seat nearest to a point and not farther than `within`. @param {Point} point @param {number} within @returns {SeatMark | null} */
  seatAt({ x, y }, within) {
    if (!this.#grid) {
      this.#grid = new Map();
      for (const seat of this.seats) {
        const cell = this.#cell(seat.x, seat.y);
        const found = this.#grid.get(cell);
        if (found) found.push(seat);
        else this.#grid.set(cell, [seat]);
      }
    }
    let best = null;
    let least = within;
    const reach = Math.min(Math.ceil(within / this.pitch), 6);
    for (let dx = -reach; dx <= reach; dx += 1) {
      for (let dy = -reach; dy <= reach; dy += 1) {
        for (const seat of this.#grid.get(this.#cell(x + dx * this.pitch, y + dy * this.pitch)) ?? []) {
          const distance = Math.hypot(seat.x - x, seat.y - y);
          if (distance <= least) [best, least] = [seat, distance];
        }
      }
    }
    return best;
  }

  /** Return the shape on top at a point. @param {Point} point @returns {PlacedShape | null} */
  shapeAt(point) {
    return this.shapes.findLast((shape) => isInside(shape.corners, point)) ?? null;
  }

  /** @param {Box} box @returns {Set<string>} the keys of seats in it, and of shapes that lie in it wholly */
  inBox(box) {
    const isIn = (/** @type {Point} */ { x, y }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    return this.#inside(isIn);
  }

  /** @param {Point[]} corners @returns {Set<string>} */
  inPolygon(corners) {
    return this.#inside((point) => isInside(corners, point));
  }

  /** @param {(point: Point) => boolean} isIn */
  #inside(isIn) {
    const keys = new Set(this.seats.filter(isIn).map(({ key }) => key));
    for (const shape of this.shapes) if (shape.corners.every(isIn)) keys.add(shape.key);
    return keys;
  }
}

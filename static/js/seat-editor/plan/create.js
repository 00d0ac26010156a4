/**
 * Creates seats. Each function takes absolute points, as the pointer gave them, and options with usual values; it
 * returns the plan with the new objects, and their keys as the selection. Labels that are left out go on after those
 * of the section. New rows and zones have a `uuid` too, so that two people's changes can be merged.
 */
import { KEY, ROW_PITCH, SEAT_PITCH, changeRows, keyOf, newId, seatsOf } from "./document.js";
import { labelsFrom, nextLabels } from "./labels.js";
import { placeBlock, placeLongTable, placeRoundTable, roundTableRadius, seatNumbers, tablePitch } from "./layouts.js";
import { changeSection, findSection, rowLabels, sectionOf, withAreas, withRows } from "./sections.js";
import { turned } from "./shape.js";
import { listOf, pointOf, round } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Result} Result */
/** @typedef {import("./document.js").Row} Row */
/** @typedef {import("./document.js").Seat} Seat */
/** @typedef {import("./document.js").Area} Area */
/** @typedef {import("./layouts.js").Numbering} Numbering */

/**
 * @typedef {object} SeatOptions
 * @property {string} [category]  by default the plan's first
 * @property {string} [section]  by default the last one with rows
 * @property {string} [floor]
 * @property {string} [label]  of the row, the first row or the table
 * @property {string} [skip]  letters that rows don't have
 * @property {Numbering} [numbering]
 * @property {number} [first]  the first seat's number
 * @property {number} [pitch]  from seat to seat
 */

/** How near a single seat belongs to a row, in multiples of the distance from seat to seat. */
const ROW_REACH = 1.6;
/** @type {{color: string, border_color: string}} */
const TABLE_COLORS = { color: "#d7c29b", border_color: "#6f4e37" };
const TABLE_EDGE = 0.4;
const LONG_TABLE_EDGE = 6;
const MOST_SEATS_IN_ROW = 500;

/** @param {Plan} plan @returns {string} */
function firstCategory(plan) {
  return String(listOf(plan, "categories")[0]?.name ?? "");
}

/** @type {(number: string, x: number, y: number, category: string) => Seat} */
export function newSeat(number, x, y, category) {
  const id = newId();
  return { seat_guid: id, seat_number: number, position: { x: round(x), y: round(y) }, category, [KEY]: id };
}

/** @type {(label: string, position: Point, seats: Seat[]) => Row} */
function newRow(label, position, seats) {
  const uuid = newId();
  return { uuid, row_number: label, row_number_position: "both", position, seats, [KEY]: uuid };
}

/** @type {(plan: Plan, count: number, options: SeatOptions, first?: string) => string[]} */
function labelsFor(plan, count, { section, floor, label, skip }, first) {
  if (label !== undefined) return labelsFrom(count, { start: label, skip });
  const zone = findSection(plan, { section, floor });
  return nextLabels(rowLabels(plan, zone ? sectionOf(zone) : (section ?? "")), count, first);
}

/** @param {Iterable<Row>} rows @returns {Set<string>} */
function seatKeys(rows) {
  return new Set([...rows].flatMap((row) => row.seats.map(keyOf)));
}

/**
 * Add rows around an absolute point; their seats' points are relative to it.
 * @param {Plan} plan
 * @param {Point} at
 * @param {{labels: string[], points: Point[][], numbers: string[][], aisles?: Set<number>[]}} drawn  each by row
 * @param {SeatOptions} options
 * @returns {Result}
 */
function addRows(plan, at, { labels, points, numbers, aisles }, options) {
  const category = options.category ?? firstCategory(plan);
  /** @type {Row[]} */
  let rows = [];
  const next = changeSection(plan, options, (zone) => {
    const start = pointOf(zone.position);
    rows = points.map((places, index) => {
      // The row's position is its middle, so that its seats' positions stay short.
      const middle = places[Math.floor((places.length - 1) / 2)] ?? { x: 0, y: 0 };
      const position = { x: round(at.x + middle.x - start.x), y: round(at.y + middle.y - start.y) };
      const seats = places.map(({ x, y }, at) => {
        const seat = newSeat(numbers[index][at], x - middle.x, y - middle.y, category);
        return aisles?.[index].has(at) ? { ...seat, marquee: { aisle: true } } : seat;
      });
      return newRow(labels[index], position, seats);
    });
    return withRows(zone, rows);
  });
  return { plan: next, selection: seatKeys(rows) };
}

/**
 * Return how many seats fit from one point to another.
 * @param {Point} from
 * @param {Point} to
 * @param {number} [pitch]
 */
export function seatsBetween(from, to, pitch = SEAT_PITCH) {
  const fitting = Math.round(Math.hypot(to.x - from.x, to.y - from.y) / pitch) + 1;
  return Math.min(Math.max(fitting, 1), MOST_SEATS_IN_ROW);
}

/**
 * Add a straight row from one point towards another.
 * @param {Plan} plan
 * @param {Point} from  the first seat
 * @param {Point} to
 * @param {SeatOptions & {count?: number}} [options]  `count`: as many as fit if left out
 * @returns {Result}
 */
export function addRow(plan, from, to, options = {}) {
  const { pitch = SEAT_PITCH, count = seatsBetween(from, to, pitch), numbering = "left", first } = options;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [dx, dy] = length ? [(to.x - from.x) / length, (to.y - from.y) / length] : [1, 0];
  const points = Array.from({ length: count }, (_, seat) => ({ x: dx * seat * pitch, y: dy * seat * pitch }));
  const labels = labelsFor(plan, 1, options);
  return addRows(plan, from, { labels, points: [points], numbers: [seatNumbers([count], numbering, first)] }, options);
}

/**
 * @typedef {SeatOptions & {
 *   blocks: number[],
 *   rows: number,
 *   wider?: number,
 *   rowPitch?: number,
 *   aisleWidth?: number,
 *   radius?: number,
 *   rotation?: number,
 * }} BlockOptions  `blocks`: a row's seats between aisles, from left to right, such as [6, 6]; `wider`: how many seats
 *   each row further back has more (in its outer blocks); `radius`: the front row's, around a point toward the stage,
 *   0 for straight rows; `rotation`: degrees clockwise, 0 looks up
 */

/** @type {(blocks: number[], seats: number) => number[]} */
function widened(blocks, seats) {
  const wider = [...blocks];
  const left = wider.length > 1 ? Math.ceil(seats / 2) : 0;
  wider[0] = Math.max(wider[0] + left, 1);
  wider[wider.length - 1] = Math.max(wider[wider.length - 1] + seats - left, 1);
  return wider;
}

/** Return which seats of a row are on an aisle between its blocks. @param {number[]} blocks @returns {Set<number>} */
function aislesOf(blocks) {
  const found = new Set();
  let end = 0;
  for (const size of blocks.slice(0, -1)) {
    end += size;
    found.add(end - 1).add(end);
  }
  return found;
}

/**
 * Add a block of rows.
 * @param {Plan} plan
 * @param {Point} at  the middle of the front row
 * @param {BlockOptions} options
 * @returns {Result}
 */
export function addBlock(plan, at, options) {
  const { blocks, rows, wider = 0, rotation = 0, numbering = "left", first } = options;
  const sizes = Array.from({ length: rows }, (_, row) => widened(blocks, row * wider));
  const points = placeBlock(sizes, options).map((row) => row.map(({ x, y }) => turned(x, y, rotation)));
  const numbers = sizes.map((parts) => seatNumbers(parts, numbering, first));
  const labels = labelsFor(plan, rows, options);
  return addRows(plan, at, { labels, points, numbers, aisles: sizes.map(aislesOf) }, options);
}

/**
 * Return the block that fits into a box which the pointer drew.
 * @param {Point} from
 * @param {Point} to
 * @param {{pitch?: number, rowPitch?: number}} [options]
 * @returns {{at: Point, blocks: number[], rows: number}}
 */
export function blockWithin(from, to, { pitch = SEAT_PITCH, rowPitch = ROW_PITCH } = {}) {
  const seats = seatsBetween({ x: from.x, y: 0 }, { x: to.x, y: 0 }, pitch);
  const rows = seatsBetween({ x: 0, y: from.y }, { x: 0, y: to.y }, rowPitch);
  return { at: { x: (from.x + to.x) / 2, y: Math.min(from.y, to.y) }, blocks: [seats], rows };
}

/**
 * Add a table: a row of its own, whose seats belong together, and the top, which is only drawn.
 * @param {Plan} plan
 * @param {Point} at  its middle
 * @param {SeatOptions & {seats: number, shape?: "round" | "long", rotation?: number}} options
 * @returns {Result}
 */
export function addTable(plan, at, options) {
  const { seats: count, shape = "round", rotation = 0, pitch = tablePitch(count), first } = options;
  const category = options.category ?? firstCategory(plan);
  const [label] = labelsFor(plan, 1, options, "1");
  const places = shape === "round" ? placeRoundTable(count, pitch) : placeLongTable(count, pitch);
  const numbers = seatNumbers([count], options.numbering ?? "left", first);
  const selection = new Set();
  const next = changeSection(plan, options, (zone) => {
    const start = pointOf(zone.position);
    const position = { x: round(at.x - start.x), y: round(at.y - start.y) };
    const seats = places.map((place, seat) => {
      const { x, y } = turned(place.x, place.y, rotation);
      return newSeat(numbers[seat], x, y, category);
    });
    const row = { ...newRow(label, position, seats), row_number_position: null, marquee: { table: true } };
    const top = shape === "round" ? roundTop(count, pitch, position) : longTop(count, pitch, position, rotation);
    for (const key of [...seats.map(keyOf), keyOf(top)]) selection.add(key);
    return withAreas(withRows(zone, [row]), [top]);
  });
  return { plan: next, selection };
}

/** @type {(count: number, pitch: number, position: Point) => Area} */
function roundTop(count, pitch, position) {
  const uuid = newId();
  const radius = round(roundTableRadius(count, pitch) - SEAT_PITCH * TABLE_EDGE);
  return { uuid, shape: "circle", position, circle: { radius }, ...TABLE_COLORS, [KEY]: uuid };
}

/** @type {(count: number, pitch: number, position: Point, rotation: number) => Area} */
function longTop(count, pitch, position, rotation) {
  const uuid = newId();
  const [width, height] = [round(Math.ceil(count / 2) * pitch - LONG_TABLE_EDGE), SEAT_PITCH];
  const corner = turned(-width / 2, -height / 2, rotation);
  return {
    uuid,
    shape: "rectangle",
    position: { x: round(position.x + corner.x), y: round(position.y + corner.y) },
    rotation,
    rectangle: { width, height },
    ...TABLE_COLORS,
    [KEY]: uuid,
  };
}

/**
 * Add a single seat: to the nearest row, if it is put beside a seat of one, else as a row of its own.
 * @param {Plan} plan
 * @param {Point} at
 * @param {SeatOptions & {row?: string}} [options]  `row`: the key of the row that it belongs to
 * @returns {Result}
 */
export function addSeat(plan, at, options = {}) {
  const { pitch = SEAT_PITCH } = options;
  let nearest;
  let least = options.row === undefined ? pitch * ROW_REACH : Infinity;
  const allowed = options.section === undefined ? undefined : findSection(plan, options);
  for (const place of seatsOf(plan)) {
    if (options.row === undefined ? allowed && place.zone !== allowed : keyOf(place.row) !== options.row) continue;
    const distance = Math.hypot(place.x - at.x, place.y - at.y);
    if (distance <= least) [nearest, least] = [place, distance];
  }
  if (!nearest) return addRow(plan, at, at, { ...options, count: 1 });
  const { row: target } = nearest;
  const numbers = listOf(target, "seats").map((seat) => String(seat.seat_number ?? ""));
  const isBefore = numbers.length > 1 && target.seats[0] === nearest.seat;
  const [number] = nextLabels(numbers, 1, "1");
  let key = "";
  const next = changeRows(plan, (row, zone) => {
    if (row !== target) return row;
    const [start, own] = [pointOf(zone.position), pointOf(row.position)];
    const category = options.category ?? String(nearest.seat.category ?? "");
    const seat = newSeat(number, at.x - start.x - own.x, at.y - start.y - own.y, category);
    key = keyOf(seat);
    return { ...row, seats: isBefore ? [seat, ...row.seats] : [...row.seats, seat] };
  });
  return { plan: next, selection: new Set([key]) };
}

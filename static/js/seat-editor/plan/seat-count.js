/** Gives rows and tables another number of seats: more at the end, with the numbers that come next, or fewer from there. */
import { newSeat } from "./create.js";
import { pointAt } from "./curve.js";
import { areasOf, changeAreas, changeRows, keyOf, placed, seatsOf, startOf } from "./document.js";
import { nextLabels } from "./labels.js";
import { placeLongTable, roundTableRadius, tablePitch } from "./layouts.js";
import { remove } from "./remove.js";
import { curvedRows, isTable, pitch, spacingOf } from "./rows.js";
import { middleOf, sidesOf, turned } from "./shape.js";
import { withTops } from "./tables.js";
import { isObject, numberOf, pointOf, round } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Result} Result */
/** @typedef {import("./document.js").Row} Row */
/** @typedef {import("./document.js").Area} Area */
/** @typedef {import("./document.js").AreaPlace} AreaPlace */
/** @typedef {import("./document.js").SeatPlace} SeatPlace */
/** @typedef {import("./rows.js").CurvedRow} CurvedRow */
/** @typedef {{points: Point[], resize: (area: Area) => Area}} Table  where its seats are, and what becomes of its top */

/** Larger steps between two numbers are not those of a row: a new block begins. */
const LARGEST_STEP = 2;
/** How far seats of a table may be from where they are placed, in their distances from each other. */
const TOLERANCE = 0.2;
/** What may be left of a long table's top. */
const LEAST_TOP = 8;

/**
 * Give each row and table of which something is selected so many seats. A table whose seats are not evenly around it
 * stays as it is.
 * @param {Plan} plan
 * @param {import("./document.js").Selection} keys
 * @param {number} count  at least 1
 * @returns {Result}
 */
export function setSeatCount(plan, keys, count) {
  const chosen = new Set(seatsOf(plan).flatMap(({ key, row }) => (keys.has(key) ? [row] : [])));
  const rows = [...chosen].map((row) => {
    const seats = seatsOf(plan).filter((place) => place.row === row);
    return { zone: seats[0].zone, label: "", isTable: isTable(row), seats };
  });
  let next = plan;
  const gone = new Set();
  for (const row of curvedRows(plan, keys, rows)) {
    const changed = row.isTable ? changeTable(next, row, count) : lengthen(next, row, count);
    if (!changed) continue;
    next = changed;
    for (const { key } of fromStart(row).slice(count)) gone.add(key);
  }
  next = remove(next, gone);
  const kept = new Set([...chosen].map(keyOf));
  const seats = seatsOf(next).flatMap(({ key, row }) => (kept.has(keyOf(row)) ? [key] : []));
  return { plan: next, selection: new Set([...seats, ...rows.flatMap((row) => topsOf(plan, row.seats))]) };
}

/** Return a row's seats with its end last, which is where the highest number is. @param {CurvedRow} row */
function fromStart({ seats, isTable: isAround }) {
  return !isAround && numberAt(seats, 0) > numberAt(seats, -1) ? [...seats].reverse() : seats;
}

/** @type {(plan: Plan, row: CurvedRow, count: number) => Plan} */
function lengthen(plan, row, count) {
  const { seats, curve } = row;
  if (count <= seats.length) return plan;
  const ordered = fromStart(row);
  const isTurned = ordered !== seats;
  const step = spacingOf(seats) ?? pitch(plan);
  const [last, before] = [/** @type {SeatPlace} */ (ordered.at(-1)), ordered.at(-2)];
  const points = Array.from({ length: count - seats.length }, (_, at) => {
    const ahead = step * (at + 1);
    if (curve) return pointAt(curve, isTurned ? curve.along[0] - ahead : /** @type {number} */ (curve.along.at(-1)) + ahead);
    const length = (before && Math.hypot(last.x - before.x, last.y - before.y)) || 1;
    const [dx, dy] = before ? [(last.x - before.x) / length, (last.y - before.y) / length] : [1, 0];
    return { x: last.x + dx * ahead, y: last.y + dy * ahead };
  });
  return addSeats(plan, ordered, points);
}

/** Add seats after the last one of a row. @type {(plan: Plan, ordered: SeatPlace[], points: Point[]) => Plan} */
function addSeats(plan, ordered, points) {
  const last = /** @type {SeatPlace} */ (ordered.at(-1));
  const numbers = nextNumbers(ordered.map(({ seat }) => String(seat.seat_number ?? "")), points.length);
  return changeRows(plan, (row, zone) => {
    if (keyOf(row) !== keyOf(last.row)) return row;
    const start = startOf(zone, row);
    const added = points.map(({ x, y }, at) => newSeat(numbers[at], x - start.x, y - start.y, String(last.seat.category ?? "")));
    const isFirst = row.seats.length > 1 && keyOf(row.seats[0]) === last.key;
    return { ...row, seats: isFirst ? [...added.reverse(), ...row.seats] : [...row.seats, ...added] };
  });
}

/** Go on as the last two numbers do, so that odd sides stay odd. @param {string[]} numbers @param {number} count */
function nextNumbers(numbers, count) {
  const [before, last] = numbers.slice(-2).map(Number);
  const step = last - before;
  if (Number.isInteger(step) && step > 0 && step <= LARGEST_STEP) {
    const next = Array.from({ length: count }, (_, at) => String(last + step * (at + 1)));
    if (!next.some((number) => numbers.includes(number))) return next;
  }
  return nextLabels(numbers, count, "1");
}

/** @type {(seats: SeatPlace[], at: number) => number} */
function numberAt(seats, at) {
  return Number(seats.at(at)?.seat.seat_number);
}

/** @type {(plan: Plan, row: CurvedRow, count: number) => Plan | null} */
function changeTable(plan, { seats }, count) {
  const [found] = topsOf(plan, seats);
  const top = [...areasOf(plan)].find(({ key }) => key === found);
  const table = top && (top.area.shape === "circle" ? roundTable(seats, top, count) : longTable(seats, top, count));
  if (!table) return null;
  const { points, resize } = table;
  const moved = changeRows(plan, (row, zone) => {
    if (keyOf(row) !== keyOf(seats[0].row)) return row;
    const start = startOf(zone, row);
    return { ...row, seats: row.seats.map((seat, at) => (points[at] ? placed(seat, points[at].x - start.x, points[at].y - start.y) : seat)) };
  });
  const resized = changeAreas(moved, new Set([top.key]), resize);
  return addSeats(resized, seats, points.slice(seats.length));
}

/** @type {(plan: Plan, seats: SeatPlace[]) => string[]} */
function topsOf(plan, seats) {
  const keys = new Set(seats.map(({ key }) => key));
  return [...withTops(plan, keys)].filter((key) => !keys.has(key));
}

/** @type {(seats: SeatPlace[], top: AreaPlace, count: number) => Table | null} */
function roundTable(seats, top, count) {
  const middle = middleOf(top);
  const [first, second] = seats.map(({ x, y }) => ({ x: x - middle.x, y: y - middle.y }));
  const radius = Math.hypot(first.x, first.y);
  const way = seats.length > 2 && first.x * second.y - first.y * second.x < 0 ? -1 : 1;
  // The table begins halfway between its last seat and its first.
  const start = Math.atan2(first.y, first.x) - (way * Math.PI) / seats.length;
  const place = (/** @type {number} */ size, /** @type {number} */ away) =>
    Array.from({ length: size }, (_, at) => {
      const angle = start + (way * 2 * Math.PI * (at + 0.5)) / size;
      return { x: middle.x + away * Math.cos(angle), y: middle.y + away * Math.sin(angle) };
    });
  if (!areAt(seats, place(seats.length, radius))) return null;
  const next = (radius * roundTableRadius(count)) / roundTableRadius(seats.length);
  return {
    points: place(count, next),
    resize(area) {
      if (!isObject(area.circle)) return area;
      return { ...area, circle: { ...area.circle, radius: round(Math.max(numberOf(area.circle.radius) + next - radius, LEAST_TOP / 2)) } };
    },
  };
}

/** @type {(seats: SeatPlace[], top: AreaPlace, count: number) => Table | null} */
function longTable(seats, top, count) {
  const [middle, rotation] = [middleOf(top), numberOf(top.area.rotation)];
  const [old, size] = [seats.length, Math.ceil(seats.length / 2)];
  const own = old > 2 ? Math.hypot(seats[1].x - seats[0].x, seats[1].y - seats[0].y) : tablePitch(old);
  const next = (own * tablePitch(count)) / tablePitch(old);
  /** It may be mirrored. @type {[number, number][]} */
  const ways = [[1, 1], [-1, 1], [1, -1], [-1, -1]];
  for (const [right, down] of ways) {
    const place = (/** @type {number} */ many, /** @type {number} */ step) =>
      placeLongTable(many, step).map((one) => {
        const { x, y } = turned(one.x * right, one.y * down, rotation);
        return { x: middle.x + x, y: middle.y + y };
      });
    if (!areAt(seats, place(old, own))) continue;
    return {
      points: place(count, next),
      resize(area) {
        if (!isObject(area.rectangle)) return area;
        const { width } = sidesOf(area);
        const wide = Math.max(width + Math.ceil(count / 2) * next - size * own, LEAST_TOP);
        const [by, at] = [turned((width - wide) / 2, 0, rotation), pointOf(area.position)];
        return placed({ ...area, rectangle: { ...area.rectangle, width: round(wide) } }, at.x + by.x, at.y + by.y);
      },
    };
  }
  return null;
}

/** @type {(seats: SeatPlace[], points: Point[]) => boolean} */
function areAt(seats, points) {
  return seats.every(({ x, y }, at) => Math.hypot(x - points[at].x, y - points[at].y) <= tablePitch(seats.length) * TOLERANCE);
}

/**
 * Finds a place for each section's name where it hides no seat: above or below the seats, turned with rows that are
 * turned, beside them for a tall strip such as a row of boxes, and over them only if nothing else fits.
 */
import { Grid } from "./grid.js";
import { slope } from "./hall.js";

/** @typedef {import("./hall.js").Shape} Shape */
/** @typedef {Point} Seat */
/** @typedef {{seats: Seat[]}} Row */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/** @typedef {{x: number, y: number}} Point */
/** @typedef {Point & {turn: number, part: number}} Place  with degrees, and a part of the usual size */

/**
 * A hall, as far as names are about it.
 * @typedef {object} Hall
 * @property {number} pitch
 * @property {[number, number, number, number]} viewBox
 * @property {Map<unknown, Seat>} seats
 * @property {Shape[]} decorations
 * @property {{name: string, rows: Row[]}[]} sections
 * @property {Grid<Seat>} [grid]  of its seats, with cells of one pitch
 */

/**
 * @typedef {object} PlacedName
 * @property {string} name
 * @property {number} section  its place in the hall
 * @property {number} x
 * @property {number} y
 * @property {number} turn  degrees
 * @property {number} size
 * @property {boolean} isOver
 * @property {Box} box  what it covers
 */

/** The width of a letter of the display face, as a part of its size; those of East Asia are square. */
const LETTER = 0.55;
const SQUARE = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]/;

/** The size of a name, as a part of the distance between two seats. */
const SIZE = 1.25;
/** Rows that are turned by fewer degrees than this, out of the level or the upright, count as such. */
const LEVEL = 8;
/** As parts of the distance between two seats: from a name to what it must not touch, and between points along it. */
const CLEAR = 0.8;
const STEP = 0.5;

/** How wide a text is, in multiples of its size. @param {string} name */
export function lengthOf(name) {
  return [...name].reduce((sum, sign) => sum + (SQUARE.test(sign) ? 1 : LETTER), 0);
}

/** @param {Point[]} points @returns {Box} */
function boxOf(points) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/**
 * Split the seats of a section at gaps wider than six seats, such as between boxes on the left and on the
 * right.
 * @param {Seat[]} seats
 * @param {number} pitch
 */
function parts(seats, pitch) {
  const ordered = [...seats].sort((a, b) => a.x - b.x);
  /** @type {Seat[][]} */
  const found = [];
  for (const seat of ordered) {
    const last = found.at(-1);
    if (last && seat.x - last[last.length - 1].x <= pitch * 6) last.push(seat);
    else found.push([seat]);
  }
  return found;
}

/** @param {Point} point @param {number} degrees @returns {Point} */
function turned({ x, y }, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return { x: x * Math.cos(angle) - y * Math.sin(angle), y: x * Math.sin(angle) + y * Math.cos(angle) };
}

/**
 * Return how far the rows of a part are turned, in degrees; 0 for level, upright and evenly bent ones.
 * @param {Row[]} rows
 * @param {Set<Seat>} part
 */
function turnOf(rows, part) {
  const own = rows.map(({ seats }) => seats.filter((seat) => part.has(seat)));
  const longest = own.reduce((best, seats) => (seats.length > best.length ? seats : best));
  const angle = longest.length > 1 ? slope(longest[0], longest[longest.length - 1]) : 0;
  return Math.abs(angle) < LEVEL || Math.abs(angle) > 90 - LEVEL ? 0 : angle;
}

/**
 * Return the places around a part, the best first.
 * @param {Seat[]} part
 * @param {number} angle  of its rows, in degrees
 * @param {number} half  half the length of the name
 * @param {-1 | 1} side  which side is the outer one
 * @param {number} pitch
 * @returns {Place[]}
 */
function placesAround(part, angle, half, side, pitch) {
  const level = angle ? part.map((seat) => turned(seat, -angle)) : part;
  const box = boxOf(level);
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const column = level.filter((point) => Math.abs(point.x - x) <= half + pitch);
  const inner = column.length ? boxOf(column) : box;
  const gap = pitch * 1.4;
  const across = [inner.top - gap, inner.bottom + gap].map((at) => ({ ...turned({ x, y: at }, angle), turn: angle, part: 1 }));
  const along = [1, 0.8].flatMap((size) =>
    [side, -side].map((way) => {
      const at = { x: (way < 0 ? box.left : box.right) + way * gap, y };
      const turn = angle + way * 90;
      // Not upside down.
      return { ...turned(at, angle), turn: Math.abs(turn) > 90 ? turn - way * 180 : turn, part: size };
    }),
  );
  return box.bottom - box.top > (box.right - box.left) * 2 ? [...along, ...across] : [...across, ...along];
}

/**
 * Return points that a name covers, dense enough that nothing fits between them.
 * @param {Place} place
 * @param {number} half  half its length
 * @param {number} size
 * @param {number} pitch
 */
function pointsOf(place, half, size, pitch) {
  const steps = Math.max(1, Math.ceil((half * 2) / (pitch * STEP)));
  return [-0.3, 0.3].flatMap((line) =>
    Array.from({ length: steps + 1 }, (_, at) => {
      const { x, y } = turned({ x: ((2 * at) / steps - 1) * half, y: line * size }, place.turn);
      return { x: place.x + x, y: place.y + y };
    }),
  );
}

/**
 * @param {Hall} hall
 * @param {Iterable<number>} [sections]  whose names are wanted; without, those of all
 * @param {Point[]} [taken]  points that other names cover, to which those of these are added
 * @returns {PlacedName[]}
 */
export function placeNames(hall, sections = hall.sections.keys(), taken = []) {
  if (hall.sections.filter(({ name, rows }) => name && rows.length).length < 2) return [];
  const { pitch } = hall;
  const [left, top, width, height] = hall.viewBox;
  const walls = hall.decorations
    .filter(({ kind }) => kind === "rectangle")
    .map(({ x, y, width: w = 0, height: h = 0 }) => ({ left: x, top: y, right: x + w, bottom: y + h }));
  const grid = hall.grid ?? new Grid(hall.seats.values(), pitch);
  /** @type {PlacedName[]} */
  const placed = [];

  const isIn = (/** @type {Point} */ { x, y }, /** @type {Box} */ box, /** @type {number} */ margin) =>
    x >= box.left - margin && x <= box.right + margin && y >= box.top - margin && y <= box.bottom + margin;
  const isClear = (/** @type {Point[]} */ points) =>
    points.every(
      (point) =>
        isIn(point, { left, top, right: left + width, bottom: top + height }, pitch) &&
        !grid.nearest(point.x, point.y, pitch * CLEAR) &&
        !walls.some((wall) => isIn(point, wall, pitch / 4)) &&
        !taken.some(({ x, y }) => Math.hypot(x - point.x, y - point.y) < pitch * CLEAR),
    );

  for (const section of sections) {
    const { name, rows } = hall.sections[section];
    if (!name) continue;
    for (const part of parts(rows.flatMap((row) => row.seats), pitch)) {
      const box = boxOf(part);
      const center = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
      const half = (lengthOf(name) * pitch * SIZE) / 2;
      const side = center.x < left + width / 2 ? -1 : 1;
      const angle = turnOf(rows, new Set(part));
      const places = placesAround(part, 0, half, side, pitch);
      if (angle) places.unshift(...placesAround(part, angle, half, side, pitch));
      const cover = (/** @type {Place} */ place) => pointsOf(place, half * place.part, pitch * SIZE * place.part, pitch);
      const free = places.find((place) => isClear(cover(place)));
      const isTall = box.bottom - box.top > (box.right - box.left) * 2;
      const place = free ?? { ...center, turn: isTall ? -90 : 0, part: 1 };
      const points = cover(place);
      taken.push(...points);
      const covered = boxOf(points);
      const margin = pitch * 0.3;
      placed.push({
        name,
        section,
        x: place.x,
        y: place.y,
        turn: place.turn,
        size: pitch * SIZE * place.part,
        isOver: !free,
        box: {
          left: covered.left - margin,
          top: covered.top - margin,
          right: covered.right + margin,
          bottom: covered.bottom + margin,
        },
      });
    }
  }
  return placed;
}

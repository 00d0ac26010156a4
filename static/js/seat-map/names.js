/**
 * Finds a place for each section's name where it hides no seat: above or below the seats, beside them for
 * a tall strip such as a row of boxes, and over them only if nothing else fits.
 */

/** @typedef {import("./hall.js").Shape} Shape */
/** @typedef {{x: number, y: number}} Seat */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/**
 * A hall, as far as names are about it.
 * @typedef {object} Hall
 * @property {number} pitch
 * @property {[number, number, number, number]} viewBox
 * @property {Map<unknown, Seat>} seats
 * @property {Shape[]} decorations
 * @property {{name: string, rows: {seats: Seat[]}[]}[]} sections
 */

/**
 * @typedef {object} PlacedName
 * @property {string} name
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

/** How wide a text is, in multiples of its size. @param {string} name */
export function lengthOf(name) {
  return [...name].reduce((sum, sign) => sum + (SQUARE.test(sign) ? 1 : LETTER), 0);
}

/** @param {Seat[]} seats @returns {Box} */
function boxOf(seats) {
  const [xs, ys] = [seats.map(({ x }) => x), seats.map(({ y }) => y)];
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

/** @param {Hall} hall @returns {PlacedName[]} */
export function placeNames(hall) {
  const named = hall.sections.filter(({ name, rows }) => name && rows.length);
  if (named.length < 2) return [];
  const { pitch } = hall;
  const [left, top, width, height] = hall.viewBox;
  const seats = [...hall.seats.values()];
  /** @type {Box[]} */
  const taken = hall.decorations
    .filter(({ kind }) => kind === "rectangle")
    .map(({ x, y, width: w = 0, height: h = 0 }) => ({ left: x, top: y, right: x + w, bottom: y + h }));
  /** @type {PlacedName[]} */
  const placed = [];

  const isClear = (/** @type {Box} */ box) =>
    box.left >= left - pitch &&
    box.right <= left + width + pitch &&
    box.top >= top - pitch &&
    box.bottom <= top + height + pitch &&
    !taken.some((t) => box.left < t.right && t.left < box.right && box.top < t.bottom && t.top < box.bottom) &&
    !seats.some(({ x, y }) => {
      const dx = Math.max(box.left - x, 0, x - box.right);
      const dy = Math.max(box.top - y, 0, y - box.bottom);
      return Math.hypot(dx, dy) < pitch * 0.5;
    });

  for (const { name, rows } of named) {
    for (const part of parts(rows.flatMap((row) => row.seats), pitch)) {
      const box = boxOf(part);
      const center = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
      const size = pitch * 1.25;
      const half = (lengthOf(name) * size) / 2;
      const column = part.filter(({ x }) => Math.abs(x - center.x) <= half + pitch);
      const inner = column.length ? boxOf(column) : box;
      const isTall = box.bottom - box.top > (box.right - box.left) * 2;
      const side = center.x < left + width / 2 ? -1 : 1;
      const beside = (/** @type {number} */ way, /** @type {number} */ part_) => ({
        x: (way < 0 ? box.left : box.right) + way * pitch * 1.4,
        y: center.y,
        turn: way < 0 ? -90 : 90,
        size: size * part_,
      });
      const level = (/** @type {number} */ y) => ({ x: center.x, y, turn: 0, size });
      const across = [level(inner.top - pitch * 1.4), level(inner.bottom + pitch * 1.4)];
      const along = [beside(side, 1), beside(-side, 1), beside(side, 0.8), beside(-side, 0.8)];
      const places = isTall ? [...along, ...across] : [...across, ...along];
      const boxAt = (/** @type {{x: number, y: number, turn: number, size: number}} */ place) => {
        const long = (lengthOf(name) * place.size) / 2;
        const [dx, dy] = place.turn ? [place.size * 0.5, long] : [long, place.size * 0.5];
        return { left: place.x - dx, right: place.x + dx, top: place.y - dy, bottom: place.y + dy };
      };
      const free = places.find((place) => isClear(boxAt(place)));
      const place = free ?? { ...level(center.y), turn: isTall ? -90 : 0 };
      taken.push(boxAt(place));
      placed.push({ name, ...place, isOver: !free, box: boxAt(place) });
    }
  }
  return placed;
}

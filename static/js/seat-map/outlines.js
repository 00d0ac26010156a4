/**
 * The outlines of seats and shapes, for everything that draws a hall: what customers see and what the editor shows.
 * A seat's outline comes from the symbols of `_seat_marks.html`.
 */

/** @typedef {import("./hall.js").Shape} Shape */

/** Half a seat, as a part of the distance between two seats' centers. */
export const RADIUS = 0.41;

/**
 * Return the rest of a path that begins at a seat's center (`M x y`): its outline, scaled and turned. With a transform
 * of each seat instead, the browser takes two thirds longer to paint 2,000 of them.
 * @param {string} path  with relative commands only
 * @param {number} scale
 * @param {number} turn  degrees
 */
function place(path, scale, turn) {
  const angle = (turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const vector = (/** @type {number} */ x, /** @type {number} */ y) =>
    ` ${(x * cos - y * sin).toFixed(2)} ${(x * sin + y * cos).toFixed(2)}`;
  return path.replace(/([a-z])([^a-z]*)/g, (_all, command, text) => {
    const numbers = (text.match(/-?[\d.]+/g) ?? []).map(Number);
    if (command === "a") {
      const [rx, ry, tilt, isLarge, isClockwise, x, y] = numbers;
      return `a${rx * scale} ${ry * scale} ${tilt + turn} ${isLarge} ${isClockwise}${vector(x, y)}`;
    }
    let placed = command;
    for (let at = 0; at < numbers.length; at += 2) placed += vector(numbers[at], numbers[at + 1]);
    return placed;
  });
}

/** @param {string} color  as #rrggbb */
export function isBright(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.34;
}

export class Outlines {
  /** Each outline by its name and turn. @type {Map<string, string>} */
  #paths = new Map();

  /** @param {number} unit  half a seat */
  constructor(unit) {
    this.unit = unit;
  }

  /**
   * Return the rest of a path that begins at a seat's center.
   * @param {string} name  of a mark
   * @param {number} turn  degrees
   */
  path(name, turn) {
    const key = `${name} ${turn}`;
    let found = this.#paths.get(key);
    if (found === undefined) {
      found = place(document.querySelector(`#mark-${name} path`)?.getAttribute("d") ?? "", this.unit, turn);
      this.#paths.set(key, found);
    }
    return found;
  }
}

/** @param {Shape} shape @returns {[number, number]} */
export function middle({ kind, x, y, width = 0, height = 0, points = [] }) {
  if (kind === "rectangle") return [x + width / 2, y + height / 2];
  if (kind !== "polygon" || !points.length) return [x, y];
  const [xs, ys] = [points.map(([dx]) => dx), points.map(([, dy]) => dy)];
  return [x + (Math.min(...xs) + Math.max(...xs)) / 2, y + (Math.min(...ys) + Math.max(...ys)) / 2];
}

/** @param {Shape} shape */
export function extent({ kind, width = 0, height = 0, rx = 0, ry = 0, points = [] }) {
  if (kind === "rectangle") return Math.min(width, height * 2);
  if (kind !== "polygon") return Math.min(rx, ry) * 2;
  const [xs, ys] = [points.map(([dx]) => dx), points.map(([, dy]) => dy)];
  return Math.min(Math.max(...xs) - Math.min(...xs), (Math.max(...ys) - Math.min(...ys)) * 2);
}

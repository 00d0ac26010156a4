/** Where the seats of new rows, blocks and tables stand, around a middle at 0, 0; as `arrange.py` places them. */
import { ROW_PITCH, SEAT_PITCH } from "./document.js";

/** @typedef {import("./document.js").Point} Point */

export const AISLE_WIDTH = 28;
/** Around a table; two who sit opposite are nearer, so that they are about as far apart as in a row. */
export const TABLE_PITCH = 22;
const PITCH_FOR_TWO = 17;
/** A block's first seat is numbered 1, the next block's 101, then 201. */
const BLOCK_STEP = 100;

/** @typedef {"left" | "right" | "odd-left" | "even-left" | "blocks"} Numbering */

/**
 * Number the seats of a row, given from left to right as blocks between aisles. Odd and even sides count outwards
 * from the middle: … 5 3 1 | 2 4 6 …
 * @param {number[]} blocks
 * @param {Numbering} numbering
 * @param {number} [first]  the lowest number
 */
export function seatNumbers(blocks, numbering, first = 1) {
  const count = blocks.reduce((sum, size) => sum + size, 0);
  const range = (/** @type {number} */ size, /** @type {(at: number) => number} */ number) =>
    Array.from({ length: size }, (_, at) => String(number(at) + first - 1));
  if (numbering === "left") return range(count, (at) => at + 1);
  if (numbering === "right") return range(count, (at) => count - at);
  if (numbering === "blocks") {
    return blocks.flatMap((size, block) => range(size, (at) => BLOCK_STEP * block + at + 1));
  }
  const isOddLeft = numbering === "odd-left";
  const left = isOddLeft ? Math.ceil(count / 2) : Math.floor(count / 2);
  const firstLeft = isOddLeft ? 1 : 2;
  return [
    ...range(left, (at) => firstLeft + 2 * (left - 1 - at)),
    ...range(count - left, (at) => 3 - firstLeft + 2 * at),
  ];
}

/**
 * Place a row's seats around x = 0. A curved row bends around a point `radius` above its middle, or, with a negative
 * one, below it.
 * @param {number[]} blocks  seats between aisles
 * @param {{pitch?: number, radius?: number, aisleWidth?: number}} [options]
 * @returns {Point[]}
 */
export function placeRow(blocks, { pitch = SEAT_PITCH, radius = 0, aisleWidth = AISLE_WIDTH } = {}) {
  const along = /** @type {number[]} */ ([]);
  let at = 0;
  for (const size of blocks) {
    for (let seat = 0; seat < size; seat++, at += pitch) along.push(at);
    at += aisleWidth;
  }
  const middle = (along.at(-1) ?? 0) / 2;
  return along.map((distance) => onArc(distance - middle, radius));
}

/**
 * Return the point that is so far along an arc through 0, 0, whose center is `radius` above it.
 * @type {(along: number, radius: number) => Point}
 */
export function onArc(along, radius) {
  if (!radius) return { x: along, y: 0 };
  const angle = along / radius;
  return { x: radius * Math.sin(angle), y: radius * Math.cos(angle) - radius };
}

/**
 * Place a block's rows, front row first, the middle of the front row at 0, 0. Rows behind a curved front row are
 * curved around the same point.
 * @param {number[][]} rows  for each row the seats between its aisles
 * @param {{pitch?: number, rowPitch?: number, radius?: number, aisleWidth?: number}} [options]
 * @returns {Point[][]}
 */
export function placeBlock(rows, { pitch, rowPitch = ROW_PITCH, radius = 0, aisleWidth } = {}) {
  return rows.map((blocks, index) => {
    const behind = index * rowPitch;
    const own = radius ? radius + behind : 0;
    // A block that bends away from the stage has no more room behind its center.
    const isPossible = !radius || own * radius > 0;
    return placeRow(blocks, { pitch, radius: isPossible ? own : 0, aisleWidth }).map(({ x, y }) => ({ x, y: y + behind }));
  });
}

/**
 * Place seats around a round table, the first at its upper left.
 * @param {number} count
 * @param {number} [pitch]
 * @returns {Point[]}
 */
export function placeRoundTable(count, pitch = tablePitch(count)) {
  const radius = roundTableRadius(count, pitch);
  return Array.from({ length: count }, (_, seat) => {
    const angle = (2 * Math.PI * (seat + 0.5)) / count - Math.PI;
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
  });
}

/** Return how far the seats of a round table are from its middle. @param {number} count @param {number} [pitch] */
export function roundTableRadius(count, pitch = tablePitch(count)) {
  return Math.max(pitch * 0.8, (pitch * count) / (2 * Math.PI));
}

/**
 * Place seats along both sides of a long table, from its upper left around it.
 * @param {number} count
 * @param {number} [pitch]
 * @returns {Point[]}
 */
export function placeLongTable(count, pitch = tablePitch(count)) {
  const above = Math.ceil(count / 2);
  const side = (/** @type {number} */ size, /** @type {number} */ way) =>
    Array.from({ length: size }, (_, seat) => ({
      x: way * (seat - (size - 1) / 2) * pitch,
      y: -way * pitch * 0.9,
    }));
  return [...side(above, 1), ...side(count - above, -1)];
}

/** @param {number} count  of seats at a table */
export function tablePitch(count) {
  return count > 2 ? TABLE_PITCH : PITCH_FOR_TWO;
}

/** Tables: a table's top is an area that is only drawn, in the middle of its seats. */
import { areasOf, isForSale } from "./document.js";
import { pitch, rowsOf } from "./rows.js";
import { boxAround, cornersOf, middleOf } from "./shape.js";
import { stageOf } from "./stage.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Box} Box */
/** @typedef {import("./document.js").SeatPlace} SeatPlace */
/** @typedef {import("./document.js").Selection} Selection */

/** How far a top's middle may be from that of the seats, and a top beyond them, in multiples of the seats' distance. */
const OFF_MIDDLE = 1;
const OVERHANG = 1;

/**
 * Return a selection with the tops of those tables whose seats are all selected, so that they go where the seats go.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {Set<string>}
 */
export function withTops(plan, keys) {
  const found = new Set(keys);
  const isWhole = (/** @type {SeatPlace[]} */ seats) => seats.length === seats[0].row.seats.length;
  const tables = rowsOf(plan, keys).filter(({ seats, isTable }) => isTable && isWhole(seats));
  if (!tables.length) return found;
  const spacing = pitch(plan);
  const stage = stageOf(plan)?.key;
  const tops = [...areasOf(plan)].filter(({ key, area }) => key !== stage && area.shape !== "text" && !isForSale(area));
  const boxes = tops.map((place) => {
    return { key: place.key, zone: place.zone, ...middleOf(place), box: boxAround(cornersOf(place)) };
  });
  for (const { zone, seats } of tables) {
    const { left, top, right, bottom } = boxAround(seats);
    const by = spacing * OVERHANG;
    const isWithin = (/** @type {Box} */ box) =>
      box.left >= left - by && box.top >= top - by && box.right <= right + by && box.bottom <= bottom + by;
    for (const one of boxes) {
      const off = Math.hypot(one.x - (left + right) / 2, one.y - (top + bottom) / 2);
      if (one.zone === zone && off <= spacing * OFF_MIDDLE && isWithin(one.box)) found.add(one.key);
    }
  }
  return found;
}

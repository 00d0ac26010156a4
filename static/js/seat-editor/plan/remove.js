import { changeList, changeZones, keyOf } from "./document.js";
import { withoutCompanionsOf } from "./paint.js";
import { listOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Selection} Selection */

/**
 * Remove seats and areas, and the rows and sections that are empty then.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {Plan}
 */
export function remove(plan, keys) {
  const isChosen = (/** @type {import("./document.js").Item} */ item) => keys.has(keyOf(item));
  const left = changeZones(plan, (zone) => {
    const withoutSeats = changeList(zone, "rows", (row) => {
      const next = changeList(row, "seats", (seat) => (isChosen(seat) ? null : seat));
      return next !== row && !next.seats.length ? null : next;
    });
    const next = changeList(withoutSeats, "areas", (area) => (isChosen(area) ? null : area));
    return next !== zone && !listOf(next, "rows").length && !listOf(next, "areas").length ? null : next;
  });
  return withoutCompanionsOf(left, keys, plan);
}

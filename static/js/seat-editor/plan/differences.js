/** Says what has changed between two versions of a plan, for people. */
import { keyOf } from "./document.js";
import { isSame } from "./same.js";
import { listOf } from "./values.js";

/** @typedef {import("./document.js").Item} Item */
/** @typedef {import("./document.js").Plan} Plan */
/**
 * @typedef {object} Differences
 * @property {string[]} keys  of seats and areas that are new or have changed
 * @property {number} added  seats and areas
 * @property {number} removed
 * @property {number} changed
 * @property {string[]} sections  where
 */

/**
 * @param {Plan} before
 * @param {Plan} after
 * @returns {Differences}
 */
export function findDifferences(before, after) {
  const [known, found] = [readParts(before, rowsOf(after)), readParts(after, rowsOf(before))];
  const sections = new Set();
  const keys = [];
  let [added, changed, removed] = [0, 0, 0];
  for (const [key, part] of found) {
    const earlier = known.get(key);
    if (earlier && isSame(earlier.item, part.item) && isSame(earlier.place, part.place)) continue;
    keys.push(key);
    sections.add(part.section);
    if (earlier) changed++;
    else added++;
  }
  for (const [key, { section }] of known) {
    if (found.has(key)) continue;
    removed++;
    sections.add(section);
  }
  return { keys, added, removed, changed, sections: [...sections].filter(Boolean) };
}

/** @param {Plan} plan @returns {Map<Item, Item>} a row's zone */
function rowsOf(plan) {
  return new Map(listOf(plan, "zones").flatMap((zone) => listOf(zone, "rows").map((row) => [row, zone])));
}

/**
 * Read the seats and areas of a plan, but for rows that are the very same in the other version and have not moved.
 * @param {Plan} plan
 * @param {Map<Item, Item>} others
 */
function readParts(plan, others) {
  /** @type {Map<string, {item: Item, section: string, place: unknown}>} */
  const parts = new Map();
  for (const zone of listOf(plan, "zones")) {
    const section = String(zone.name ?? "");
    const own = [section, zone.position];
    for (const row of listOf(zone, "rows")) {
      const other = others.get(row);
      if (other && isSame([other.name ?? "", other.position], own)) continue;
      const place = [own, row.row_number, row.position];
      for (const seat of listOf(row, "seats")) parts.set(keyOf(seat), { item: seat, section, place });
    }
    for (const area of listOf(zone, "areas")) parts.set(keyOf(area), { item: area, section, place: own });
  }
  return parts;
}

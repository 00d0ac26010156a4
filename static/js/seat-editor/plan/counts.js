/** Counts what a plan has: seats and places by category, and seats by flag. */
import { areasOf, isForSale, seatsOf } from "./document.js";
import { FLAGS } from "./paint.js";
import { extensionOf, listOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Selection} Selection */

/**
 * @typedef {object} Counts
 * @property {number} seats
 * @property {number} places  seats, and what areas hold
 * @property {number} sold  places of categories that are for sale
 * @property {{name: string, seats: number, places: number}[]} categories  in the order of the plan; those that it
 *   doesn't list come last
 * @property {Record<import("./paint.js").Flag, number>} flags
 */

/**
 * @param {Plan} plan
 * @param {Selection} [keys]  of what; everything if left out
 * @returns {Counts}
 */
export function count(plan, keys) {
  const listed = listOf(plan, "categories").map((category) => String(category.name ?? ""));
  const categories = new Map(listed.map((name) => [name, { name, seats: 0, places: 0 }]));
  const flags = /** @type {Counts["flags"]} */ (Object.fromEntries(FLAGS.map((flag) => [flag, 0])));
  const of = (/** @type {unknown} */ category) => {
    const name = String(category ?? "");
    const found = categories.get(name) ?? { name, seats: 0, places: 0 };
    categories.set(name, found);
    return found;
  };
  for (const { key, seat } of seatsOf(plan)) {
    if (keys && !keys.has(key)) continue;
    const category = of(seat.category);
    category.seats++;
    category.places++;
    if (!seat.marquee) continue;
    const extension = extensionOf(seat);
    for (const flag of FLAGS) if (extension[flag] === true) flags[flag]++;
  }
  for (const { key, area } of areasOf(plan)) {
    if (!isForSale(area) || (keys && !keys.has(key))) continue;
    const { capacity, category } = extensionOf(area);
    of(category).places += Number.isInteger(capacity) ? capacity : 0;
  }
  const blocked = new Set();
  for (const category of listOf(plan, "categories")) {
    if (extensionOf(category).for_sale === false) blocked.add(String(category.name));
  }
  const all = [...categories.values()];
  const sum = (/** @type {typeof all} */ list, /** @type {"seats" | "places"} */ what) =>
    list.reduce((total, one) => total + one[what], 0);
  const sold = sum(all.filter(({ name }) => !blocked.has(name)), "places");
  return { seats: sum(all, "seats"), places: sum(all, "places"), sold, categories: all, flags };
}

/** Sets what seats, areas, sections and categories are: category, flags, names, capacity, colors. */
import {
  changeAreas,
  changeList,
  changeRows,
  changeSeats,
  changeZones,
  chosenSeats,
  isForSale,
  keyOf,
} from "./document.js";
import { innerMiddleOf } from "./shape.js";
import { extensionOf, isObject, listOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Selection} Selection */
/** @typedef {import("./document.js").Item} Item */
/** @typedef {import("./document.js").Category} Category */
/** @typedef {"accessible" | "companion" | "restricted" | "aisle" | "step_free" | "hearing_loop"} Flag */

/** @type {Flag[]} */
export const FLAGS = ["accessible", "companion", "restricted", "aisle", "step_free", "hearing_loop"];
/** Of new categories, in turn; as in `layout.py`. */
export const CATEGORY_COLORS = [
  "#8c2f39", "#b5762b", "#3d6b57", "#34597f", "#6b4a7d", "#4a4a48", "#a3475f", "#7a8450",
];

/**
 * Return an object with a value in this project's extension; undefined takes the key out.
 * @template {Item} T
 * @param {T} item
 * @param {string} name
 * @param {unknown} value
 * @returns {T}
 */
export function extended(item, name, value) {
  const extension = extensionOf(item);
  if (extension[name] === value) return item;
  if (value !== undefined) return { ...item, marquee: { ...extension, [name]: value } };
  const { [name]: _removed, ...rest } = extension;
  if (Object.keys(rest).length) return { ...item, marquee: rest };
  const { marquee: _marquee, ...others } = item;
  return /** @type {T} */ (/** @type {unknown} */ (others));
}

/** @type {<T extends Item>(item: T, values: Item) => T} */
function withValues(item, values) {
  return Object.entries(values).every(([name, value]) => item[name] === value) ? item : { ...item, ...values };
}

/**
 * Set the category of seats and of areas for sale; areas that are only drawn have none.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string} category
 * @returns {Plan}
 */
export function setCategory(plan, keys, category) {
  const painted = changeSeats(plan, keys, (seat) => withValues(seat, { category }));
  return changeAreas(painted, keys, (area) => (isForSale(area) ? extended(area, "category", category) : area));
}

/**
 * Set or take away a flag. A seat that is no companion seat any more names no wheelchair place, and one that is no
 * wheelchair place any more is named by none.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {Flag} flag
 * @param {boolean} isOn
 * @returns {Plan}
 */
export function setFlag(plan, keys, flag, isOn) {
  const flagged = changeSeats(plan, keys, (seat) => {
    const next = extended(seat, flag, isOn || undefined);
    return flag === "companion" && !isOn ? extended(next, "companion_of", undefined) : next;
  });
  return flag === "accessible" && !isOn ? withoutCompanionsOf(flagged, keys, plan) : flagged;
}

/**
 * Let companion seats no longer name wheelchair places that are gone.
 * @param {Plan} plan
 * @param {Selection} keys  of seats that are gone or no wheelchair places any more
 * @param {Plan} before  in which they were
 * @returns {Plan}
 */
export function withoutCompanionsOf(plan, keys, before) {
  const ids = new Set();
  for (const { seat } of chosenSeats(before, keys)) if (extensionOf(seat).accessible === true) ids.add(seat.seat_guid);
  if (!ids.size) return plan;
  return changeRows(plan, (row) =>
    changeList(row, "seats", (seat) =>
      ids.has(extensionOf(seat).companion_of) ? extended(seat, "companion_of", undefined) : seat,
    ),
  );
}

/**
 * Let companion seats belong to a wheelchair place; null lets them belong to the nearest.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string | null} place  the key of the wheelchair place
 * @returns {Plan}
 */
export function setCompanionOf(plan, keys, place) {
  const id = place === null ? undefined : chosenSeats(plan, new Set([place]))[0]?.seat.seat_guid;
  return changeSeats(plan, keys, (seat) =>
    extensionOf(seat).companion === true && seat.seat_guid !== id ? extended(seat, "companion_of", id) : seat,
  );
}

/**
 * Set how much better or worse than their places seats are, from -3 to 3; 0 is as their section.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {number} quality
 * @returns {Plan}
 */
export function setQuality(plan, keys, quality) {
  return changeSeats(plan, keys, (seat) => extended(seat, "quality", quality || undefined));
}

/**
 * Rename the sections that the selected seats and areas are in.
 * @param {Plan} plan
 * @param {Selection} keys  of seats, areas or zones
 * @param {string} name
 * @returns {Plan}
 */
export function renameSection(plan, keys, name) {
  return changeZones(plan, (zone) => {
    const items = [zone, ...listOf(zone, "areas"), ...listOf(zone, "rows").flatMap((row) => listOf(row, "seats"))];
    return items.some((item) => keys.has(keyOf(item))) ? withValues(zone, { name }) : zone;
  });
}

/**
 * Set how many people areas hold, which makes them areas for sale; null makes them shapes that are only drawn.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {number | null} capacity
 * @param {string} [category]  of areas that have none yet; by default the plan's first
 * @returns {Plan}
 */
export function setCapacity(plan, keys, capacity, category = listOf(plan, "categories")[0]?.name) {
  return changeAreas(plan, keys, (area) => {
    if (capacity === null) return extended(extended(area, "capacity", undefined), "category", undefined);
    return extended(extended(area, "capacity", capacity), "category", extensionOf(area).category ?? category);
  });
}

/**
 * Set the name that customers read for areas for sale.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string} name
 * @returns {Plan}
 */
export function setAreaName(plan, keys, name) {
  return changeAreas(plan, keys, (area) => extended(area, "name", name || undefined));
}

/**
 * Set what is written on areas.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string} text
 * @returns {Plan}
 */
export function setText(plan, keys, text) {
  return changeAreas(plan, keys, (area) => {
    const words = area.text;
    if (isObject(words)) return words.text === text ? area : { ...area, text: { ...words, text } };
    return words === text ? area : { ...area, text: { text, position: innerMiddleOf(area) } };
  });
}

/**
 * Set the color of areas, and of their border if it is given.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string} color
 * @param {string} [border]
 * @returns {Plan}
 */
export function setColor(plan, keys, color, border) {
  return changeAreas(plan, keys, (area) => withValues(area, border ? { color, border_color: border } : { color }));
}

/** @param {Plan} plan @param {string} name @returns {boolean} */
export function hasCategory(plan, name) {
  return listOf(plan, "categories").some((category) => category.name === name);
}

/**
 * Add a category as the cheapest. Nothing happens if the plan has one of this name.
 * @param {Plan} plan
 * @param {string} name
 * @param {string} [color]  by default one that no other category has
 * @returns {Plan}
 */
export function addCategory(plan, name, color) {
  if (hasCategory(plan, name)) return plan;
  const categories = Array.isArray(plan.categories) ? plan.categories : [];
  const used = new Set(listOf(plan, "categories").map((category) => String(category.color).toLowerCase()));
  const free = CATEGORY_COLORS.find((one) => !used.has(one));
  const next = color ?? free ?? CATEGORY_COLORS[categories.length % CATEGORY_COLORS.length];
  return { ...plan, categories: [...categories, { name, color: next }] };
}

/**
 * Add categories, as another plan has them, that this one doesn't have.
 * @param {Plan} plan
 * @param {Category[]} categories
 * @returns {Plan}
 */
export function addMissingCategories(plan, categories) {
  const missing = categories.filter((category) => !hasCategory(plan, category.name));
  if (!missing.length) return plan;
  return { ...plan, categories: [...(Array.isArray(plan.categories) ? plan.categories : []), ...missing] };
}

/** @type {(plan: Plan, name: string, change: (category: Category) => Category | null) => Plan} */
function changeCategory(plan, name, change) {
  return changeList(plan, "categories", (category) => (category.name === name ? change(category) : category));
}

/** @type {(plan: Plan, from: string, to: string) => Plan} */
function recategorize(plan, from, to) {
  return changeZones(plan, (zone) => {
    const withSeats = changeList(zone, "rows", (row) =>
      changeList(row, "seats", (seat) => (seat.category === from ? { ...seat, category: to } : seat)),
    );
    return changeList(withSeats, "areas", (area) =>
      extensionOf(area).category === from ? extended(area, "category", to) : area,
    );
  });
}

/**
 * Rename a category, with its seats and areas. Nothing happens if another one has the new name.
 * @param {Plan} plan
 * @param {string} from
 * @param {string} to
 * @returns {Plan}
 */
export function renameCategory(plan, from, to) {
  if (hasCategory(plan, to)) return plan;
  return recategorize(changeCategory(plan, from, (category) => ({ ...category, name: to })), from, to);
}

/**
 * @param {Plan} plan
 * @param {string} name
 * @param {string} color  #rrggbb
 * @returns {Plan}
 */
export function recolorCategory(plan, name, color) {
  return changeCategory(plan, name, (category) => withValues(category, { color }));
}

/**
 * @param {Plan} plan
 * @param {string} name
 * @param {boolean} isForSale
 * @returns {Plan}
 */
export function setForSale(plan, name, isForSale) {
  return changeCategory(plan, name, (category) => extended(category, "for_sale", isForSale ? undefined : false));
}

/**
 * Move a category to another rank; 0 is the best.
 * @param {Plan} plan
 * @param {string} name
 * @param {number} rank
 * @returns {Plan}
 */
export function moveCategory(plan, name, rank) {
  const categories = listOf(plan, "categories");
  const from = categories.findIndex((category) => category.name === name);
  const to = Math.min(Math.max(rank, 0), categories.length - 1);
  if (from < 0 || from === to) return plan;
  const others = categories.toSpliced(from, 1);
  return { ...plan, categories: others.toSpliced(to, 0, categories[from]) };
}

/**
 * Remove a category. Its seats and areas get another one, or an empty one, which the list of problems names.
 * @param {Plan} plan
 * @param {string} name
 * @param {string} [replacement]
 * @returns {Plan}
 */
export function removeCategory(plan, name, replacement = "") {
  return recategorize(changeCategory(plan, name, () => null), name, replacement);
}

/**
 * Floors: a section's floor is the name under its `marquee.floor`, and the plan's `marquee.floors` lists the names from
 * the lowest up. Sections without a floor are on the nameless one; a plan without floors has only that.
 */
import { areasOf, changeZones, keyOf, seatsOf } from "./document.js";
import { extended } from "./paint.js";
import { setSection } from "./regroup.js";
import { floorOf, sectionOf } from "./sections.js";
import { extensionOf, listOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Zone} Zone */
/** @typedef {import("./document.js").Selection} Selection */

/** @param {Plan} plan @returns {string[]} */
function listedFloors(plan) {
  const { floors } = extensionOf(plan);
  return Array.isArray(floors) ? floors.filter((floor) => typeof floor === "string" && floor) : [];
}

/**
 * Return the names of the floors from the lowest up; the nameless one first, if a section is on it. Empty for a plan
 * without floors.
 * @param {Plan} plan
 * @returns {string[]}
 */
export function floorsOf(plan) {
  const listed = listedFloors(plan);
  /** @type {string[]} */
  const used = listOf(plan, "zones").map(floorOf);
  const names = new Set([...listed, ...used.filter(Boolean)]);
  return names.size && used.includes("") ? ["", ...names] : [...names];
}

/** @type {(plan: Plan, names: string[]) => Plan} */
function withFloors(plan, names) {
  return extended(plan, "floors", names.length ? names : undefined);
}

/**
 * Add a floor above all others. Nothing happens if there is one of this name.
 * @param {Plan} plan
 * @param {string} name
 * @returns {Plan}
 */
export function addFloor(plan, name) {
  const floors = floorsOf(plan).filter(Boolean);
  return !name || floors.includes(name) ? plan : withFloors(plan, [...floors, name]);
}

/**
 * Rename a floor, or give the nameless one a name. Nothing happens if another floor has it.
 * @param {Plan} plan
 * @param {string} from
 * @param {string} to
 * @returns {Plan}
 */
export function renameFloor(plan, from, to) {
  const floors = floorsOf(plan);
  if (!to || floors.includes(to)) return plan;
  const names = from ? floors.filter(Boolean).map((name) => (name === from ? to : name)) : [to, ...floors.filter(Boolean)];
  return withFloors(onFloor(plan, from, to), names);
}

/** @type {(plan: Plan, from: string, to: string) => Plan} */
function onFloor(plan, from, to) {
  return changeZones(plan, (zone) => (floorOf(zone) === from ? extended(zone, "floor", to || undefined) : zone));
}

/**
 * Move a floor to another height; 0 is the lowest.
 * @param {Plan} plan
 * @param {string} name
 * @param {number} height
 * @returns {Plan}
 */
export function moveFloor(plan, name, height) {
  const floors = floorsOf(plan).filter(Boolean);
  const from = floors.indexOf(name);
  const to = Math.min(Math.max(height, 0), floors.length - 1);
  return from < 0 || from === to ? plan : withFloors(plan, floors.toSpliced(from, 1).toSpliced(to, 0, name));
}

/**
 * Remove a floor. Its sections go to another one.
 * @param {Plan} plan
 * @param {string} name
 * @param {string} [into]  the nameless one by default
 * @returns {Plan}
 */
export function removeFloor(plan, name, into = "") {
  const floors = floorsOf(plan).filter((floor) => floor && floor !== name);
  return withFloors(onFloor(plan, name, into), floors);
}

/**
 * Put seats and areas on a floor: whole sections, or parts of them into a section of the same name there.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string} floor
 * @returns {Plan}
 */
export function setFloor(plan, keys, floor) {
  const parts = /** @type {[string, Set<string>][]} */ ([]);
  const next = changeZones(plan, (zone) => {
    const items = [...listOf(zone, "areas"), ...listOf(zone, "rows").flatMap((row) => listOf(row, "seats"))];
    const chosen = items.map(keyOf).filter((key) => keys.has(key));
    if (!chosen.length || floorOf(zone) === floor) return zone;
    if (chosen.length === items.length) return extended(zone, "floor", floor || undefined);
    parts.push([sectionOf(zone), new Set(chosen)]);
    return zone;
  });
  return parts.reduce((moved, [section, part]) => setSection(moved, part, section, { floor }), next);
}

/**
 * Return the keys of all seats and areas on a floor.
 * @param {Plan} plan
 * @param {string} floor
 * @returns {Set<string>}
 */
export function keysOnFloor(plan, floor) {
  const found = new Set();
  for (const place of [...seatsOf(plan), ...areasOf(plan)]) if (floorOf(place.zone) === floor) found.add(place.key);
  return found;
}

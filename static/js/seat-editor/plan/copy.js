/**
 * Copies what is selected. A clip is JSON, which the clipboard can carry to another plan: parts of sections with
 * absolute positions, and the categories that they need.
 *
 * A copy has ids and labels of its own; what was cut, and is pasted, has those that it had. Its rows keep their labels
 * where the section has no such row yet. A copy that lies on the line of its row goes on with the row's numbers, as on
 * the other side of an aisle; any other gets the next label of the section.
 */
import { KEY, areasOf, bounds, changeList, keyOf, newId, placed, seatsOf, startOf } from "./document.js";
import { nextLabels } from "./labels.js";
import { addMissingCategories, extended } from "./paint.js";
import { relabeled } from "./relabel.js";
import { pitch } from "./rows.js";
import { changeSection, findSection, floorOf, sectionOf, withAreas, withRows } from "./sections.js";
import { extensionOf, isObject, listOf, pointOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Zone} Zone */
/** @typedef {import("./document.js").Row} Row */
/** @typedef {import("./document.js").Area} Area */
/** @typedef {import("./document.js").Item} Item */
/** @typedef {import("./document.js").Result} Result */
/** @typedef {import("./document.js").Selection} Selection */
/** @typedef {{clip: 1, categories: Item[], zones: {name: string, floor: string, rows: Row[], areas: Area[]}[]}} Clip */

/** From row to row, in multiples of the distance from seat to seat. */
const ROW_GAP = 1.3;

/**
 * Copy seats and areas. A clip has no keys.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {Clip}
 */
export function copy(plan, keys) {
  const used = new Set();
  const zones = [];
  for (const zone of listOf(plan, "zones")) {
    const rows = [];
    for (const row of listOf(zone, "rows")) {
      const seats = listOf(row, "seats").filter((seat) => keys.has(keyOf(seat)));
      for (const seat of seats) used.add(seat.category);
      const { x, y } = startOf(zone, row);
      if (seats.length) rows.push(placed({ ...row, seats }, x, y));
    }
    const { x, y } = pointOf(zone.position);
    const areas = listOf(zone, "areas").filter((area) => keys.has(keyOf(area)));
    for (const area of areas) used.add(extensionOf(area).category);
    const absolute = areas.map((area) => placed(area, pointOf(area.position).x + x, pointOf(area.position).y + y));
    if (rows.length || areas.length) zones.push({ name: sectionOf(zone), floor: floorOf(zone), rows, areas: absolute });
  }
  const categories = listOf(plan, "categories").filter((category) => used.has(category.name));
  return JSON.parse(JSON.stringify({ clip: 1, categories, zones }));
}

/**
 * Read a clip from the clipboard's text; null if it is anything else.
 * @param {string} text
 * @returns {Clip | null}
 */
export function readClip(text) {
  try {
    const clip = JSON.parse(text);
    return isObject(clip) && clip.clip === 1 && Array.isArray(clip.zones) ? /** @type {Clip} */ (clip) : null;
  } catch {
    return null;
  }
}

/**
 * Paste a clip, moved by so much, into the sections that its parts came from; they are made where the plan has none.
 * @param {Plan} plan
 * @param {Clip} clip
 * @param {number} dx
 * @param {number} dy
 * @param {{section?: string, floor?: string}} [options]  where all of it goes instead
 * @returns {Result}
 */
export function paste(plan, clip, dx, dy, options = {}) {
  const selection = new Set();
  const identify = identifier(plan, clip);
  let next = addMissingCategories(plan, listOf(clip, "categories"));
  for (const part of listOf(clip, "zones")) {
    const section = options.section ?? String(part.name ?? "");
    const target = { section, floor: options.floor ?? String(part.floor ?? "") };
    const { zone, plan: withZone } = sectionFor(next, target);
    const { x, y } = pointOf(zone.position);
    const move = (/** @type {any} */ item) => {
      const own = pointOf(item.position);
      return placed(item, own.x + dx - x, own.y + dy - y);
    };
    const rows = relabeled(withZone, zone, listOf(part, "rows").map(identify).map(move));
    const areas = renamed(withZone, listOf(part, "areas").map(identify).map(move));
    for (const row of rows) for (const seat of row.seats) selection.add(keyOf(seat));
    for (const area of areas) selection.add(keyOf(area));
    next = changeSection(withZone, target, (one) => withAreas(withRows(one, rows), areas));
  }
  return { plan: next, selection };
}

/** @type {(plan: Plan, target: {section: string, floor: string}) => {plan: Plan, zone: Zone}} */
function sectionFor(plan, target) {
  const next = changeSection(plan, target, (zone) => zone);
  return { plan: next, zone: /** @type {Zone} */ (findSection(next, target)) };
}

/**
 * Copy and paste at once; by default behind (below) the selection, as far as the next row would be.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {number} [dx]
 * @param {number} [dy]
 * @returns {Result}
 */
export function duplicate(plan, keys, dx, dy) {
  const box = bounds(plan, keys);
  if (!box) return { plan, selection: new Set() };
  const below = dx === undefined && dy === undefined ? box.bottom - box.top + pitch(plan) * ROW_GAP : 0;
  return paste(plan, copy(plan, keys), dx ?? 0, dy ?? below);
}

/**
 * Return a function that gives rows and areas ids of their own, or leaves them theirs if nothing in the plan has them.
 * @type {(plan: Plan, clip: Clip) => <T extends Item>(item: T) => T}
 */
function identifier(plan, clip) {
  const taken = new Set();
  for (const { row, seat } of seatsOf(plan)) taken.add(seat.seat_guid).add(row.uuid);
  for (const { area } of areasOf(plan)) taken.add(area.uuid);
  const own = (/** @type {unknown} */ id) => {
    const free = typeof id === "string" && id && !taken.has(id) ? id : newId();
    taken.add(free);
    return free;
  };
  const rows = listOf(clip, "zones").flatMap((part) => listOf(part, "rows"));
  /** @type {Map<Item, string>} */
  const ids = new Map(rows.flatMap((row) => listOf(row, "seats")).map((seat) => [seat, own(seat.seat_guid)]));
  /** @type {Map<string, string>} */
  const places = new Map();
  for (const [seat, id] of ids) if (extensionOf(seat).accessible === true) places.set(seat.seat_guid, id);
  return (item) => {
    const uuid = own(item.uuid);
    return changeList({ ...item, uuid, [KEY]: uuid }, "seats", (seat) => {
      const id = ids.get(seat) ?? newId();
      const companion = places.get(extensionOf(seat).companion_of);
      const copied = { ...seat, seat_guid: id, ...("uuid" in seat ? { uuid: own(seat.uuid) } : {}), [KEY]: id };
      return extended(copied, "companion_of", companion);
    });
  };
}

/** Return a name without the number at its end. @param {string} name */
function stemOf(name) {
  return name.replace(/ ?\d+$/, "");
}

/** Give areas for sale names that the plan doesn't have. @type {(plan: Plan, areas: Area[]) => Area[]} */
function renamed(plan, areas) {
  const used = new Set([...areasOf(plan)].map(({ area }) => extensionOf(area).name));
  return areas.map((area) => {
    const { name } = extensionOf(area);
    if (typeof name !== "string" || !used.has(name)) return area;
    const alike = [...used].filter((one) => typeof one === "string" && stemOf(one) === stemOf(name));
    const [next] = nextLabels([...alike, name], 1);
    used.add(next);
    return extended(area, "name", next);
  });
}

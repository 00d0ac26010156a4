/**
 * Sections and floors of a plan. A section is a zone; its floor is the name under `marquee.floor`, none where a
 * plan has one floor only.
 */
import { KEY, changeZones, newId } from "./document.js";
import { extensionOf, listOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Zone} Zone */
/** @typedef {import("./document.js").Area} Area */
/** @typedef {import("./document.js").Row} Row */
/** @typedef {{section?: string, floor?: string}} SectionOptions  by default the last section with rows, on any floor */

/** @param {Zone} zone @returns {string} */
export function floorOf(zone) {
  const { floor } = extensionOf(zone);
  return typeof floor === "string" ? floor : "";
}

/** @param {Zone} zone @returns {string} */
export function sectionOf(zone) {
  return typeof zone.name === "string" ? zone.name : "";
}

/** @param {string} name @param {string} floor @returns {Zone} */
export function newZone(name, floor) {
  const uuid = newId();
  const extension = floor ? { marquee: { floor } } : {};
  return { uuid, name, position: { x: 0, y: 0 }, rows: [], areas: [], ...extension, [KEY]: uuid };
}

/**
 * Return the section that new rows go into; undefined if it has to be made.
 * @param {Plan} plan
 * @param {SectionOptions} [options]
 * @returns {Zone | undefined}
 */
export function findSection(plan, { section, floor } = {}) {
  /** @type {Zone[]} */
  const zones = listOf(plan, "zones").filter((zone) => floor === undefined || floorOf(zone) === floor);
  if (section !== undefined) return zones.find((zone) => sectionOf(zone) === section);
  return zones.findLast((zone) => listOf(zone, "rows").length > 0);
}

/**
 * Change a section, which is made at the end of the plan if there is none of this name on the floor.
 * @param {Plan} plan
 * @param {SectionOptions} options
 * @param {(zone: Zone) => Zone} change
 * @returns {Plan}
 */
export function changeSection(plan, options, change) {
  const found = findSection(plan, options);
  if (found) return changeZones(plan, (zone) => (zone === found ? change(zone) : zone));
  const zones = Array.isArray(plan.zones) ? plan.zones : [];
  return { ...plan, zones: [...zones, change(newZone(options.section ?? "", options.floor ?? ""))] };
}

/** @param {Zone} zone @param {Row[]} rows @returns {Zone} */
export function withRows(zone, rows) {
  return { ...zone, rows: [...(Array.isArray(zone.rows) ? zone.rows : []), ...rows] };
}

/** @param {Zone} zone @param {Area[]} areas @returns {Zone} */
export function withAreas(zone, areas) {
  return { ...zone, areas: [...(Array.isArray(zone.areas) ? zone.areas : []), ...areas] };
}

/**
 * Return the labels of all rows that a section has, in the order of the document; several zones may have its name.
 * @param {Plan} plan
 * @param {string} section
 * @returns {string[]}
 */
export function rowLabels(plan, section) {
  return listOf(plan, "zones")
    .filter((zone) => sectionOf(zone) === section)
    .flatMap((zone) => listOf(zone, "rows").map((row) => String(row.row_number ?? "")));
}

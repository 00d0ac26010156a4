/** Merges the properties of one object: each by itself, those that only make sense as a whole as one. */
import { KEY } from "./document.js";
import { mergeOrder } from "./match.js";
import { isSame } from "./same.js";
import { isObject } from "./values.js";

/** @typedef {import("./document.js").Item} Item */
/** @typedef {"mine" | "theirs"} Choice */
/** @typedef {(property: string, base: unknown, mine: unknown, theirs: unknown) => Choice} Choose  which of two changes stays */

/** Positions, shapes and sizes: half of one and half of the other would be neither. */
const WHOLE = new Set(["position", "rectangle", "circle", "ellipse", "polygon", "size", "backdrop", "drawn", "room"]);

/**
 * Return an object's properties with the changes of both sides; it is `mine` or `theirs` itself where that says it.
 * @param {Item} base
 * @param {Item} mine
 * @param {Item} theirs
 * @param {Choose} choose
 * @param {{without?: readonly string[], path?: string}} [options]  names to leave out, and where the object is
 * @returns {Item}
 */
export function mergeItems(base, mine, theirs, choose, { without = [], path = "" } = {}) {
  /** @type {Item} */
  const merged = {};
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    if (without.includes(name)) continue;
    const value = mergeValues(base[name], mine[name], theirs[name], choose, path + name);
    if (value !== undefined) merged[name] = value;
  }
  const key = mine[KEY] ?? theirs[KEY];
  if (key !== undefined) merged[KEY] = key;
  return merged;
}

/** @type {(base: any, mine: any, theirs: any, choose: Choose, property: string) => unknown} */
function mergeValues(base, mine, theirs, choose, property) {
  if (mine === theirs || isSame(base, theirs)) return mine;
  if (isSame(base, mine) || isSame(mine, theirs)) return theirs;
  const name = property.slice(property.lastIndexOf(".") + 1);
  if (isObject(mine) && isObject(theirs) && !WHOLE.has(name)) {
    return mergeItems(isObject(base) ? base : {}, mine, theirs, choose, { path: `${property}.` });
  }
  if (isNames(mine) && isNames(theirs)) {
    const merged = mergeNames(isNames(base) ? base : [], mine, theirs);
    if (merged) return merged;
  }
  return choose(property, base, mine, theirs) === "mine" ? mine : theirs;
}

/** @param {unknown} value @returns {value is string[]} */
function isNames(value) {
  return Array.isArray(value) && value.every((one) => typeof one === "string") && new Set(value).size === value.length;
}

/** Merge lists of names, such as those of floors. @param {string[]} base @param {string[]} mine @param {string[]} theirs */
function mergeNames(base, mine, theirs) {
  const left = [...mine, ...theirs].filter((one) => !base.includes(one) || (mine.includes(one) && theirs.includes(one)));
  const { order, isDoubtful } = mergeOrder({ base, mine, theirs }, new Set(left));
  return isDoubtful ? null : order;
}

/**
 * Return the one of two versions that an object equals in all its parts, or else the object itself.
 * @param {Item} item
 * @param {(Item | undefined)[]} versions
 */
export function reuse(item, versions) {
  const names = Object.keys(item);
  return (
    versions.find((one) => one && names.length === Object.keys(one).length && names.every((name) => isSameValue(one[name], item[name]))) ??
    item
  );
}

/** Lists of objects are compared by their members, which are merged already. @param {any} a @param {any} b */
function isSameValue(a, b) {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b)) return isSame(a, b);
  return a.length === b.length && a.every((one, index) => (isObject(one) ? one === b[index] : isSame(one, b[index])));
}

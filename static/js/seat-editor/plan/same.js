/** Compares documents by what they say, and lets them share what they have in common. */
import { KEY } from "./document.js";
import { isObject } from "./values.js";

/**
 * Return true if two JSON values say the same, in whatever order of keys.
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean}
 */
export function isSame(a, b) {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, index) => isSame(one, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && isSame(a[name], b[name]));
}

/**
 * Return a plan that says what `next` says, and shares with `known` all that both have.
 * @template T
 * @param {T} known
 * @param {T} next
 * @returns {T}
 */
export function share(known, next) {
  if (known === next) return known;
  if (Array.isArray(known) && Array.isArray(next)) return /** @type {T} */ (shareList(known, next));
  if (!isObject(known) || !isObject(next)) return next;
  let isKnown = Object.keys(known).length === Object.keys(next).length;
  /** @type {import("./document.js").Item} */
  const shared = { ...next };
  for (const name of Object.keys(next)) {
    shared[name] = share(known[name], next[name]);
    isKnown &&= name in known && shared[name] === known[name];
  }
  return isKnown ? known : /** @type {T} */ (shared);
}

/**
 * @param {any[]} known
 * @param {any[]} next
 */
function shareList(known, next) {
  const byKey = new Map(known.map((one) => [isObject(one) ? one[KEY] : undefined, one]));
  byKey.delete(undefined);
  const shared = next.map((one, index) => share((isObject(one) && byKey.get(one[KEY])) || known[index], one));
  return shared.length === known.length && shared.every((one, index) => one === known[index]) ? known : shared;
}

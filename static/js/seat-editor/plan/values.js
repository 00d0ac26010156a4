/** Reads values of a document, which may be of any type: a file is kept as it came. */

/** @param {unknown} value @returns {value is import("./document.js").Item} */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Return the objects in a list of an object, without anything else that a file may have there.
 * @param {import("./document.js").Item} item
 * @param {string} name
 * @returns {any[]}
 */
export function listOf(item, name) {
  const list = item[name];
  if (!Array.isArray(list)) return [];
  return list.every(isObject) ? list : list.filter(isObject);
}

/**
 * Return this project's extension of an object.
 * @param {import("./document.js").Item} item
 * @returns {import("./document.js").Item}
 */
export function extensionOf(item) {
  return isObject(item.marquee) ? item.marquee : {};
}

/** @param {unknown} value @returns {number} */
export function numberOf(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** @param {unknown} point @returns {import("./document.js").Point} */
export function pointOf(point) {
  return isObject(point) ? { x: numberOf(point.x), y: numberOf(point.y) } : { x: 0, y: 0 };
}

/** Round to what the server tells apart. @param {number} value */
export function round(value) {
  return Math.round(value * 1e4) / 1e4 + 0;
}

/**
 * The picture of the real plan to trace, under `marquee.backdrop`: its id with the server, the place of its upper left
 * corner, units of the plan to a pixel, rotation around that corner, and opacity.
 */
import { extended } from "./paint.js";
import { pitch } from "./rows.js";
import { extensionOf, isObject, numberOf, round } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {{id: string, x: number, y: number, scale: number, rotation: number, opacity: number}} Backdrop */

/** From seat to seat, where a plan does not say how large it is. */
const METERS_TO_SEAT = 0.55;
const OPACITY = 0.5;

/** @param {Plan} plan @returns {Backdrop | null} */
export function backdropOf(plan) {
  const { backdrop } = extensionOf(plan);
  if (!isObject(backdrop) || typeof backdrop.id !== "string") return null;
  const { id, opacity = OPACITY } = backdrop;
  return {
    id,
    x: numberOf(backdrop.x),
    y: numberOf(backdrop.y),
    scale: numberOf(backdrop.scale) || 1,
    rotation: numberOf(backdrop.rotation),
    opacity: Math.min(Math.max(numberOf(opacity), 0), 1),
  };
}

/**
 * Change what is said of the picture; null takes it away.
 * @param {Plan} plan
 * @param {Partial<Backdrop> | null} values
 * @returns {Plan}
 */
export function setBackdrop(plan, values) {
  if (!values) return extended(plan, "backdrop", undefined);
  return extended(plan, "backdrop", { opacity: OPACITY, ...extensionOf(plan).backdrop, ...values });
}

/** Return how many meters a unit of the plan is. @param {Plan} plan */
export function metersPerUnit(plan) {
  return numberOf(extensionOf(plan).meters_per_unit) || METERS_TO_SEAT / pitch(plan);
}

/**
 * Scale the picture so that the line between two points is so many meters long. The first point stays where it is.
 * @param {Plan} plan
 * @param {Point} from
 * @param {Point} to
 * @param {number} meters
 * @returns {Plan}
 */
export function calibrate(plan, from, to, meters) {
  const backdrop = backdropOf(plan);
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (!backdrop || !length || !(meters > 0)) return plan;
  const factor = meters / metersPerUnit(plan) / length;
  return setBackdrop(plan, {
    x: round(from.x + (backdrop.x - from.x) * factor),
    y: round(from.y + (backdrop.y - from.y) * factor),
    scale: backdrop.scale * factor,
  });
}

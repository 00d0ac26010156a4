/** Decides the conflicts of a merge. */
import { merge } from "./merge.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./merge-values.js").Choice} Choice */

/**
 * Decide all conflicts alike, but for those that are decided. A row that goes may leave new questions about its seats.
 * @param {Plan} base
 * @param {Plan} mine
 * @param {Plan} theirs
 * @param {Choice} choice
 * @param {ReadonlyMap<string, Choice>} [decided]
 * @returns {Map<string, Choice>}
 */
export function decide(base, mine, theirs, choice, decided = new Map()) {
  const choices = new Map(decided);
  for (let open = true; open; ) {
    const asked = merge(base, mine, theirs, choices).conflicts.filter(({ id }) => !choices.has(id));
    for (const { id } of asked) choices.set(id, choice);
    open = asked.length > 0;
  }
  return choices;
}

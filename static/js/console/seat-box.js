/** Which seats a box holds, and what choosing many seats at once does to a choice. */

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/**
 * Return the box that has two points at opposite corners.
 * @param {Point} from
 * @param {Point} to
 * @param {number} [margin]  by which it is wider on each side
 * @returns {Box}
 */
export function boxBetween(from, to, margin = 0) {
  return {
    left: Math.min(from.x, to.x) - margin,
    top: Math.min(from.y, to.y) - margin,
    right: Math.max(from.x, to.x) + margin,
    bottom: Math.max(from.y, to.y) + margin,
  };
}

/**
 * Return the seats whose centers are in the box, in the order given.
 * @template {Point} P
 * @param {Iterable<P>} seats
 * @param {Box} box
 */
export function seatsIn(seats, { left, top, right, bottom }) {
  return [...seats].filter(({ x, y }) => x >= left && x <= right && y >= top && y <= bottom);
}

/**
 * Return true if choosing these seats takes them out of the choice: all that could be chosen are.
 * @param {{stateOf: (id: number) => string}} choice
 * @param {number[]} ids
 */
export function areAllChosen(choice, ids) {
  const states = new Set(ids.map((id) => choice.stateOf(id)));
  return states.has("chosen") && !states.has("free");
}

/**
 * Add the free ones of these seats to the choice as far as its limit goes, or take out the chosen ones.
 * @param {{seats: Map<number, number>, stateOf: (id: number) => string, replace: (ids: number[]) => void}} choice
 * @param {number[]} ids
 * @param {boolean} [isOut]  whether they are taken out
 * @returns {{added: number, removed: number, left: number}}  how many; `left` are free ones beyond the limit
 */
export function changeSeats(choice, ids, isOut = areAllChosen(choice, ids)) {
  const before = choice.seats.size;
  const these = new Set(ids);
  const free = isOut ? [] : ids.filter((id) => choice.stateOf(id) === "free");
  const stay = [...choice.seats.keys()].filter((id) => !isOut || !these.has(id));
  if (free.length || stay.length < before) choice.replace([...stay, ...free]);
  const change = choice.seats.size - before;
  return { added: Math.max(0, change), removed: Math.max(0, -change), left: free.length - Math.max(0, change) };
}

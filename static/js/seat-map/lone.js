/**
 * Seats that a choice leaves alone, by the rule of `bookings/seating/neighbors.py: find_lone_seats`, shown
 * at once, without asking the server. It is a hint and prevents nothing.
 */
import { ACCESSIBLE, COMPANION } from "./hall.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */

/**
 * Return unbroken neighbors among the seats of one run that pass `test`.
 * @param {Map<number, Seat>} run
 * @param {(seat: Seat) => boolean} test
 * @returns {Seat[][]}
 */
function stretches(run, test) {
  /** @type {Seat[][]} */
  const found = [];
  let last = NaN;
  for (const position of [...run.keys()].sort((a, b) => a - b)) {
    const seat = /** @type {Seat} */ (run.get(position));
    if (!test(seat)) continue;
    if (position === last + 1) found[found.length - 1].push(seat);
    else found.push([seat]);
    last = position;
  }
  return found;
}

/** @param {Seat} seat */
const mayBeAlone = (seat) => Boolean(seat.flags & (ACCESSIBLE | COMPANION));

/**
 * Return the single free seats that `chosen` leaves between taken seats or the end of a run.
 * @param {Hall} hall
 * @param {Set<number>} taken
 * @param {Set<number>} chosen
 */
export function findLoneSeats(hall, taken, chosen) {
  const lone = [];
  const runs = new Set([...chosen].map((id) => hall.seats.get(id)?.run));
  for (const number of runs) {
    const run = number === undefined ? undefined : hall.runs.get(number);
    if (!run) continue;
    for (const stretch of stretches(run, ({ id }) => !taken.has(id))) {
      const left = stretch.filter(({ id }) => !chosen.has(id));
      const party = stretch.filter(({ id }) => chosen.has(id));
      if (!party.length || !left.length || (left.length === 1 && !findGap(hall, taken, chosen, party))) continue;
      for (const piece of stretches(new Map(left.map((seat) => [seat.position, seat])), () => true)) {
        if (piece.length === 1 && !mayBeAlone(piece[0])) lone.push(piece[0]);
      }
    }
  }
  return lone;
}

/**
 * Return free seats elsewhere that the party would fill exactly, in its own category.
 * @param {Hall} hall
 * @param {Set<number>} taken
 * @param {Set<number>} chosen
 * @param {Seat[]} party
 */
function findGap(hall, taken, chosen, party) {
  const [{ category }] = party;
  if (party.some((seat) => seat.category !== category)) return undefined;
  for (const run of hall.runs.values()) {
    const gap = stretches(run, ({ id }) => !taken.has(id)).find(
      (free) =>
        free.length === party.length &&
        free.every((seat) => seat.category === category && !chosen.has(seat.id) && !mayBeAlone(seat)),
    );
    if (gap) return gap;
  }
  return undefined;
}

/**
 * Return the choice with the party beside the lone seat moved into a gap that it fills, or null.
 * @param {Hall} hall
 * @param {Set<number>} taken
 * @param {Set<number>} chosen
 * @param {Seat} lone
 */
export function fillGap(hall, taken, chosen, lone) {
  const run = hall.runs.get(lone.run);
  const party = run && stretches(run, ({ id }) => !taken.has(id)).find((stretch) => stretch.includes(lone));
  const leaving = party?.filter(({ id }) => chosen.has(id)) ?? [];
  const gap = leaving.length ? findGap(hall, taken, chosen, leaving) : undefined;
  if (!gap) return null;
  const moved = new Set(chosen);
  for (const { id } of leaving) moved.delete(id);
  for (const { id } of gap) moved.add(id);
  return { seats: [...moved], gap };
}

/**
 * Return the choice moved up by one seat so that nothing is left alone in that run, or null.
 * @param {Hall} hall
 * @param {Set<number>} taken
 * @param {Set<number>} chosen
 * @param {Seat} lone
 */
export function shiftTowards(hall, taken, chosen, lone) {
  const run = hall.runs.get(lone.run);
  if (!run) return null;
  const before = findLoneSeats(hall, taken, chosen).length;
  for (const step of [1, -1]) {
    let far = null;
    for (let at = lone.position + step; ; at += step) {
      const seat = run.get(at);
      if (!seat || !chosen.has(seat.id)) break;
      far = seat;
    }
    if (!far || far.category !== lone.category) continue;
    const moved = new Set(chosen);
    moved.delete(far.id);
    moved.add(lone.id);
    if (findLoneSeats(hall, taken, moved).length < before) return { seats: [...moved], left: far };
  }
  return null;
}

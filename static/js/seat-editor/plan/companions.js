/** Which companion seat belongs to which wheelchair place, as the server pairs them (`companions.py`). */
import { Near } from "./near.js";
import { extensionOf, round } from "./values.js";

/** @typedef {import("./document.js").SeatPlace} SeatPlace */

/** How far a companion may sit from the wheelchair place, in multiples of the usual distance from seat to seat. */
const COMPANION_REACH = 2.2;

/**
 * Pair companion seats: with the place that they name, else with one nearby, the nearest first, so that each place
 * gets one companion seat before any gets two. All results are indexes into the seats.
 * @param {readonly SeatPlace[]} seats
 * @param {number} spacing  the usual distance from seat to seat
 * @returns {{pairs: Map<number, number>, unknown: number[], misplaced: number[], lone: number[], alone: number[]}}
 *   `pairs`: the place of each companion seat; `unknown`: seats that name a place which there is not; `misplaced`:
 *   seats that name a place and are no companion seat; `lone`: companion seats without a place; `alone`: places
 *   without a companion seat
 */
export function pairCompanions(seats, spacing) {
  const places = /** @type {number[]} */ ([]);
  const named = /** @type {[number, string][]} */ ([]);
  const companions = /** @type {number[]} */ ([]);
  /** @type {Map<string, number>} */
  const byId = new Map();
  seats.forEach(({ seat }, index) => {
    if (!seat.marquee) return;
    const { accessible, companion, companion_of: id } = extensionOf(seat);
    if (accessible === true) {
      places.push(index);
      if (seat.seat_guid) byId.set(seat.seat_guid, index);
    }
    if (companion === true) companions.push(index);
    if (typeof id === "string" && id) named.push([index, id]);
  });
  const pairs = new Map();
  const unknown = [];
  const misplaced = [];
  const names = new Map(named);
  for (const [index, id] of named) {
    const place = byId.get(id);
    if (place === undefined || seats[place].seat.seat_guid === seats[index].seat.seat_guid) unknown.push(index);
    else if (extensionOf(seats[index].seat).companion !== true) misplaced.push(index);
    else pairs.set(index, place);
  }
  const near = nearPairs(seats, places, companions.filter((index) => !names.has(index)), spacing * COMPANION_REACH);
  const used = new Set(pairs.values());
  for (const [, index, place] of near) {
    if (pairs.has(index) || used.has(place)) continue;
    pairs.set(index, place);
    used.add(place);
  }
  for (const [, index, place] of near) if (!pairs.has(index)) pairs.set(index, place);
  const served = new Set(pairs.values());
  const wrong = new Set(unknown);
  return {
    pairs,
    unknown,
    misplaced,
    lone: companions.filter((index) => !pairs.has(index) && !wrong.has(index)),
    alone: places.filter((place) => !served.has(place)),
  };
}

/** @type {(seats: readonly SeatPlace[], places: number[], companions: number[], reach: number) => [number, number, number][]} */
function nearPairs(seats, places, companions, reach) {
  const grid = new Near(reach, places.length);
  for (const place of places) grid.add(place, seats[place].x, seats[place].y);
  const near = /** @type {[number, number, number][]} */ ([]);
  for (const index of companions) {
    grid.visit(seats[index].x, seats[index].y, (place, square) => {
      if (square <= reach * reach && place !== index) near.push([round(Math.sqrt(square)), index, place]);
    });
  }
  return near.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
}

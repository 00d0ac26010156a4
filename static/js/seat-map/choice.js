/**
 * What the visitor has chosen and what others have taken: the one state behind the map, the list and the
 * basket. Every change dispatches a `change` event on the choice itself, to all of them alike.
 */

import { ACCESSIBLE } from "./hall.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */

/**
 * @typedef {object} Change
 * @property {number[]} seats  ids whose state may look different now
 * @property {Seat | null} [added]
 * @property {Seat | null} [removed]
 * @property {Seat[]} [lost]  chosen by the visitor, taken by someone else
 * @property {string[]} [lostAreas]  names of areas that hold fewer places than were chosen
 */

/** @typedef {"free" | "taken" | "chosen" | "unsold"} SeatState */

/** @typedef {"limit" | "taken" | "unsold"} Refusal */

export class Choice extends EventTarget {
  /**
   * @param {Hall} hall
   * @param {number} limit  tickets that one customer may have
   * @param {number[]} own  seats that this visitor's own hold has taken
   * @param {Record<string, number>} [ownAreas]  places that this visitor's own hold has taken, by area
   * @param {number[]} [types]  ticket types that seats get in turn, where they are sold; else the usual one
   */
  constructor(hall, limit, own, ownAreas = {}, types = []) {
    super();
    this.hall = hall;
    this.limit = limit;
    this.types = types;
    this.own = new Set(own);
    this.ownAreas = ownAreas;
    /** @type {Set<number>} */
    this.taken = new Set();
    /** Free places by area. @type {Map<number, number>} */
    this.free = new Map(hall.areas.map((area) => [area.id, 0]));
    /** Ticket type by seat, in the order of choosing. @type {Map<number, number>} */
    this.seats = new Map();
    /** Number of places by "area-type". @type {Map<string, number>} */
    this.places = new Map();
  }

  get count() {
    return this.seats.size + this.placeCount();
  }

  /** @param {number} [area] */
  placeCount(area) {
    let count = 0;
    for (const [key, quantity] of this.places) {
      if (area === undefined || key.startsWith(`${area}-`)) count += quantity;
    }
    return count;
  }

  get total() {
    let total = 0;
    for (const [id, type] of this.seats) {
      const seat = this.hall.seats.get(id);
      if (seat) total += this.hall.amountOf(seat.category, type);
    }
    for (const [key, quantity] of this.places) {
      const [areaId, type] = key.split("-").map(Number);
      const area = this.hall.areas.find(({ id }) => id === areaId);
      if (area) total += quantity * this.hall.amountOf(area.category, type);
    }
    return total;
  }

  /** @param {number} id @returns {SeatState} */
  stateOf(id) {
    if (this.seats.has(id)) return "chosen";
    if (this.taken.has(id)) return "taken";
    const seat = this.hall.seats.get(id);
    return seat && this.hall.offersOf(seat.category).length ? "free" : "unsold";
  }

  /**
   * Choose a free seat or remove a chosen one; return why if that is not possible.
   * @param {number} id
   * @returns {Refusal | null}
   */
  toggle(id) {
    const seat = this.hall.seats.get(id);
    if (!seat) return "unsold";
    if (this.seats.delete(id)) {
      this.#tell({ seats: [id], removed: seat });
      return null;
    }
    const state = this.stateOf(id);
    if (state !== "free") return state === "taken" ? "taken" : "unsold";
    if (this.count >= this.limit) return "limit";
    this.seats.set(id, this.#typeFor(seat));
    this.#tell({ seats: [id], added: seat });
    return null;
  }

  /** Whether a wheelchair place is chosen, so that companions' tickets are sold. */
  get hasWheelchairPlace() {
    return [...this.seats.keys()].some((id) => (this.hall.seats.get(id)?.flags ?? 0) & ACCESSIBLE);
  }

  /** @param {Seat} seat */
  #typeFor(seat) {
    const offers = this.hall.offersOf(seat.category);
    const left = [...this.types];
    for (const type of this.seats.values()) {
      const at = left.indexOf(type);
      if (at >= 0) left.splice(at, 1);
    }
    return left.find((wanted) => offers.some(({ type }) => type.id === wanted)) ?? offers[0].type.id;
  }

  /**
   * Replace all chosen seats; ticket types of those that stay are kept, unless others are given.
   * @param {number[]} ids
   * @param {(number | null)[]} [types] of the seats
   */
  replace(ids, types = []) {
    const before = this.seats;
    this.seats = new Map();
    ids.forEach((id, at) => {
      const seat = this.hall.seats.get(id);
      if (seat && this.count < this.limit && this.stateOf(id) === "free") {
        this.seats.set(id, types[at] ?? before.get(id) ?? this.#typeFor(seat));
      }
    });
    this.#tell({ seats: [...before.keys(), ...this.seats.keys()] });
  }

  /**
   * @param {number} id
   * @param {number} type
   */
  setType(id, type) {
    const seat = this.hall.seats.get(id);
    if (!seat || !this.seats.has(id)) return;
    if (!this.hall.allOffersOf(seat.category).some((offer) => offer.type.id === type)) return;
    this.seats.set(id, type);
    this.#tell({ seats: [] });
  }

  /**
   * Set how many places of one type are wanted in an area; return how many were possible.
   * @param {number} area
   * @param {number} type
   * @param {number} quantity
   */
  setPlaces(area, type, quantity) {
    const key = `${area}-${type}`;
    const now = this.places.get(key) ?? 0;
    const free = (this.free.get(area) ?? 0) - this.placeCount(area) + now;
    const room = this.limit - this.count + now;
    const possible = Math.max(0, Math.min(Math.trunc(quantity) || 0, free, room));
    if (possible !== now) {
      if (possible) this.places.set(key, possible);
      else this.places.delete(key);
      this.#tell({ seats: [] });
    }
    return possible;
  }

  /**
   * Update what is taken now, without what this visitor holds.
   * @param {number[]} taken
   * @param {Record<string, number>} areas  free places by area
   */
  update(taken, areas) {
    const now = new Set(taken.filter((id) => !this.own.has(id)));
    const changed = [...now].filter((id) => !this.taken.has(id));
    changed.push(...[...this.taken].filter((id) => !now.has(id)));
    this.taken = now;
    /** @type {Seat[]} */
    const lost = [];
    for (const id of changed) {
      const seat = this.hall.seats.get(id);
      if (seat && now.has(id) && this.seats.delete(id)) lost.push(seat);
    }
    const lostAreas = this.#updateAreas(areas);
    if (changed.length || lostAreas.changed) {
      this.#tell({ seats: changed, lost, lostAreas: lostAreas.names });
    }
  }

  /** @param {Record<string, number>} areas */
  #updateAreas(areas) {
    let changed = false;
    const names = [];
    for (const area of this.hall.areas) {
      const free = (areas[String(area.id)] ?? 0) + (this.ownAreas[String(area.id)] ?? 0);
      if (free === this.free.get(area.id)) continue;
      changed = true;
      this.free.set(area.id, free);
      let surplus = this.placeCount(area.id) - free;
      if (surplus > 0) names.push(area.name);
      for (const [key, quantity] of this.places) {
        if (surplus <= 0 || !key.startsWith(`${area.id}-`)) continue;
        const kept = Math.max(0, quantity - surplus);
        surplus -= quantity - kept;
        if (kept) this.places.set(key, kept);
        else this.places.delete(key);
      }
    }
    return { changed, names };
  }

  /** @param {Change} change */
  #tell(change) {
    this.dispatchEvent(new CustomEvent("change", { detail: change }));
  }
}

/** What each section has left and from what price, counted again only where something has changed. */
import { formatMoney, gettext, ngettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {import("./choice.js").Change} Change */
/** @typedef {import("./party.js").Party} Party */

/**
 * @typedef {object} Count
 * @property {number} free
 * @property {number} chosen
 * @property {boolean} isSold  if any of its seats is for sale at all
 * @property {number} usual  the lowest price of a usual ticket among the free seats
 * @property {number} lowest  the lowest price of any ticket among them
 * @property {number} party  the lowest price for the whole party, in a category with so many free seats
 */

export class SectionCounts {
  /**
   * Listens before those who ask it: make it before them.
   * @param {Hall} hall
   * @param {Choice} choice
   * @param {Party} party
   */
  constructor(hall, choice, party) {
    this.hall = hall;
    this.choice = choice;
    this.party = party;
    party.addEventListener("change", () => this.known.clear());
    /** By the section's place in the hall. @type {Map<number, Count>} */
    this.known = new Map();
    choice.addEventListener("change", (event) => {
      for (const id of /** @type {CustomEvent<Change>} */ (event).detail.seats) {
        const seat = hall.seats.get(id);
        if (seat) this.known.delete(seat.row.at);
      }
    });
  }

  /** @param {number} at @returns {Count} */
  of(at) {
    let count = this.known.get(at);
    if (!count) {
      count = this.#count(at);
      this.known.set(at, count);
    }
    return count;
  }

  /** @param {number} at */
  #count(at) {
    const count = { free: 0, chosen: 0, isSold: false, usual: Infinity, lowest: Infinity, party: Infinity };
    /** @type {Map<number, number>} */
    const free = new Map();
    for (const row of this.hall.sections[at].rows) {
      for (const { id, category } of row.seats) {
        const state = this.choice.stateOf(id);
        if (state === "chosen") count.chosen += 1;
        if (state !== "unsold") count.isSold = true;
        if (state !== "free") continue;
        count.free += 1;
        free.set(category, (free.get(category) ?? 0) + 1);
      }
    }
    for (const [category, left] of free) {
      const offers = this.hall.offersOf(category);
      // The price of a type that a rule restricts is not one for everyone, unless there is no other.
      const open = offers.filter(({ type }) => !type.restricted);
      const amounts = (open.length ? open : offers).map(({ amount }) => amount);
      count.usual = Math.min(count.usual, amounts[0]);
      count.lowest = Math.min(count.lowest, ...amounts);
      if (left >= this.party.count) count.party = Math.min(count.party, this.party.totalIn(category) ?? Infinity);
    }
    return count;
  }

  /** Say how many seats are left. @param {number} at */
  left(at) {
    const { free, isSold } = this.of(at);
    if (free) return ngettext("%(count)s left", "%(count)s left", free);
    return isSold ? gettext("sold out") : gettext("not for sale");
  }

  /** Say from what price, or nothing when no seat is left, or too few for the party. @param {number} at */
  from(at) {
    const { free, usual, party } = this.of(at);
    if (this.party.count) return party < Infinity ? this.party.from(party) : "";
    return free ? gettext("from %(price)s", { price: formatMoney(usual, this.hall.currency) }) : "";
  }

  /** Say how many of its seats the visitor has chosen, or nothing. @param {number} at */
  chosen(at) {
    const { chosen } = this.of(at);
    return chosen ? ngettext("%(count)s chosen", "%(count)s chosen", chosen) : "";
  }

  /** @param {number} at */
  name(at) {
    return this.hall.sections[at].name || gettext("Other seats");
  }
}

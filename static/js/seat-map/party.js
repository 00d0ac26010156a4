/**
 * The party that visitors may say before they choose: so many tickets of each type. The map then says what all of
 * them cost together, and seats get these types in turn. Every change dispatches a `change` event.
 */
import { formatMoney, gettext, ngettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */

export class Party extends EventTarget {
  /** @param {Hall} hall */
  constructor(hall) {
    super();
    this.hall = hall;
    this.count = 0;
    /** How many of each ticket type; empty if the usual one of each category is meant. @type {Map<number, number>} */
    this.types = new Map();
  }

  /**
   * @param {number} count  none: there is no party
   * @param {Iterable<[number, number]>} [types]  how many of each, none of zero
   */
  set(count, types = []) {
    this.count = count;
    this.types = new Map(types);
    this.dispatchEvent(new CustomEvent("change"));
  }

  /**
   * Take what the form for the best seats asks for.
   * @param {FormData} form
   */
  read(form) {
    /** @type {[number, number][]} */
    const types = [];
    for (const [name, value] of form) {
      const count = Number(value);
      if (name.startsWith("tickets-") && count > 0) types.push([Number(name.slice("tickets-".length)), count]);
    }
    const typed = types.reduce((sum, [, count]) => sum + count, 0);
    this.set(typed || Number(form.get("quantity")) || 0, types);
  }

  /** The types, each as often as it is wanted. */
  get inTurn() {
    return [...this.types].flatMap(([type, count]) => Array.from({ length: count }, () => type));
  }

  /**
   * Return what the whole party pays in a category, or null if it can't have its tickets there.
   * @param {number} category
   */
  totalIn(category) {
    const [usual] = this.hall.offersOf(category);
    if (!this.types.size) return usual ? usual.amount * this.count : null;
    const offers = this.hall.allOffersOf(category);
    let total = 0;
    for (const [id, count] of this.types) {
      const offer = offers.find(({ type }) => type.id === id && !type.sold_out);
      if (!offer) return null;
      total += offer.amount * count;
    }
    return total;
  }

  /** Say what the party pays at least, “5 tickets from €133.00”. @param {number} total */
  from(total) {
    const price = formatMoney(total, this.hall.currency);
    return ngettext("%(count)s ticket from %(price)s", "%(count)s tickets from %(price)s", this.count, { price });
  }

  /** Say what it pays in a category, “5 tickets €133.00”. @param {number} category */
  in(category) {
    const total = this.totalIn(category);
    if (total === null) return gettext("not for these tickets");
    const price = formatMoney(total, this.hall.currency);
    return ngettext("%(count)s ticket %(price)s", "%(count)s tickets %(price)s", this.count, { price });
  }

  /** Say who it is, “2 Adult, 3 Child”. */
  describe() {
    const words = [...this.types].map(([id, count]) => `${count} × ${this.hall.typeName(id)}`);
    return words.length ? words.join(", ") : ngettext("%(count)s ticket", "%(count)s tickets", this.count);
  }
}

/**
 * The hall of one show as `read_seat_plan` gives it: seats by id, rows, neighbors, prices. It never
 * changes while the page is open; what is taken and chosen is in `choice.js`.
 */
import { Grid } from "./grid.js";
import { gettext } from "./words.js";

export const ACCESSIBLE = 1;
export const COMPANION = 2;
export const RESTRICTED_VIEW = 4;
export const STEP_FREE = 16;
export const HEARING_LOOP = 32;

/**
 * @typedef {object} Category
 * @property {number} id
 * @property {string} name
 * @property {string} color
 * @property {number} rank
 * @property {string} mark
 */

/**
 * @typedef {object} Shape
 * @property {string} kind
 * @property {number} x
 * @property {number} y
 * @property {number} rotation
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [rx]
 * @property {number} [ry]
 * @property {[number, number][]} [points]
 * @property {number} [half]
 * @property {{text: string, x: number, y: number, size: number}} [text]
 */

/**
 * @typedef {object} Area
 * @property {number} id
 * @property {string} name
 * @property {number} category
 * @property {number} capacity
 * @property {Shape} shape
 */

/**
 * @typedef {object} TicketType
 * @property {number} id
 * @property {string} name
 * @property {string} who
 * @property {string} [terms]  on which it is sold, in words
 * @property {boolean} [restricted]  a rule keeps it from being a price for everyone
 * @property {boolean} [sold_out]  its quota is used up
 * @property {boolean} companion  sold only with a wheelchair place
 */

/** @typedef {[number, string, number, number, number, number, number, number]} PlanSeat */

/**
 * @typedef {object} Plan
 * @property {[number, number, number, number]} view_box
 * @property {number} pitch
 * @property {[[number, number], [number, number]] | []} front
 * @property {number} meters_per_unit
 * @property {Category[]} categories
 * @property {{name: string, rows: {label: string, marks: [number, number][], seats: PlanSeat[]}[]}[]} sections
 * @property {Area[]} areas
 * @property {Shape[]} decorations
 * @property {[number, number][]} blocked
 * @property {Record<string, number>} companions
 * @property {string} currency
 * @property {TicketType[]} ticket_types
 * @property {Record<string, Record<string, string>>} prices
 */

/**
 * @typedef {object} Seat
 * @property {number} id
 * @property {string} number
 * @property {number} category
 * @property {number} x
 * @property {number} y
 * @property {number} flags
 * @property {number} run
 * @property {number} position
 * @property {Row} row
 */

/**
 * @typedef {object} Row
 * @property {string} label
 * @property {string} section
 * @property {number} at  the section's place among those of the hall
 * @property {[number, number][]} marks
 * @property {Seat[]} seats
 */

/** @typedef {{name: string, rows: Row[]}} Section */

/** @typedef {{type: TicketType, amount: number}} Offer */

export class Hall {
  /** @param {Plan} plan */
  constructor(plan) {
    this.viewBox = plan.view_box;
    this.pitch = plan.pitch;
    this.metersPerUnit = plan.meters_per_unit;
    const [left, right] = plan.front;
    /** The ends of the stage's front edge. @type {[{x: number, y: number}, {x: number, y: number}] | null} */
    this.front = left && right ? [{ x: left[0], y: left[1] }, { x: right[0], y: right[1] }] : null;
    this.currency = plan.currency;
    this.areas = plan.areas;
    this.decorations = plan.decorations;
    this.blocked = plan.blocked;
    /** The wheelchair place of each companion seat. @type {Map<number, number>} */
    this.companions = new Map(Object.entries(plan.companions).map(([id, place]) => [Number(id), place]));
    this.categories = plan.categories;
    /** @type {Map<number, Category>} */
    this.category = new Map(plan.categories.map((category) => [category.id, category]));
    /** @type {Map<number, Seat>} */
    this.seats = new Map();
    /** Seats of one unbroken stretch of a row, by position. @type {Map<number, Map<number, Seat>>} */
    this.runs = new Map();
    /** @type {Section[]} */
    this.sections = plan.sections.map(({ name, rows }, at) => ({
      name,
      rows: rows.map(({ label, marks, seats }) => {
        /** @type {Row} */
        const row = { label, section: name, at, marks, seats: [] };
        row.seats = seats.map((seat) => this.#add(seat, row));
        return row;
      }),
    }));
    /** @type {Map<number, string>} */
    this.types = new Map(plan.ticket_types.map(({ id, name }) => [id, name]));
    /** @type {Map<number, Offer[]>} */
    this.offers = new Map(
      plan.categories.map(({ id }) => {
        const amounts = plan.prices[String(id)] ?? {};
        const types = plan.ticket_types.filter((type) => String(type.id) in amounts);
        return [id, types.map((type) => ({ type, amount: Number(amounts[String(type.id)]) }))];
      }),
    );
    /** Without companions' tickets, which are sold only with a wheelchair place. @type {Map<number, Offer[]>} */
    this.openOffers = new Map([...this.offers].map(([id, offers]) => [id, offers.filter(({ type }) => !type.companion)]));
    /** @type {Grid<Seat>} */
    this.grid = new Grid(this.seats.values(), this.pitch);
  }

  /**
   * @param {PlanSeat} values
   * @param {Row} row
   */
  #add([id, number, category, x, y, flags, run, position], row) {
    /** @type {Seat} */
    const seat = { id, number, category, x, y, flags, run, position, row };
    this.seats.set(id, seat);
    const neighbors = this.runs.get(run) ?? new Map();
    neighbors.set(position, seat);
    this.runs.set(run, neighbors);
    return seat;
  }

  /**
   * Return true if these are places of this plan. Another version of the seat map has others.
   * @param {{taken: number[], areas: Record<string, number>}} now
   */
  knows({ taken, areas }) {
    const known = new Set(this.areas.map(({ id }) => String(id)));
    return taken.every((id) => this.seats.has(id)) && Object.keys(areas).every((id) => known.has(id));
  }

  /**
   * Return the seat whose center is nearest to a point of the map and not farther than `within`.
   * @param {number} x
   * @param {number} y
   * @param {number} within  at most one pitch
   */
  nearest(x, y, within) {
    return this.grid.nearest(x, y, within);
  }

  /**
   * Return where to write a row's label: at both ends of a line, at one of a box, not at a table that
   * carries its number itself.
   * @param {Row} row
   */
  rowMarks({ label, marks, seats }) {
    const { pitch } = this;
    const [xs, ys] = [seats.map(({ x }) => x), seats.map(({ y }) => y)];
    const [width, height] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
    const isCluster = Math.min(width, height) > pitch * 0.6 && Math.max(width, height) < pitch * 3.5;
    if (!isCluster) return marks;
    const isNumbered = this.decorations.some(
      ({ x, y, text }) => text?.text === label && Math.hypot(x + text.x - xs[0], y + text.y - ys[0]) < pitch * 3,
    );
    return isNumbered ? [] : marks.slice(0, 1);
  }

  /**
   * Return how far the seat is turned along its row, in degrees, so that curved rows look curved. Seats
   * around a table or in a box are not turned.
   * @param {Seat} seat
   */
  turnOf(seat) {
    const run = this.runs.get(seat.run);
    const [before, after] = [run?.get(seat.position - 1), run?.get(seat.position + 1)];
    const angles = [
      before && slope(before, seat),
      after && slope(seat, after),
      // At the end of a run, its next two seats show whether it is a line at all.
      before && !after && slope(run?.get(seat.position - 2) ?? before, before),
      after && !before && slope(after, run?.get(seat.position + 2) ?? after),
    ].filter((angle) => typeof angle === "number");
    if (!angles.length || Math.max(...angles) - Math.min(...angles) > 30) return 0;
    const [first, second = first] = angles;
    return Math.round((first + second) / 2);
  }

  /**
   * What tickets of a category cost, the usual type first; nothing when it is not for sale.
   * @param {number} category
   */
  offersOf(category) {
    return this.openOffers.get(category) ?? [];
  }

  /** @param {number} id  of a ticket type */
  typeName(id) {
    return this.types.get(id) ?? "";
  }

  /**
   * The same with companions' tickets.
   * @param {number} category
   */
  allOffersOf(category) {
    return this.offers.get(category) ?? [];
  }

  /**
   * @param {number} category
   * @param {number} type
   */
  amountOf(category, type) {
    return this.allOffersOf(category).find((offer) => offer.type.id === type)?.amount ?? 0;
  }

  /** @param {Seat} seat */
  label(seat) {
    const words = [
      seat.row.section,
      seat.row.label && gettext("row %(row)s", { row: seat.row.label }),
      gettext("seat %(number)s", { number: seat.number }),
    ]
      .filter(Boolean)
      .join(", ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  }

  /**
   * Name what a seat can be filtered by, as classes.
   * @param {Seat} seat
   */
  filterClasses(seat) {
    return [ACCESSIBLE, STEP_FREE, HEARING_LOOP].map((flag) => (seat.flags & flag ? ` f${flag}` : "")).join("");
  }

  /**
   * Describe what is special about a seat, for people who can't see its sign.
   * @param {Seat} seat
   */
  remarks(seat) {
    return [
      seat.flags & ACCESSIBLE && gettext("wheelchair place"),
      seat.flags & COMPANION && gettext("companion seat"),
      seat.flags & RESTRICTED_VIEW && gettext("restricted view"),
      seat.flags & STEP_FREE && gettext("step-free"),
      seat.flags & HEARING_LOOP && gettext("hearing loop"),
    ].filter((remark) => typeof remark === "string");
  }
}

/**
 * Return the angle of the line through two seats, in degrees between -90 and 90.
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 */
export function slope(a, b) {
  const angle = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
  return angle > 90 ? angle - 180 : angle <= -90 ? angle + 180 : angle;
}

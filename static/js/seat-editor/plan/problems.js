/**
 * What is wrong with a plan, as the server finds it when it is published (`checks.py`), and what is doubtful. The codes
 * and what is found are the same; a problem of many seats is one entry here.
 */
import { pairCompanions } from "./companions.js";
import { areasOf, isForSale, keyOf, seatsOf } from "./document.js";
import { findDoubts } from "./doubts.js";
import { isPlain, placeValues, text } from "./labels.js";
import { Near } from "./near.js";
import { rowsOf, spacingsOf } from "./rows.js";
import { extensionOf, isObject, listOf } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").SeatPlace} SeatPlace */
/** @typedef {import("./document.js").AreaPlace} AreaPlace */

/**
 * @typedef {object} Problem
 * @property {string} code
 * @property {string[]} keys  of the seats and areas that it is about; none for problems of the whole plan
 * @property {Record<string, string | number>} values  for the sentence: `section`, `row`, `number`, `name`, `field`,
 *   `count`, `limit`, `index` of a category
 * @property {boolean} isError  whether it keeps the plan from being published
 */

/** As on the server. */
export const MAX_SEATS = 60_000;
export const MAX_SEATS_IN_ROW = 500;
const MAX_CAPACITY = 1_000_000;
const MAX_QUALITY = 3;
const MOST_ENTRIES = 100;
const MAX_LENGTHS = { row: 20, number: 20, section: 80, name: 80 };

/**
 * Find everything that is wrong or doubtful; errors come first.
 * @param {Plan} plan
 * @returns {Problem[]}
 */
export function findProblems(plan) {
  const checker = new Checker(plan);
  const found = checker.check();
  const doubts = checker.seats.length ? findDoubts(plan, checker) : [];
  const sorted = [...found, ...doubts].sort((a, b) => Number(b.isError) - Number(a.isError));
  return shortened(sorted);
}

/**
 * Put what is beyond a hundred entries of one kind into the last of them.
 * @param {Problem[]} problems
 * @returns {Problem[]}
 */
function shortened(problems) {
  /** @type {Map<string, Problem[]>} */
  const kinds = new Map();
  for (const problem of problems) {
    const alike = kinds.get(problem.code) ?? [];
    const last = alike[MOST_ENTRIES - 1];
    if (last) for (const key of problem.keys) last.keys.push(key);
    else alike.push({ ...problem, keys: [...problem.keys] });
    kinds.set(problem.code, alike);
  }
  return [...kinds.values()].flat();
}

/**
 * Return a function that gives each value's result once: thousands of seats have the same numbers.
 * @template T
 * @param {(value: unknown) => T} read
 */
function remembered(read) {
  const known = new Map();
  return (/** @type {unknown} */ value) => {
    let found = known.get(value);
    if (found === undefined) known.set(value, (found = read(value)));
    return /** @type {T} */ (found);
  };
}

export class Checker {
  /** @param {Plan} plan */
  constructor(plan) {
    this.plan = plan;
    this.text = remembered(text);
    this.isPlain = remembered((value) => isPlain(text(value)));
    this.seats = seatsOf(plan);
    this.areas = [...areasOf(plan)].filter(({ area }) => isForSale(area));
    this.rows = rowsOf(plan);
    const { spacing, leastSpacing } = spacingsOf(plan, this.rows);
    this.spacing = spacing;
    this.leastSpacing = leastSpacing;
    /** Seats that overlap one before them, as indexes. @type {Set<number>} */
    this.overlapping = new Set();
    /** @type {Problem[]} */
    this.found = [];
  }

  /** @type {(code: string, keys: string[], values?: Problem["values"], isError?: boolean) => void} */
  add(code, keys, values = {}, isError = true) {
    this.found.push({ code, keys, values, isError });
  }

  check() {
    this.#checkTexts();
    this.#checkAmount();
    this.#checkCategories();
    this.#checkIds();
    this.#checkAreas();
    this.#checkOverlaps();
    this.#checkCompanions();
    this.#checkLabels();
    return this.found;
  }

  /** @type {(field: keyof typeof MAX_LENGTHS, written: unknown, keys: () => string[], values?: Problem["values"]) => void} */
  #checkText(field, written, keys, values = {}) {
    const value = this.text(written);
    if (!value) return;
    const limit = MAX_LENGTHS[field];
    if (value.length > limit && [...value].length > limit) this.add("too-long", keys(), { ...values, field, limit });
    if (!this.isPlain(value)) this.add("not-plain-text", keys(), { ...values, field });
  }

  #checkTexts() {
    const { plan } = this;
    this.#checkText("name", plan.name, () => []);
    listOf(plan, "categories").forEach((category, index) => {
      this.#checkText("name", category.name, () => [], { index });
      if (!this.text(category.name)) this.add("missing", [], { field: "name", index });
    });
    for (const zone of listOf(plan, "zones")) {
      const rows = listOf(zone, "rows");
      const keys = () => rows.flatMap((row) => listOf(row, "seats").map(keyOf));
      this.#checkText("section", zone.name, keys, { section: this.text(zone.name) });
      this.#checkQuality(zone, keys);
      for (const row of rows) {
        const place = { section: this.text(zone.name), row: this.text(row.row_number) };
        this.#checkText("row", row.row_number, () => listOf(row, "seats").map(keyOf), place);
      }
    }
    const missing = { number: /** @type {string[]} */ ([]), category: /** @type {string[]} */ ([]) };
    for (const { key, seat } of this.seats) {
      const number = this.text(seat.seat_number);
      if (number.length > MAX_LENGTHS.number || !this.isPlain(number)) {
        this.#checkText("number", number, () => [key], { number });
      }
      if (seat.marquee) this.#checkQuality(seat, () => [key]);
      if (!number) missing.number.push(key);
      if (!this.text(seat.category)) missing.category.push(key);
    }
    for (const { key, area } of this.areas) if (!this.text(extensionOf(area).category)) missing.category.push(key);
    for (const [field, keys] of Object.entries(missing)) {
      if (keys.length) this.add("missing", keys, { field, count: keys.length });
    }
  }

  /** @param {import("./document.js").Item} item @param {() => string[]} keys */
  #checkQuality(item, keys) {
    const { quality = 0 } = extensionOf(item);
    if (!Number.isInteger(quality) || Math.abs(quality) > MAX_QUALITY) {
      this.add("bad-quality", keys(), { least: -MAX_QUALITY, most: MAX_QUALITY });
    }
  }

  #checkAmount() {
    const { plan, seats, areas } = this;
    const blocked = new Set();
    for (const category of listOf(plan, "categories")) {
      if (extensionOf(category).for_sale === false) blocked.add(this.text(category.name));
    }
    const isSold = (/** @type {unknown} */ category) => !blocked.has(this.text(category));
    if (!seats.length && !areas.length) this.add("empty", []);
    else if (
      !seats.some(({ seat }) => isSold(seat.category)) &&
      !areas.some(({ area }) => extensionOf(area).capacity && isSold(extensionOf(area).category))
    ) {
      this.add("nothing-for-sale", []);
    }
    if (seats.length > MAX_SEATS) this.add("too-many-seats", [], { count: seats.length, limit: MAX_SEATS });
    for (const row of this.rows) {
      const count = row.seats.length;
      if (count <= MAX_SEATS_IN_ROW) continue;
      const values = { section: this.text(row.zone.name), row: row.label, count, limit: MAX_SEATS_IN_ROW };
      this.add("row-too-long", row.seats.map(({ key }) => key), values);
    }
  }

  #checkCategories() {
    const categories = listOf(this.plan, "categories").map((category) => this.text(category.name));
    const known = new Set();
    categories.forEach((name, index) => {
      if (known.has(name)) this.add("duplicate-category", [], { name, index });
      known.add(name);
    });
    /** @type {Map<string, string[]>} */
    const keys = new Map();
    const use = (/** @type {unknown} */ category, /** @type {string} */ key) => {
      const name = this.text(category);
      const found = keys.get(name);
      if (found) found.push(key);
      else keys.set(name, [key]);
    };
    for (const { key, seat } of this.seats) use(seat.category, key);
    for (const { key, area } of this.areas) use(extensionOf(area).category, key);
    for (const [name, found] of keys) {
      if (name && !known.has(name)) this.add("unknown-category", found, { name, count: found.length });
    }
    categories.forEach((name, index) => {
      if (keys.size && name && !keys.has(name)) this.add("unused-category", [], { name, index }, false);
    });
  }

  #checkIds() {
    const seats = new Set();
    for (const { key, seat } of this.seats) this.#checkId(seats, seat.seat_guid, key);
    const areas = new Set();
    for (const { key, area } of this.areas) this.#checkId(areas, area.uuid, key);
  }

  /** @param {Set<unknown>} taken @param {unknown} id @param {string} key */
  #checkId(taken, id, key) {
    if (id && taken.has(id)) this.add("duplicate-id", [key], { name: String(id) });
    taken.add(id);
  }

  #checkAreas() {
    for (const { key, area, zone } of this.areas) {
      const { capacity, name } = extensionOf(area);
      const words = isObject(area.text) ? area.text.text : area.text;
      const shown = this.text(name) || this.text(words) || this.text(zone.name);
      if (capacity === undefined || capacity === null) this.add("no-capacity", [key], { name: shown });
      else if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) {
        this.add("bad-capacity", [key], { name: shown, limit: MAX_CAPACITY });
      }
      if (!shown) this.add("missing", [key], { field: "name" });
      this.#checkText("name", this.text(name) || words, () => [key], { name: shown });
    }
  }

  #checkOverlaps() {
    const { seats, leastSpacing } = this;
    const grid = new Near(leastSpacing, seats.length);
    const square = leastSpacing * leastSpacing;
    /** @type {Map<object, SeatPlace[]>} */
    const rows = new Map();
    seats.forEach((place, index) => {
      const { x, y, row } = place;
      // A seat that overlaps is left out, so that a heap of seats costs no more than a row.
      if (!grid.visit(x, y, (_other, distance) => distance < square)) {
        grid.add(index, x, y);
        return;
      }
      this.overlapping.add(index);
      const places = rows.get(row) ?? [];
      places.push(place);
      rows.set(row, places);
    });
    for (const places of rows.values()) {
      this.add("overlap", places.map(({ key }) => key), { ...placeValues(places[0]), count: places.length });
    }
  }

  #checkCompanions() {
    const { seats } = this;
    const { pairs, unknown, misplaced, lone, alone } = pairCompanions(seats, this.spacing);
    const add = (/** @type {string} */ code, /** @type {number[]} */ indexes, /** @type {boolean} */ isError) => {
      for (const index of indexes) this.add(code, [seats[index].key], placeValues(seats[index]), isError);
    };
    add("unknown-wheelchair-place", unknown, true);
    add("not-a-companion", misplaced, true);
    add("lone-companion", lone, false);
    add("no-companion", alone, false);
    return pairs;
  }

  #checkLabels() {
    /** The first seat by its number, by section and row. @type {Map<string, Map<string, SeatPlace>>} */
    const rows = new Map();
    /** @type {Map<SeatPlace, string[]>} */
    const doubled = new Map();
    let [latest, numbers] = /** @type {[object | null, Map<string, SeatPlace>]} */ ([null, new Map()]);
    for (const place of this.seats) {
      if (place.row !== latest) {
        latest = place.row;
        const name = `${this.text(place.zone.name)}\0${this.text(place.row.row_number)}`;
        numbers = rows.get(name) ?? new Map();
        rows.set(name, numbers);
      }
      const number = this.text(place.seat.seat_number);
      const first = numbers.get(number);
      if (!first) numbers.set(number, place);
      else if (!doubled.get(first)?.push(place.key)) doubled.set(first, [first.key, place.key]);
    }
    for (const [place, keys] of doubled) {
      this.add("same-label", keys, { ...placeValues(place), count: keys.length }, false);
    }
  }
}

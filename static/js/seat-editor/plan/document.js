/**
 * A plan is the open seating-plan JSON itself (see `docs/seat-maps.md`), opened for editing: every zone, row, seat
 * and area has a key, under a symbol that spreading copies and `JSON.stringify` leaves out.
 *
 * A plan is never changed. Every operation returns a new one, which shares all that it did not touch; unknown keys
 * are kept, since objects are copied by spreading. Operations think in absolute positions, and write them back to
 * the seats, or to the row where all of a row moves.
 *
 * A key is the object's own id where it has one of its own. So a plan that is opened again, or merged with another
 * person's, has the same keys, and a selection stays valid.
 */
import { boxAround, cornersOf } from "./shape.js";
import { extensionOf, isObject, listOf, pointOf, round } from "./values.js";

export const KEY = Symbol("key");

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{[KEY]?: string, [name: string]: any}} Item
 * @typedef {Item & {seat_guid: string, seat_number: string, position: Point, category: string}} Seat
 * @typedef {Item & {row_number: string, position: Point, seats: Seat[]}} Row
 * @typedef {Item & {uuid?: string, shape?: string, position: Point, rotation?: number}} Area
 * @typedef {Item & {name: string, position: Point, rows: Row[], areas?: Area[]}} Zone
 * @typedef {Item & {name: string, color?: string}} Category
 * @typedef {Item & {zones: Zone[], categories: Category[]}} Plan
 * @typedef {ReadonlySet<string>} Selection  keys of seats and areas
 * @typedef {{key: string, zone: Zone, row: Row, seat: Seat, x: number, y: number}} SeatPlace
 * @typedef {{key: string, zone: Zone, area: Area, x: number, y: number}} AreaPlace
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 * @typedef {{plan: Plan, selection: Set<string>}} Result  what an operation made, and what is selected after it
 */

/** Distances from seat to seat and from row to row where a plan has none yet; as `arrange.py` has them. */
export const SEAT_PITCH = 20;
export const ROW_PITCH = 26;

/** Return true for an area that tickets are sold for; others are only drawn. @param {Area} area */
export function isForSale(area) {
  const extension = extensionOf(area);
  return "capacity" in extension || "category" in extension;
}

/**
 * Return an object with another position, and whatever else its position has.
 * @template {Item} T
 * @param {T} item
 * @param {number} x
 * @param {number} y
 * @returns {T}
 */
export function placed(item, x, y) {
  return { ...item, position: { ...(isObject(item.position) ? item.position : {}), x: round(x), y: round(y) } };
}

/**
 * Open a document: return the plan, whose objects have keys. The document itself is left as it is.
 * @param {Item} document  parsed JSON, completed by the server: seats and areas have ids and positions
 * @returns {Plan}
 */
export function open(document) {
  /** @type {Map<string, number>} */
  const taken = new Map();
  /** @type {(id: unknown, otherwise: string) => string} */
  const keyFor = (id, otherwise) => {
    const stem = typeof id === "string" && id ? id : otherwise;
    let count = (taken.get(stem) ?? 0) + 1;
    let key = count > 1 ? `${stem}#${count}` : stem;
    while (count > 1 && taken.has(key)) key = `${stem}#${++count}`;
    taken.set(stem, count);
    if (key !== stem) taken.set(key, 1);
    return key;
  };
  // Seats and areas first: their keys are their ids, whatever zones and rows are called.
  const withParts = changeList(document, "zones", (zone) => {
    const withSeats = changeList(zone, "rows", (row) =>
      changeList(row, "seats", (seat) => ({ ...seat, [KEY]: keyFor(seat.seat_guid, "seat") })),
    );
    return changeList(withSeats, "areas", (area) => ({ ...area, [KEY]: keyFor(area.uuid, "area") }));
  });
  return /** @type {Plan} */ (
    changeList(withParts, "zones", (zone) => {
      const key = keyFor(zone.uuid, `zone ${zone.name ?? ""}`);
      const withRows = changeList(zone, "rows", (row) => ({
        ...row,
        [KEY]: keyFor(row.uuid, `${key} row ${row.row_number ?? ""}`),
      }));
      return { ...withRows, [KEY]: key };
    })
  );
}

/** Return the plan as JSON text, without keys. @param {Plan} plan */
export function toJson(plan) {
  return JSON.stringify(plan);
}

/** @param {Item} item @returns {string} */
export function keyOf(item) {
  return item[KEY] ?? "";
}

/** Return a fresh id, which serves as the key too. */
export function newId() {
  return crypto.randomUUID();
}

/**
 * Return an object in which the objects of a list are replaced: by another object, by several, or, by null, by
 * none. It is the same object if nothing in it has changed.
 * @template {Item} T
 * @param {T} item
 * @param {string} name
 * @param {(entry: any) => Item | Item[] | null} change
 * @returns {T}
 */
export function changeList(item, name, change) {
  const list = item[name];
  if (!Array.isArray(list)) return item;
  let hasChanged = false;
  const next = [];
  for (const entry of list) {
    const result = isObject(entry) ? change(entry) : entry;
    if (result !== entry) hasChanged = true;
    if (Array.isArray(result)) for (const one of result) next.push(one);
    else if (result !== null || entry === null) next.push(result);
  }
  return hasChanged ? { ...item, [name]: next } : item;
}

/**
 * @param {Plan} plan
 * @param {(zone: Zone) => Zone | null} change
 */
export function changeZones(plan, change) {
  return changeList(plan, "zones", change);
}

/**
 * @param {Plan} plan
 * @param {(row: Row, zone: Zone) => Row | Row[] | null} change
 */
export function changeRows(plan, change) {
  return changeZones(plan, (zone) => changeList(zone, "rows", (row) => change(row, zone)));
}

/**
 * Replace seats; null removes one.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {(seat: Seat, place: SeatPlace) => Seat | null} change
 */
export function changeSeats(plan, keys, change) {
  return changeRows(plan, (row, zone) => {
    const start = startOf(zone, row);
    return changeList(row, "seats", (seat) => {
      const key = keyOf(seat);
      return keys.has(key) ? change(seat, seatPlace(key, zone, row, seat, start)) : seat;
    });
  });
}

/**
 * Replace areas; null removes one.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {(area: Area, place: AreaPlace) => Area | null} change
 */
export function changeAreas(plan, keys, change) {
  return changeZones(plan, (zone) =>
    changeList(zone, "areas", (area) => (keys.has(keyOf(area)) ? change(area, areaPlace(zone, area)) : area)),
  );
}

/**
 * Put seats elsewhere.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {(place: SeatPlace) => Point | undefined} where  the absolute point; undefined leaves the seat where it is
 */
export function placeSeats(plan, keys, where) {
  return changeSeats(plan, keys, (seat, place) => {
    const point = where(place);
    if (!point) return seat;
    const start = startOf(place.zone, place.row);
    const x = round(point.x - start.x);
    const y = round(point.y - start.y);
    const now = pointOf(seat.position);
    return now.x === x && now.y === y ? seat : placed(seat, x, y);
  });
}

/**
 * Put areas elsewhere. The position of an area is the upper left corner of a rectangle before it is turned, the
 * middle of an ellipse, and the origin of a polygon's points.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {(place: AreaPlace) => Point | undefined} where
 */
export function placeAreas(plan, keys, where) {
  return changeAreas(plan, keys, (area, place) => {
    const point = where(place);
    if (!point) return area;
    const start = pointOf(place.zone.position);
    return placed(area, point.x - start.x, point.y - start.y);
  });
}

/** Return where a row's seats count from. @param {Zone} zone @param {Row} row @returns {Point} */
export function startOf(zone, row) {
  const { x, y } = pointOf(zone.position);
  const own = pointOf(row.position);
  return { x: x + own.x, y: y + own.y };
}

/** @type {(key: string, zone: Zone, row: Row, seat: Seat, start: Point) => SeatPlace} */
function seatPlace(key, zone, row, seat, start) {
  const own = pointOf(seat.position);
  return { key, zone, row, seat, x: round(start.x + own.x), y: round(start.y + own.y) };
}

/** @type {(zone: Zone, area: Area) => AreaPlace} */
function areaPlace(zone, area) {
  const start = pointOf(zone.position);
  const own = pointOf(area.position);
  return { key: keyOf(area), zone, area, x: round(start.x + own.x), y: round(start.y + own.y) };
}

/**
 * The seats of the plan that was asked for last: most operations ask several times.
 * @type {{plan?: Plan, places: SeatPlace[]}}
 */
let latest = { places: [] };

/**
 * Return every seat with its absolute position, in the order of the document.
 * @param {Plan} plan
 * @returns {readonly SeatPlace[]}
 */
export function seatsOf(plan) {
  if (latest.plan === plan) return latest.places;
  const places = /** @type {SeatPlace[]} */ ([]);
  for (const zone of listOf(plan, "zones")) {
    for (const row of listOf(zone, "rows")) {
      const start = startOf(zone, row);
      for (const seat of listOf(row, "seats")) places.push(seatPlace(keyOf(seat), zone, row, seat, start));
    }
  }
  latest = { plan, places };
  return places;
}

/**
 * Yield every area, and what is only drawn, with its absolute position.
 * @param {Plan} plan
 * @returns {Generator<AreaPlace>}
 */
export function* areasOf(plan) {
  for (const zone of listOf(plan, "zones")) {
    for (const area of listOf(zone, "areas")) yield areaPlace(zone, area);
  }
}

/**
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {SeatPlace[]}
 */
export function chosenSeats(plan, keys) {
  return seatsOf(plan).filter(({ key }) => keys.has(key));
}

/**
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {AreaPlace[]}
 */
export function chosenAreas(plan, keys) {
  return [...areasOf(plan)].filter(({ key }) => keys.has(key));
}

/**
 * Find a seat (the result has `seat`), an area (`area`), a row (`row`, but no `seat`) or a zone by its key.
 * @param {Plan} plan
 * @param {string} key
 * @returns {{key: string, zone: Zone, row?: Row, seat?: Seat, area?: Area, x: number, y: number} | undefined}
 */
export function find(plan, key) {
  for (const place of seatsOf(plan)) if (place.key === key) return place;
  for (const place of areasOf(plan)) if (place.key === key) return place;
  for (const zone of listOf(plan, "zones")) {
    if (keyOf(zone) === key) return { key, zone, ...pointOf(zone.position) };
    for (const row of listOf(zone, "rows")) if (keyOf(row) === key) return { key, zone, row, ...startOf(zone, row) };
  }
  return undefined;
}

/**
 * Return the box around the centers of seats and the outlines of areas, or null around nothing.
 * @param {Plan} plan
 * @param {Selection} [keys]  of what; everything if left out
 * @returns {Box | null}
 */
export function bounds(plan, keys) {
  const isChosen = (/** @type {{key: string}} */ { key }) => !keys || keys.has(key);
  const corners = [...areasOf(plan)].filter(isChosen).flatMap(cornersOf);
  const box = boxAround([...seatsOf(plan).filter(isChosen), ...corners]);
  return box.left <= box.right ? box : null;
}

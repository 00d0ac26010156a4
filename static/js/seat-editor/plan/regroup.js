/** Says which seats are one row, and which rows and areas are one section. Nothing moves on the plan. */
import { KEY, changeList, changeZones, chosenSeats, keyOf, newId, placed, startOf } from "./document.js";
import { nextLabels } from "./labels.js";
import { relabeled, withNextNumbers } from "./relabel.js";
import { curvedRows } from "./rows.js";
import { changeSection, findSection, floorOf, rowLabels, sectionOf, withAreas, withRows } from "./sections.js";
import { listOf, pointOf, round } from "./values.js";

/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./document.js").Point} Point */
/** @typedef {import("./document.js").Zone} Zone */
/** @typedef {import("./document.js").Row} Row */
/** @typedef {import("./document.js").Seat} Seat */
/** @typedef {import("./document.js").SeatPlace} SeatPlace */
/** @typedef {import("./document.js").Selection} Selection */

/** @typedef {{key: string, x: number, y: number, seat: Seat}} Place */

/** Return seats as they are written in a row that starts there. @type {(places: Place[], start: Point) => Seat[]} */
function seatsAt(places, start) {
  return places.map(({ seat, x, y }) => {
    const now = pointOf(seat.position);
    const [dx, dy] = [round(x - start.x), round(y - start.y)];
    return now.x === dx && now.y === dy ? seat : placed(seat, dx, dy);
  });
}

/** Number a row's seats after others, or from 1, if a number is there twice. @param {Row} row @returns {Row} */
function withoutDoubledNumbers(row) {
  const numbers = listOf(row, "seats").map((seat) => String(seat.seat_number ?? ""));
  if (new Set(numbers).size === numbers.length) return row;
  let number = 0;
  return changeList(row, "seats", (seat) => ({ ...seat, seat_number: String(++number) }));
}

/**
 * Make one row of seats, in the section of the first of them. It keeps the label of its first seat's row if no seat
 * of that row is left outside, else it gets the next one. Numbers are kept if none is doubled by it.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {{label?: string}} [options]
 * @returns {Plan}
 */
export function makeRow(plan, keys, { label } = {}) {
  const chosen = chosenSeats(plan, keys);
  if (!chosen.length) return plan;
  const [{ zone, row: first }] = chosen;
  const isWhole = listOf(first, "seats").every((seat) => keys.has(keyOf(seat)));
  if (isWhole && chosen.every(({ row }) => row === first)) {
    return label === undefined ? plan : replaceRow(plan, first, { ...first, row_number: label });
  }
  const section = sectionOf(zone);
  const isFree = isWhole && !rowsOutside(plan, keys, section).includes(String(first.row_number ?? ""));
  const own = label ?? (isFree ? String(first.row_number ?? "") : nextLabels(rowLabels(plan, section), 1)[0]);
  const places = inLine(plan, chosen);
  const middle = places[Math.floor((places.length - 1) / 2)];
  const start = pointOf(zone.position);
  const base = isWhole ? first : newRow(newId());
  const row = placed({ ...base, row_number: own, seats: seatsAt(places, middle) }, middle.x - start.x, middle.y - start.y);
  const made = withoutDoubledNumbers(row);
  return changeZones(plan, (one) => {
    const next = changeList(one, "rows", (before) => {
      const rest = changeList(before, "seats", (seat) => (keys.has(keyOf(seat)) ? null : seat));
      const left = rest !== before && !rest.seats.length ? [] : [rest];
      return before === first ? [...left, made] : rest === before ? before : left;
    });
    return next !== one && !listOf(next, "rows").length && !listOf(next, "areas").length ? null : next;
  });
}

/**
 * Return the labels of a section's rows that have seats besides these.
 * @type {(plan: Plan, keys: Selection, section: string) => string[]}
 */
function rowsOutside(plan, keys, section) {
  return listOf(plan, "zones")
    .filter((zone) => sectionOf(zone) === section)
    .flatMap((zone) => listOf(zone, "rows"))
    .filter((row) => listOf(row, "seats").some((seat) => !keys.has(keyOf(seat))))
    .map((row) => String(row.row_number ?? ""));
}

/** @param {string} uuid @returns {Row} */
function newRow(uuid) {
  return { uuid, row_number: "", row_number_position: "both", position: { x: 0, y: 0 }, seats: [], [KEY]: uuid };
}

/** @type {(plan: Plan, before: Row, after: Row) => Plan} */
function replaceRow(plan, before, after) {
  return changeZones(plan, (zone) => changeList(zone, "rows", (row) => (row === before ? after : row)));
}

/**
 * Return seats in the order along the line on which they lie, else from left to right.
 * @type {(plan: Plan, chosen: SeatPlace[]) => SeatPlace[]}
 */
function inLine(plan, chosen) {
  const [{ row, zone }] = chosen;
  const seats = chosen.map(({ seat }) => seat);
  const start = startOf(zone, row);
  const one = { ...row, row_number: "", seats: seatsAt(chosen, start) };
  const alone = /** @type {Plan} */ ({ ...plan, zones: [{ ...zone, rows: [one] }] });
  const [found] = curvedRows(alone);
  if (!found?.curve) return [...chosen].sort((a, b) => a.x - b.x || a.y - b.y);
  const order = new Map(found.seats.map(({ key }, index) => [key, index]));
  const sorted = [...chosen].sort((a, b) => (order.get(a.key) ?? 0) - (order.get(b.key) ?? 0));
  const isForward = sorted[0].x < sorted[sorted.length - 1].x || seats.length < 2;
  return isForward ? sorted : sorted.reverse();
}

/**
 * Join the rows of the selected seats, all of each, to one row by section. It is the first of them, whose numbers go
 * on where one is doubled.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {Plan}
 */
export function joinRows(plan, keys) {
  return changeZones(plan, (zone) => {
    const chosen = listOf(zone, "rows").filter((row) => listOf(row, "seats").some((seat) => keys.has(keyOf(seat))));
    if (chosen.length < 2) return zone;
    const [first, ...others] = chosen;
    const start = pointOf(first.position);
    const numbers = new Set(listOf(first, "seats").map((seat) => String(seat.seat_number ?? "")));
    const seats = [...first.seats];
    for (const row of others) {
      const own = pointOf(row.position);
      const numbered = withNextNumbers(row, numbers);
      for (const seat of listOf(numbered, "seats")) {
        const { x, y } = pointOf(seat.position);
        numbers.add(String(seat.seat_number ?? ""));
        seats.push(placed(seat, own.x + x - start.x, own.y + y - start.y));
      }
    }
    const gone = new Set(others);
    return changeList(zone, "rows", (row) => (row === first ? { ...first, seats } : gone.has(row) ? null : row));
  });
}

/**
 * Make rows of their own of the selected seats, by row; they get the next labels of their sections. A row that is
 * selected as a whole stays.
 * @param {Plan} plan
 * @param {Selection} keys
 * @returns {Plan}
 */
export function splitRow(plan, keys) {
  const used = new Map();
  return changeZones(plan, (zone) =>
    changeList(zone, "rows", (row) => {
      const seats = listOf(row, "seats");
      const chosen = seats.filter((seat) => keys.has(keyOf(seat)));
      if (!chosen.length || chosen.length === seats.length) return row;
      const section = sectionOf(zone);
      const labels = used.get(section) ?? rowLabels(plan, section);
      const [label] = nextLabels([...labels, String(row.row_number ?? "")], 1);
      used.set(section, [...labels, label]);
      const uuid = newId();
      const rest = changeList(row, "seats", (seat) => (keys.has(keyOf(seat)) ? null : seat));
      return [rest, { ...row, uuid, row_number: label, seats: chosen, [KEY]: uuid }];
    }),
  );
}

/**
 * Put seats and areas into a section, which is made if there is none of this name. Rows keep their labels if the
 * section has no such rows; part of a row becomes a row there.
 * @param {Plan} plan
 * @param {Selection} keys
 * @param {string} section
 * @param {{floor?: string}} [options]  by default the floor of the section, or else of the first one that is left
 * @returns {Plan}
 */
export function setSection(plan, keys, section, { floor } = {}) {
  const isChosen = (/** @type {any} */ item) => keys.has(keyOf(item));
  const known = findSection(plan, { section, floor });
  const rows = /** @type {Row[]} */ ([]);
  const areas = /** @type {any[]} */ ([]);
  let from = /** @type {string | undefined} */ (undefined);
  const left = changeZones(plan, (zone) => {
    if (zone === known) return zone;
    const { x, y } = pointOf(zone.position);
    const absolute = (/** @type {any} */ item) => placed(item, pointOf(item.position).x + x, pointOf(item.position).y + y);
    const before = rows.length + areas.length;
    const withoutRows = changeList(zone, "rows", (row) => {
      const seats = listOf(row, "seats");
      const chosen = seats.filter(isChosen);
      if (!chosen.length) return row;
      if (chosen.length === seats.length) {
        rows.push(absolute(row));
        return null;
      }
      const uuid = newId();
      rows.push(absolute({ ...row, uuid, seats: chosen, [KEY]: uuid }));
      return changeList(row, "seats", (seat) => (isChosen(seat) ? null : seat));
    });
    const next = changeList(withoutRows, "areas", (area) => {
      if (!isChosen(area)) return area;
      areas.push(absolute(area));
      return null;
    });
    if (rows.length + areas.length > before) from ??= floorOf(zone);
    return next !== zone && !listOf(next, "rows").length && !listOf(next, "areas").length ? null : next;
  });
  if (!rows.length && !areas.length) return plan;
  const target = { section, floor: floor ?? (known ? floorOf(known) : from) };
  const ready = changeSection(left, target, (zone) => zone);
  const zone = /** @type {Zone} */ (findSection(ready, target));
  const { x, y } = pointOf(zone.position);
  const relative = (/** @type {any} */ item) => placed(item, pointOf(item.position).x - x, pointOf(item.position).y - y);
  const labeled = relabeled(ready, zone, rows.map(relative));
  return changeSection(ready, target, (one) => withAreas(withRows(one, labeled), areas.map(relative)));
}

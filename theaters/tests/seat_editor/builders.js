/** Plans to test with, and a seeded generator of chance, so that a failure can be repeated. */
import { open, seatsOf } from "../../../static/js/seat-editor/plan/document.js";

/** @param {number} seed @returns {() => number} numbers from 0 up to 1 */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** @param {() => number} random @param {number} from @param {number} to */
export function whole(random, from, to) {
  return from + Math.floor(random() * (to - from + 1));
}

/** @template T @param {() => number} random @param {T[]} list @returns {T} */
export function pick(random, list) {
  return list[whole(random, 0, list.length - 1)];
}

/** Two rows of three seats in the stalls, a row of two on the balcony, a stage and a standing area. */
export function smallDocument() {
  const seat = (/** @type {string} */ id, /** @type {string} */ number, /** @type {number} */ x) => ({
    seat_guid: id,
    seat_number: number,
    position: { x, y: 0 },
    category: "Front",
  });
  const row = (/** @type {string} */ label, /** @type {number} */ y, /** @type {any[]} */ seats) => ({
    row_number: label,
    position: { x: 0, y },
    seats,
  });
  return {
    name: "Small",
    categories: [
      { name: "Front", color: "#8c2f39" },
      { name: "Rear", color: "#b5762b" },
    ],
    zones: [
      {
        name: "Stalls",
        position: { x: 100, y: 50 },
        rows: [
          row("A", 0, [seat("a1", "1", 0), seat("a2", "2", 20), seat("a3", "3", 40)]),
          row("B", 26, [seat("b1", "1", 0), seat("b2", "2", 20), seat("b3", "3", 40)]),
        ],
        areas: [
          {
            uuid: "stage",
            shape: "rectangle",
            position: { x: -20, y: -50 },
            rectangle: { width: 80, height: 30 },
            text: { text: "Stage", position: { x: 40, y: 15 } },
          },
          {
            uuid: "floor",
            shape: "polygon",
            position: { x: 0, y: 60 },
            rotation: 0,
            polygon: { points: [{ x: 0, y: 0 }, { x: 40, y: 0 }, { x: 40, y: 30 }] },
            marquee: { name: "Floor", category: "Rear", capacity: 100 },
          },
        ],
      },
      { name: "Balcony", position: { x: 100, y: 200 }, rows: [row("A", 0, [seat("c1", "1", 0), seat("c2", "2", 20)])] },
    ],
    size: { width: 400, height: 300 },
  };
}

export function smallPlan() {
  return open(smallDocument());
}

/**
 * Return a document with anything that a file may have: unknown keys everywhere, repeated ids, turned areas, tables.
 * @param {() => number} random
 */
export function anyDocument(random) {
  const number = () => Math.round((random() * 2000 - 500) * 100) / 100;
  const unknown = () => (random() < 0.3 ? { [`x_${whole(random, 0, 9)}`]: pick(random, [null, "?", 4, [1], { deep: {} }]) } : {});
  const position = () => ({ x: number(), y: number(), ...unknown() });
  const categories = ["Front", "Middle", "Rear"].map((name) => ({ name, color: "#8c2f39", ...unknown() }));
  const seat = (/** @type {number} */ index) => ({
    seat_guid: random() < 0.05 ? "same" : `id-${number()}-${index}`,
    seat_number: String(index + 1),
    position: position(),
    category: pick(random, categories).name,
    ...(random() < 0.2 ? { marquee: { [pick(random, ["accessible", "companion", "other"])]: true } } : {}),
    ...unknown(),
  });
  const area = () => {
    const shape = pick(random, ["rectangle", "circle", "ellipse", "polygon", "text"]);
    const measures = {
      rectangle: { width: whole(random, 1, 300), height: whole(random, 1, 200) },
      circle: { radius: whole(random, 1, 100) },
      ellipse: { radius: { x: whole(random, 1, 100), y: whole(random, 1, 100) } },
      polygon: { points: Array.from({ length: whole(random, 3, 7) }, position) },
      text: undefined,
    }[shape];
    return {
      uuid: `area-${whole(random, 0, 3)}`,
      shape,
      position: position(),
      ...(measures ? { [shape]: measures } : {}),
      ...(random() < 0.5 ? { rotation: whole(random, -90, 359) } : {}),
      ...(random() < 0.5 ? { text: { text: "Words", position: position() } } : {}),
      ...(random() < 0.3 ? { marquee: { name: "Floor", category: "Rear", capacity: 20 } } : {}),
      ...unknown(),
    };
  };
  const row = (/** @type {number} */ index) => ({
    row_number: pick(random, ["A", "B", "12", `R${index}`]),
    position: position(),
    seats: Array.from({ length: whole(random, 1, 12) }, (_, at) => seat(at)),
    ...(random() < 0.2 ? { marquee: { table: true } } : {}),
    ...unknown(),
  });
  const zone = (/** @type {number} */ index) => ({
    name: pick(random, ["Stalls", "Balcony", "", `Zone ${index}`]),
    position: position(),
    rows: Array.from({ length: whole(random, 0, 5) }, (_, at) => row(at)),
    ...(random() < 0.7 ? { areas: Array.from({ length: whole(random, 0, 4) }, area) } : {}),
    ...unknown(),
  });
  return {
    name: "Any",
    categories,
    zones: Array.from({ length: whole(random, 1, 4) }, (_, at) => zone(at)),
    size: { width: 900, height: 700 },
    ...unknown(),
  };
}

/** Return a hall of so many seats in rows of 50. @param {number} count */
export function largePlan(count) {
  const rows = Array.from({ length: count / 50 }, (_, row) => ({
    row_number: String(row + 1),
    position: { x: 0, y: row * 26 },
    seats: Array.from({ length: 50 }, (_, seat) => ({
      seat_guid: `s-${row}-${seat}`,
      seat_number: String(seat + 1),
      position: { x: seat * 20, y: 0 },
      category: "Front",
    })),
  }));
  const categories = [{ name: "Front", color: "#8c2f39" }];
  return open({ name: "Large", categories, zones: [{ name: "", position: { x: 0, y: 0 }, rows }] });
}

/** Return some keys of a plan. @param {() => number} random @param {import("../../../static/js/seat-editor/plan/document.js").Plan} plan */
export function someKeys(random, plan) {
  const found = new Set();
  for (const { key } of seatsOf(plan)) if (random() < 0.4) found.add(key);
  return found;
}

/** Return a plan as JSON gives it back, without keys. @param {unknown} plan */
export function plain(plan) {
  return JSON.parse(JSON.stringify(plan));
}

/** Return seats' positions by key. @param {import("../../../static/js/seat-editor/plan/document.js").Plan} plan */
export function points(plan) {
  return Object.fromEntries([...seatsOf(plan)].map(({ key, x, y }) => [key, [x, y]]));
}

/** Return labels as customers read them. @param {import("../../../static/js/seat-editor/plan/document.js").Plan} plan */
export function labels(plan) {
  return [...seatsOf(plan)].map(({ zone, row, seat }) => [zone.name, row.row_number, seat.seat_number].join(" "));
}

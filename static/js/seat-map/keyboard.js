/**
 * Moves around the map by keys. Exactly one seat can be reached by Tab; arrow keys move from seat to seat
 * as the eye would, Home and End along the row, Page Up and Page Down from section to section.
 */

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./draw.js").HallDrawing} HallDrawing */
/** @typedef {import("./pan-zoom.js").PanZoom} PanZoom */

/**
 * Return the seat that lies next in a direction, or null at the edge: near beats straight, but a seat far
 * to the side is never "next".
 * @template {{x: number, y: number, row: unknown}} Place
 * @param {{seats: Map<unknown, Place>, pitch: number}} hall
 * @param {Place} from
 * @param {-1 | 0 | 1} right
 * @param {-1 | 0 | 1} down
 * @returns {Place | null}
 */
export function nextSeat(hall, from, right, down) {
  let best = null;
  let bestCost = Infinity;
  for (const seat of hall.seats.values()) {
    const [dx, dy] = [seat.x - from.x, seat.y - from.y];
    const ahead = right ? dx * right : dy * down;
    const aside = Math.abs(right ? dy : dx);
    if (ahead < hall.pitch * 0.25 || aside > ahead * (right ? 1 : 2.5) + hall.pitch * 0.3) continue;
    // Sideways, the same row counts before distance, even across an aisle.
    const cost = ahead + aside * 2 + (right && seat.row !== from.row ? hall.pitch * 40 : 0);
    if (cost < bestCost) {
      best = seat;
      bestCost = cost;
    }
  }
  return best;
}

/**
 * @param {Hall} hall
 * @param {Seat} from
 * @param {string} key
 * @param {boolean} isFar  with Ctrl held down
 * @returns {Seat | null | undefined}  undefined when the key means nothing here
 */
export function walk(hall, from, key, isFar) {
  const { seats } = from.row;
  const sections = hall.sections.filter((section) => section.rows.length);
  const section = sections.findIndex(({ rows }) => rows.includes(from.row));
  const first = (/** @type {number} */ at) => sections[at]?.rows[0]?.seats[0] ?? null;
  switch (key) {
    case "ArrowRight":
      return nextSeat(hall, from, 1, 0);
    case "ArrowLeft":
      return nextSeat(hall, from, -1, 0);
    case "ArrowDown":
      return nextSeat(hall, from, 0, 1);
    case "ArrowUp":
      return nextSeat(hall, from, 0, -1);
    case "Home":
      return isFar ? first(0) : seats[0];
    case "End":
      return isFar ? (sections.at(-1)?.rows.at(-1)?.seats.at(-1) ?? null) : (seats.at(-1) ?? null);
    case "PageDown":
      return first(section + 1);
    case "PageUp":
      return section > 0 ? first(section - 1) : null;
    default:
      return undefined;
  }
}

/**
 * @param {Hall} hall
 * @param {HallDrawing} drawing
 * @param {PanZoom} view
 * @param {(seat: Seat) => void} onChoose
 * @param {(seat: Seat) => void} onReach  called before a seat gets the focus, whose section may not show its seats yet
 * @returns {(section: number, isFocused: boolean) => void}  moves the position that keys start from to a section
 */
export function listenToKeys(hall, drawing, view, onChoose, onReach) {
  const seatOf = (/** @type {EventTarget | null} */ target) =>
    target instanceof Element && target.hasAttribute("data-seat") ? (hall.seats.get(Number(target.getAttribute("data-seat"))) ?? null) : null;

  const firstOf = (/** @type {Seat[]} */ seats) => seats.find(({ id }) => drawing.choice.stateOf(id) === "free") ?? seats[0];
  let current = firstOf([...hall.seats.values()]);
  if (!current) return () => {};
  drawing.nodes.get(current.id)?.setAttribute("tabindex", "0");

  const start = (/** @type {Seat} */ seat) => {
    drawing.nodes.get(current.id)?.setAttribute("tabindex", "-1");
    current = seat;
    onReach(seat);
    drawing.name(seat.id);
    const node = drawing.nodes.get(seat.id);
    node?.setAttribute("tabindex", "0");
    return node;
  };
  const go = (/** @type {Seat} */ seat) => start(seat)?.focus({ preventScroll: true });

  drawing.svg.addEventListener("keydown", (event) => {
    const seat = seatOf(event.target);
    if (!seat || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onChoose(seat);
      return;
    }
    const next = walk(hall, seat, event.key, event.ctrlKey);
    if (next === undefined) return;
    event.preventDefault();
    if (next) go(next);
  });
  // Listens on the frame: an SVG with a focus listener becomes a tab stop itself, without a name.
  const frame = drawing.svg.parentElement ?? drawing.svg;
  frame.addEventListener("focusin", (event) => {
    const seat = seatOf(event.target);
    if (!seat || !(event.target instanceof Element)) return;
    // A click on a seat moves the position that keys start from.
    if (seat !== current) go(seat);
    if (!event.target.matches(":focus-visible")) return;
    drawing.mark(seat);
    view.reveal(seat.x, seat.y);
    drawing.svg.dispatchEvent(new CustomEvent("seatfocus", { detail: seat }));
  });
  frame.addEventListener("focusout", () => {
    drawing.mark(null);
    drawing.svg.dispatchEvent(new CustomEvent("seatfocus", { detail: null }));
  });
  return (section, isFocused) => {
    const node = start(firstOf(hall.sections[section].rows.flatMap((row) => row.seats)));
    // Shown as what the keys move, though a list's button was pressed by a mouse.
    if (isFocused) node?.focus({ preventScroll: true, focusVisible: true });
  };
}

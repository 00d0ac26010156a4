/**
 * Chooses many seats at once on the counter's map. A box: by dragging with Shift held, or with *Choose a box* pressed by
 * dragging or by two corners. A row: by a double click, or Shift+Enter.
 */
import { element } from "../seat-map/svg.js";
import { formatMoney, gettext, ngettext } from "../seat-map/words.js";
import { areAllChosen, boxBetween, changeSeats, seatsIn } from "./seat-box.js";

/** @typedef {import("../seat-map/hall.js").Seat} Seat */
/** @typedef {import("../seat-map/main.js").SeatPage} SeatPage */
/** @typedef {import("./seat-box.js").Box} Box */

/** Pixels that a pointer may tremble before a press becomes a drag. */
const TREMBLE = 7;
/** Of the distance of two seats: how far the box of two corners reaches beyond their centers. */
const MARGIN = 0.45;

/** @param {SeatPage} page */
export function listenToMany({ hall, choice, drawing, view, say, warn, full }) {
  const { svg } = drawing;
  const { frame } = view;
  const button = document.querySelector("#choose-box");
  const hint = document.querySelector("#choose-box-hint");
  if (!button || !hint) return;
  const drawn = element("rect", { class: "hall__box", "aria-hidden": "true", visibility: "hidden" }, svg.firstElementChild ?? svg);

  const show = (/** @type {Box | null} */ box) => {
    drawn.setAttribute("visibility", box ? "visible" : "hidden");
    if (!box) return;
    const { left, top, right, bottom } = box;
    for (const [key, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) {
      drawn.setAttribute(key, String(value));
    }
  };
  /** @param {Seat[]} seats @param {boolean} [isOut]  whether they are taken out, where that does not follow from them */
  const change = (seats, isOut) => {
    const ids = seats.map(({ id }) => id);
    const { added, removed, left } = changeSeats(choice, ids, isOut);
    warn(left ? full : "");
    const now = {
      tickets: ngettext("%(count)s ticket", "%(count)s tickets", choice.count),
      total: formatMoney(choice.total, hall.currency),
    };
    if (added) {
      say(ngettext("%(count)s seat added. %(tickets)s, %(total)s.", "%(count)s seats added. %(tickets)s, %(total)s.", added, now));
    } else if (removed) {
      say(ngettext("%(count)s seat removed. %(tickets)s, %(total)s.", "%(count)s seats removed. %(tickets)s, %(total)s.", removed, now));
    } else if (!left) say(gettext("No free seats there."));
  };
  const changeBox = (/** @type {Box} */ box) => change(seatsIn(hall.seats.values(), box));
  const rowOf = (/** @type {Seat} */ seat) => [...(hall.runs.get(seat.run)?.values() ?? [])];

  // Two corners

  const isPressed = () => button.getAttribute("aria-pressed") === "true";
  /** @type {Seat | null} */
  let corner = null;
  const setCorner = (/** @type {Seat | null} */ seat) => {
    corner = seat;
    show(seat && boxBetween(seat, seat, hall.pitch * MARGIN));
  };
  const usualHint = hint.textContent;
  const press = (/** @type {boolean} */ isOn) => {
    const words = gettext("Drag across the seats, or choose two corners.");
    button.setAttribute("aria-pressed", String(isOn));
    frame.classList.toggle("is-boxing", isOn);
    setCorner(null);
    hint.textContent = isOn ? words : usualHint;
    say(isOn ? words : "");
  };
  button.addEventListener("click", () => press(!isPressed()));
  const takeCorner = (/** @type {Seat} */ seat) => {
    if (corner) {
      const box = boxBetween(corner, seat, hall.pitch * MARGIN);
      setCorner(null);
      changeBox(box);
    } else {
      setCorner(seat);
      say(gettext("First corner: %(seat)s. Choose the opposite one.", { seat: hall.label(seat) }));
    }
  };
  svg.addEventListener("seatfocus", (event) => {
    const seat = /** @type {CustomEvent<Seat | null>} */ (event).detail;
    if (corner && seat) show(boxBetween(corner, seat, hall.pitch * MARGIN));
  });

  // A press on a seat, which a second one makes a row's

  let wasRowChosen = false;
  svg.addEventListener("seatchoose", (event) => {
    const seat = /** @type {CustomEvent<Seat>} */ (event).detail;
    wasRowChosen = areAllChosen(choice, rowOf(seat).map(({ id }) => id));
    if (!isPressed()) return;
    event.preventDefault();
    takeCorner(seat);
  });
  svg.addEventListener("seatagain", (event) => {
    const seat = /** @type {CustomEvent<Seat>} */ (event).detail;
    if (isPressed()) takeCorner(seat);
    else change(rowOf(seat), wasRowChosen);
  });

  // Keys

  frame.addEventListener(
    "keydown",
    (event) => {
      const seat = event.target instanceof Element ? hall.seats.get(Number(event.target.getAttribute("data-seat"))) : undefined;
      const isAll = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a";
      if (seat && event.key === "Enter" && event.shiftKey) change(rowOf(seat));
      else if (event.key === "Escape" && corner) setCorner(null);
      else if (event.key === "Escape" && isPressed()) press(false);
      // "All" would be every seat to some and the whole page to the browser.
      else if (!isAll) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );

  // Dragging, before the map hears of it and moves

  /** @type {import("./seat-box.js").Point | null} */
  let from = null;
  let isDragging = false;
  const end = () => {
    from = null;
    isDragging = false;
    setCorner(null);
  };
  const boxTo = (/** @type {PointerEvent} */ event, /** @type {import("./seat-box.js").Point} */ start) => {
    const to = view.place(event);
    return boxBetween(view.toMap(start.x, start.y), view.toMap(to.x, to.y));
  };
  /** @type {Record<string, (event: PointerEvent) => void>} */
  const gestures = {
    pointerdown(event) {
      // A second finger moves the map, as ever.
      if (!event.isPrimary) end();
      else if (!event.button && (event.shiftKey || isPressed())) from = view.place(event);
    },
    pointermove(event) {
      if (!from) return;
      event.stopPropagation();
      const { x, y } = view.place(event);
      if (!isDragging && Math.hypot(x - from.x, y - from.y) < TREMBLE) return;
      isDragging = true;
      frame.setPointerCapture(event.pointerId);
      show(boxTo(event, from));
    },
    pointerup(event) {
      if (!from || !isDragging) {
        from = null;
        return;
      }
      event.stopPropagation();
      const box = boxTo(event, from);
      end();
      changeBox(box);
    },
    pointercancel: end,
  };
  for (const [name, listen] of Object.entries(gestures)) {
    frame.addEventListener(name, (event) => listen(/** @type {PointerEvent} */ (event)), { capture: true });
  }
}

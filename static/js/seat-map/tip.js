/** Shows what a seat is and costs beside the pointer, or beside the seat that has the keyboard's focus. */
import { formatMoney } from "./words.js";

/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./draw.js").HallDrawing} HallDrawing */
/** @typedef {import("./pan-zoom.js").PanZoom} PanZoom */

/** Milliseconds that a tip stays after a tap, which has no pointer to follow. */
const STAY = 2600;

export class Tip {
  /**
   * @param {HTMLElement} frame
   * @param {HallDrawing} drawing
   * @param {PanZoom} view
   */
  constructor(frame, drawing, view) {
    this.drawing = drawing;
    this.view = view;
    this.box = document.createElement("div");
    this.box.className = "seat-tip";
    this.box.hidden = true;
    // The seat's accessible name has the same text.
    this.box.setAttribute("aria-hidden", "true");
    this.words = ["seat-tip__place", "seat-tip__category", "seat-tip__prices"].map((className) => {
      const line = document.createElement("p");
      line.className = className;
      this.box.append(line);
      return line;
    });
    frame.append(this.box);
    this.timer = 0;
    /** @type {Seat | null} */
    this.seat = null;
    frame.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "mouse" || event.buttons) return;
      const point = view.place(event);
      const at = view.toMap(point.x, point.y);
      const { hall } = drawing;
      const near = view.pitch < 8 ? null : hall.nearest(at.x, at.y, hall.pitch * 0.5);
      const seat = near && drawing.shown.has(near.row.at) ? near : null;
      if (seat !== this.seat) this.show(seat, true);
    });
    frame.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") this.hide();
    });
    drawing.svg.addEventListener("seatfocus", (event) => this.show(/** @type {CustomEvent<Seat | null>} */ (event).detail, true));
    view.addEventListener("rest", () => this.#place());
    drawing.choice.addEventListener("change", () => {
      if (this.seat) this.#write(this.seat);
    });
  }

  /**
   * @param {Seat | null} seat
   * @param {boolean} [isLasting]
   */
  show(seat, isLasting = false) {
    clearTimeout(this.timer);
    this.seat = seat;
    this.box.hidden = !seat;
    if (!seat) return;
    this.drawing.svg.dispatchEvent(new CustomEvent("seatlook", { detail: seat }));
    this.#write(seat);
    this.#place();
    if (!isLasting) this.timer = window.setTimeout(() => this.hide(), STAY);
  }

  hide() {
    this.show(null);
  }

  /** Say something in the middle of the map for a while. @param {string} words */
  say(words) {
    this.show(null);
    const [first, ...others] = this.words;
    first.textContent = words;
    for (const line of others) line.hidden = true;
    this.box.hidden = false;
    const left = Math.max(8, (this.view.width - this.box.offsetWidth) / 2);
    this.box.style.transform = `translate(${Math.round(left)}px, 8px)`;
    this.timer = window.setTimeout(() => this.hide(), STAY * 2);
  }

  /** @param {Seat} seat */
  #write(seat) {
    const { hall, choice } = this.drawing;
    const state = choice.stateOf(seat.id);
    const [place, category, prices] = this.words;
    category.hidden = false;
    place.textContent = hall.label(seat);
    category.textContent = [hall.category.get(seat.category)?.name, ...hall.remarks(seat), state === "free" ? "" : this.drawing.stateWord(seat.id)]
      .filter(Boolean)
      .join(" · ");
    const offers = state === "free" || state === "chosen" ? hall.offersOf(seat.category) : [];
    prices.textContent = offers
      .map(({ type, amount }) => (offers.length > 1 ? `${type.name} ${formatMoney(amount, hall.currency)}` : formatMoney(amount, hall.currency)))
      .join(" · ");
    prices.hidden = !offers.length;
  }

  #place() {
    if (!this.seat || this.box.hidden) return;
    const { x, y } = this.view.toFrame(this.seat.x, this.seat.y);
    const gap = this.view.pitch * 0.5 + 8;
    const { offsetWidth, offsetHeight } = this.box;
    const left = Math.min(Math.max(8, x - offsetWidth / 2), Math.max(8, this.view.width - offsetWidth - 8));
    const above = y - gap - offsetHeight;
    const top = above >= 4 ? above : y + gap;
    this.box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}

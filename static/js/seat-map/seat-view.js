/**
 * Shows the view from the seat that someone points at, has reached by keys or has chosen, and from the middle of a
 * section that was opened: drawn from the plan, said in words, and as a photo where the theater has one.
 */
import { RESTRICTED_VIEW } from "./hall.js";
import { HEIGHT, WIDTH, lookFrom } from "./sightline.js";
import { element } from "./svg.js";
import { gettext, ngettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./sightline.js").Sightline} Sightline */
/** @typedef {{src: string, srcset: string, alt: string}} Photo */

/** Degrees up to which a seat is in the middle. */
const MIDDLE = 4;
/** Degrees from which a seat is at the side of the stage or behind it. */
const BEYOND = 90;

export class SeatView {
  /**
   * @param {HTMLElement} place
   * @param {Hall} hall
   * @param {boolean} isScreen  whether people look at a screen
   * @param {string} photos  where the photos are
   */
  constructor(place, hall, isScreen, photos) {
    this.place = place;
    this.hall = hall;
    this.isScreen = isScreen;
    /** Photos by section, once they are known. @type {Record<string, Photo>} */
    this.photos = {};
    this.section = "";
    // Not before someone sees where they are shown.
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      void this.#fetchPhotos(photos);
    });
    observer.observe(place);
    this.svg = /** @type {SVGSVGElement} */ (place.querySelector("svg"));
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  }

  /**
   * Show the view from the middle of a section.
   * @param {number} at  its place in the hall
   */
  showSection(at) {
    const { rows, name } = this.hall.sections[at];
    const row = rows[Math.floor(rows.length / 2)];
    const seat = row?.seats[Math.floor(row.seats.length / 2)];
    if (seat) this.#write(seat, name ? gettext("View from the middle: %(section)s", { section: name }) : gettext("View from the middle"));
  }

  /**
   * Show the view from a seat, and return it in words.
   * @param {Seat} seat
   */
  show(seat) {
    return this.#write(seat, gettext("View from the seat: %(seat)s", { seat: this.hall.label(seat) }));
  }

  /**
   * @param {Seat} seat
   * @param {string} title
   */
  #write(seat, title) {
    const { front, metersPerUnit, seats } = this.hall;
    const line = lookFrom({ front, metersPerUnit, all: seats.values() }, seat, ({ row }) => row.at);
    this.place.hidden = !line;
    if (!line) return "";
    const [heading, place] = ["[data-title]", "[data-words]"].map((part) => this.place.querySelector(part));
    const words = describe(line, seat);
    if (heading) heading.textContent = title;
    if (place) place.textContent = words;
    this.#draw(line, seat);
    this.section = seat.row.section;
    this.#showPhoto();
    return words;
  }

  /**
   * @param {Sightline} line
   * @param {Seat} seat
   */
  #draw({ floor, back, frame, figure, heads, isOverOthers }, { flags }) {
    const group = element("g", {});
    const polygon = (/** @type {string} */ name, /** @type {[number, number][]} */ corners) =>
      element("polygon", { class: name, points: corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") }, group);
    element("rect", { class: "seat-view__house", width: WIDTH, height: HEIGHT }, group);
    polygon(this.isScreen ? "seat-view__screen" : "seat-view__wings", frame);
    if (!this.isScreen) {
      polygon("seat-view__floor", floor);
      polygon("seat-view__back", back);
      const [[x, feet], [, head]] = figure;
      const size = (feet - head) / 7;
      element("path", { class: "seat-view__figure", d: `M${x - size} ${feet}L${x} ${head + size * 1.6}L${x + size} ${feet}Z` }, group);
      element("circle", { class: "seat-view__figure", cx: x, cy: head + size * 0.8, r: size * 0.8 }, group);
    }
    if (isOverOthers) element("path", { class: "seat-view__rail", d: `M0 ${HEIGHT * 0.86}H${WIDTH}V${HEIGHT}H0Z` }, group);
    for (const { at: [x, y], radius } of heads) {
      const shoulders = `M${x - radius * 2.4} ${HEIGHT}V${y + radius * 2.4}q0 ${-radius} ${radius * 2.4} ${-radius}t${radius * 2.4} ${radius}V${HEIGHT}Z`;
      element("path", { class: "seat-view__people", d: shoulders }, group);
      element("circle", { class: "seat-view__people", cx: x, cy: y, r: radius }, group);
    }
    // What hides the stage is not in a plan: a post stands for it.
    if (flags & RESTRICTED_VIEW) element("rect", { class: "seat-view__post", x: WIDTH * 0.3, width: WIDTH * 0.07, height: HEIGHT }, group);
    this.svg.replaceChildren(group);
  }

  /** @param {string} address */
  async #fetchPhotos(address) {
    try {
      const response = await fetch(address);
      if (response.ok) this.photos = await response.json();
      this.#showPhoto();
    } catch {
      // The drawing is enough.
    }
  }

  #showPhoto() {
    const image = this.place.querySelector("img");
    if (!image) return;
    const photo = this.photos[this.section];
    image.hidden = !photo;
    if (!photo || image.getAttribute("src") === photo.src) return;
    image.srcset = photo.srcset;
    image.src = photo.src;
    image.alt = photo.alt;
  }
}

/**
 * Say what can be seen from a seat.
 * @param {Sightline} line
 * @param {Seat} seat
 */
function describe({ meters, angle, rows, isOverOthers }, { flags }) {
  const degrees = Math.round(Math.abs(angle));
  const away = Math.max(1, Math.round(meters));
  return [
    ngettext("About %(count)s meter away", "About %(count)s meters away", away),
    degrees >= BEYOND
      ? gettext("beside or behind the stage")
      : degrees <= MIDDLE
        ? gettext("straight ahead")
        : angle < 0
          ? gettext("%(degrees)s° from the left", { degrees })
          : gettext("%(degrees)s° from the right", { degrees }),
    rows
      ? ngettext("%(count)s row in front", "%(count)s rows in front", rows)
      : isOverOthers
        ? gettext("first row, where a rail may be in front")
        : gettext("nothing in front"),
    flags & RESTRICTED_VIEW && gettext("part of the view is hidden"),
  ]
    .filter(Boolean)
    .join(", ");
}

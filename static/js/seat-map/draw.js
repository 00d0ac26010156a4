/**
 * Draws the hall as SVG: what stands in it, its areas, its rows of seats, and each seat's state by shape
 * as well as by color. One path per seat, so that thousands stay smooth; the outlines come from the
 * symbols of `_seat_marks.html`, which the legend shows too.
 */
import { ACCESSIBLE, RESTRICTED_VIEW } from "./hall.js";
import { placeNames } from "./names.js";
import { Outlines, RADIUS, isBright } from "./outlines.js";
import { drawAreas, drawSurroundings } from "./surroundings.js";
import { element } from "./svg.js";
import { formatMoney, gettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./hall.js").Row} Row */
/** @typedef {import("./hall.js").Area} Area */
/** @typedef {import("./hall.js").Shape} Shape */
/** @typedef {import("./choice.js").Choice} Choice */

/** From how many pixels on screen between two seats numbers are readable inside them. */
const NUMBERED_FROM = 30;

export class HallDrawing {
  /**
   * @param {SVGSVGElement} svg
   * @param {Hall} hall
   * @param {Choice} choice
   * @param {string} stageName  what to write where the layout draws no stage of its own
   * @param {boolean} isLarge  a hall whose sections are drawn when they are shown
   */
  constructor(svg, hall, choice, stageName, isLarge) {
    this.svg = svg;
    this.hall = hall;
    this.choice = choice;
    this.isLarge = isLarge;
    /** @type {Map<number, SVGPathElement>} */
    this.nodes = new Map();
    /** @type {Map<number, SVGUseElement>} */
    this.signs = new Map();
    this.unit = hall.pitch * RADIUS;
    svg.style.setProperty("--unit", `${this.unit}px`);
    this.outlines = new Outlines(this.unit);
    this.#color();
    const root = element("g", {});
    drawSurroundings(hall, this.outlines, root, stageName);
    this.areaWords = drawAreas(hall, root);
    this.overview = element("g", {}, root);
    this.grid = element("g", { class: "hall__seats", role: "grid", "aria-multiselectable": "true" }, root);
    this.grid.setAttribute("aria-label", gettext("Seats. Arrow keys move from seat to seat, Enter chooses."));
    // Empty ones, so that sections keep the order of the plan whichever is drawn first.
    this.places = hall.sections.map(() => ["seats", "signs", "names"].map(() => element("g", { display: "none" })));
    this.grid.append(...this.places.map(([seats]) => seats));
    element("g", { class: "hall__signs", "aria-hidden": "true" }, root).append(...this.places.map(([, signs]) => signs));
    this.numbers = element("g", { class: "hall__numbers", "aria-hidden": "true" }, root);
    element("g", { class: "hall__names", "aria-hidden": "true" }, root).append(...this.places.map(([, , names]) => names));
    this.ring = element("circle", { class: "hall__ring", r: hall.pitch * 0.62, "aria-hidden": "true" }, root);
    this.ring.setAttribute("visibility", "hidden");
    if (isLarge) this.showOnly(new Set());
    else {
      this.showOnly(new Set(hall.sections.keys()));
      this.#drawNames(hall.sections.keys());
    }
    svg.replaceChildren(root);
    this.paintAreas();
  }

  /** Color the categories, and highlight one of them, by a style sheet made for this hall. */
  #color() {
    const sheet = new CSSStyleSheet();
    const rules = this.hall.categories.map(
      ({ id, color }) =>
        // Not by a custom property of each seat: with 2,000 of them, styles take the browser two thirds longer.
        `.c${id}:not(.seat){--seat:${color};--on-seat:${isBright(color) ? "#1a1512" : "#fffaf2"}}` +
        `.c${id}.is-free{fill:light-dark(${color},color-mix(in oklab,${color} 84%,#fff6e6));` +
        `stroke:color-mix(in oklab,${color},light-dark(#1a1512,#fff6e6) 38%)}` +
        `.hall[data-only]:not([data-only="${id}"]) .c${id}:not(.is-chosen){opacity:.16}` +
        `.seat-list-view[data-only="${id}"] .seat-chip:not(:has(.c${id}),:has(:checked)){display:none}` +
        `.s${id}{--seat:${color}}` +
        `.hall[data-only="${id}"] .hall__section:not([data-categories~="${id}"]){opacity:.3}`,
    );
    sheet.replaceSync(`@layer pages{${rules.join("")}}`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

  /** Which sections show their seats. @type {Set<number>} */
  shown = new Set();

  /**
   * Show the seats of these sections, and of no others.
   * @param {Set<number>} sections  by their places in the hall
   */
  showOnly(sections) {
    for (const at of this.shown) {
      if (!sections.has(at)) for (const place of this.places[at]) place.setAttribute("display", "none");
    }
    for (const at of sections) {
      if (!this.nodes.has(this.hall.sections[at].rows[0]?.seats[0]?.id)) this.#drawSection(at);
      for (const place of this.places[at]) place.removeAttribute("display");
    }
    this.shown = sections;
    // A grid without rows would mislead screen readers.
    if (sections.size) this.grid.removeAttribute("display");
    else this.grid.setAttribute("display", "none");
  }

  /** @param {number} at */
  #drawSection(at) {
    const { name, rows } = this.hall.sections[at];
    const [group, signs] = this.places[at];
    group.setAttribute("role", "rowgroup");
    if (name) group.setAttribute("aria-label", name);
    const size = this.hall.pitch * 0.58;
    const blank = element("path", { role: "gridcell", tabindex: "-1" });
    for (const row of rows) {
      const rowGroup = element("g", { role: "row" }, group);
      for (const [x, y] of this.hall.rowMarks(row)) {
        const text = element("text", { class: "hall__row", x, y, "font-size": size, "aria-hidden": "true" }, rowGroup);
        text.textContent = row.label;
      }
      for (const seat of row.seats) {
        const node = /** @type {SVGPathElement} */ (blank.cloneNode());
        node.setAttribute("data-seat", String(seat.id));
        this.nodes.set(seat.id, node);
        this.#show(seat, node);
        rowGroup.append(node);
        this.#drawSign(seat, signs);
      }
    }
    if (this.isLarge) {
      // The first view of a section need not wait for words.
      window.setTimeout(() => {
        this.#drawNames([at]);
        for (const row of rows) for (const { id } of row.seats) this.name(id);
      });
    }
    this.svg.dispatchEvent(new CustomEvent("sectiondrawn", { detail: group }));
  }

  /**
   * @param {Seat} seat
   * @param {Element} group
   */
  #drawSign(seat, group) {
    const name = seat.flags & ACCESSIBLE ? "wheelchair" : seat.flags & RESTRICTED_VIEW ? "restricted" : "";
    if (!name) return;
    const size = this.hall.pitch * RADIUS * 1.5;
    const [x, y] = [seat.x - size / 2, seat.y - size / 2];
    const place = { class: `c${seat.category}`, href: `#sign-${name}`, x, y, width: size, height: size };
    this.signs.set(seat.id, element("use", place, group));
    this.#paintSign(seat.id);
  }

  /** Points that the names of sections cover. @type {{x: number, y: number}[]} */
  named = [];

  /**
   * Write the names of sections beside their seats.
   * @param {Iterable<number>} sections  by their places in the hall
   */
  #drawNames(sections) {
    const names = placeNames(this.hall, sections, this.named);
    // A large hall does not change its size when a section is opened.
    if (!this.isLarge) this.#makeRoom(names.map(({ box }) => box));
    for (const { name, section, x, y, turn, size, isOver } of names) {
      const attributes = { class: isOver ? "hall__name hall__name--over" : "hall__name", x, y, "font-size": size };
      const turned = turn ? { ...attributes, transform: `rotate(${turn} ${x} ${y})` } : attributes;
      element("text", turned, this.places[section][2]).textContent = name;
    }
  }

  /**
   * Widen the view for names that reach beyond it, which would be cut off.
   * @param {{left: number, top: number, right: number, bottom: number}[]} boxes
   */
  #makeRoom(boxes) {
    const [x, y, width, height] = this.hall.viewBox;
    const left = Math.min(x, ...boxes.map((box) => box.left));
    const top = Math.min(y, ...boxes.map((box) => box.top));
    const right = Math.max(x + width, ...boxes.map((box) => box.right));
    const bottom = Math.max(y + height, ...boxes.map((box) => box.bottom));
    this.hall.viewBox = [left, top, right - left, bottom - top];
    this.svg.setAttribute("viewBox", this.hall.viewBox.join(" "));
  }

  /** Give each seat its name for screen readers, for which the first view of the map need not wait. */
  nameSeats() {
    for (const id of this.nodes.keys()) this.name(id);
  }

  /**
   * Give a seat its name for screen readers. @param {number} id
   */
  name(id) {
    const seat = this.hall.seats.get(id);
    if (seat) this.nodes.get(id)?.setAttribute("aria-label", this.describe(seat));
  }

  /**
   * Show the state of one seat, and say it. @param {number} id
   */
  paint(id) {
    const node = this.nodes.get(id);
    const seat = this.hall.seats.get(id);
    if (!node || !seat) return;
    this.#show(seat, node);
    this.name(id);
    this.#paintSign(id);
  }

  /**
   * @param {Seat} seat
   * @param {SVGPathElement} node
   */
  #show(seat, node) {
    const state = this.choice.stateOf(seat.id);
    const isGone = state === "taken" || state === "unsold";
    const mark = isGone ? "taken" : state === "chosen" ? state : (this.hall.category.get(seat.category)?.mark ?? "");
    node.setAttribute("class", `seat c${seat.category} is-${state}${this.choice.own.has(seat.id) ? " is-own" : ""}${this.hall.filterClasses(seat)}`);
    // A check is upright wherever the seat faces.
    const turn = state === "chosen" ? 0 : this.hall.turnOf(seat);
    node.setAttribute("d", `M${seat.x} ${seat.y}${this.outlines.path(mark, turn)}`);
    node.setAttribute("aria-selected", String(state === "chosen"));
    if (isGone) node.setAttribute("aria-disabled", "true");
    else node.removeAttribute("aria-disabled");
  }

  /** @param {number} id */
  #paintSign(id) {
    this.signs.get(id)?.setAttribute("visibility", this.choice.stateOf(id) === "free" ? "visible" : "hidden");
  }

  paintAreas() {
    for (const area of this.hall.areas) {
      const free = (this.choice.free.get(area.id) ?? 0) - this.choice.placeCount(area.id);
      const words = free > 0 ? gettext("%(count)s free", { count: free }) : gettext("full");
      const text = this.areaWords.get(area.id);
      if (text) text.textContent = words;
      this.svg.querySelector(`[data-area="${area.id}"]`)?.setAttribute("aria-label", `${area.name}, ${words}`);
    }
  }

  /**
   * Describe a seat in one sentence, for its accessible name.
   * @param {Seat} seat
   */
  describe(seat) {
    const category = this.hall.category.get(seat.category);
    const offer = this.hall.offersOf(seat.category)[0];
    return [
      this.hall.label(seat),
      category?.name,
      offer && formatMoney(offer.amount, this.hall.currency),
      ...this.hall.remarks(seat),
      this.stateWord(seat.id),
    ]
      .filter(Boolean)
      .join(", ");
  }

  /** @param {number} id */
  stateWord(id) {
    return {
      free: gettext("free"),
      taken: gettext("taken"),
      chosen: gettext("chosen"),
      unsold: gettext("not for sale"),
    }[this.choice.stateOf(id)];
  }

  /**
   * Draw the ring around the seat that has the keyboard's focus, or none.
   * @param {Seat | null} seat
   */
  mark(seat) {
    this.ring.setAttribute("visibility", seat ? "visible" : "hidden");
    if (!seat) return;
    this.ring.setAttribute("cx", String(seat.x));
    this.ring.setAttribute("cy", String(seat.y));
  }

  /**
   * Write numbers into the seats in sight once there is room for them.
   * @param {{left: number, top: number, right: number, bottom: number}} sight  in the map's units
   * @param {number} pitchOnScreen  pixels
   */
  number(sight, pitchOnScreen) {
    this.svg.toggleAttribute("data-near", pitchOnScreen >= NUMBERED_FROM);
    if (pitchOnScreen < NUMBERED_FROM) {
      this.numbers.replaceChildren();
      return;
    }
    const size = this.hall.pitch * 0.36;
    const texts = [];
    for (const { id, x, y, number, category, flags, row } of this.hall.seats.values()) {
      if (!this.shown.has(row.at)) continue;
      if (x < sight.left || x > sight.right || y < sight.top || y > sight.bottom) continue;
      if (flags & (ACCESSIBLE | RESTRICTED_VIEW) || this.choice.stateOf(id) !== "free") continue;
      const text = element("text", { class: `hall__number c${category}`, x, y, "font-size": size });
      text.textContent = number;
      texts.push(text);
    }
    this.numbers.replaceChildren(...texts);
  }
}

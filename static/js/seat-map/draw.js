/**
 * Draws the hall as SVG: what stands in it, its areas, its rows of seats, and each seat's state by shape
 * as well as by color. One path per seat, so that thousands stay smooth; the outlines come from the
 * symbols of `_seat_marks.html`, which the legend shows too.
 */
import { ACCESSIBLE, RESTRICTED_VIEW } from "./hall.js";
import { lengthOf, placeNames } from "./names.js";
import { Outlines, RADIUS, extent, isBright, middle } from "./outlines.js";
import { formatMoney, gettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./hall.js").Row} Row */
/** @typedef {import("./hall.js").Area} Area */
/** @typedef {import("./hall.js").Shape} Shape */
/** @typedef {import("./choice.js").Choice} Choice */

const SVG = "http://www.w3.org/2000/svg";
/** From how many pixels on screen between two seats numbers are readable inside them. */
const NUMBERED_FROM = 30;

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | number>} attributes
 * @param {Element} [parent]
 * @returns {SVGElementTagNameMap[K]}
 */
function element(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  parent?.append(node);
  return node;
}

export class HallDrawing {
  /**
   * @param {SVGSVGElement} svg
   * @param {Hall} hall
   * @param {Choice} choice
   * @param {string} stageName  what to write where the layout draws no stage of its own
   */
  constructor(svg, hall, choice, stageName) {
    this.svg = svg;
    this.hall = hall;
    this.choice = choice;
    /** @type {Map<number, SVGPathElement>} */
    this.nodes = new Map();
    /** @type {Map<number, SVGUseElement>} */
    this.signs = new Map();
    /** @type {Map<number, SVGTextElement>} */
    this.areaWords = new Map();
    this.unit = hall.pitch * RADIUS;
    svg.style.setProperty("--unit", `${this.unit}px`);
    this.outlines = new Outlines(this.unit);
    this.#color();
    const root = element("g", {});
    this.#drawSurroundings(root, stageName);
    this.#drawAreas(root);
    this.#drawSeats(root);
    this.#drawSigns(root);
    this.numbers = element("g", { class: "hall__numbers", "aria-hidden": "true" }, root);
    this.#drawNames(root);
    this.ring = element("circle", { class: "hall__ring", r: hall.pitch * 0.62, "aria-hidden": "true" }, root);
    this.ring.setAttribute("visibility", "hidden");
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
        `.hall[data-only]:not([data-only="${id}"]) .c${id}:not(.is-chosen){opacity:.16}`,
    );
    sheet.replaceSync(`@layer pages{${rules.join("")}}`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

  /**
   * @param {Element} root
   * @param {string} stageName
   */
  #drawSurroundings(root, stageName) {
    const group = element("g", { class: "hall__surroundings", "aria-hidden": "true" }, root);
    for (const shape of this.hall.decorations) {
      if (shape.kind === "stage") this.#drawStage(shape, group, stageName);
      else this.#drawShape(shape, group, "hall__shape");
    }
    for (const [x, y] of this.hall.blocked) {
      element("path", { class: "hall__blocked", d: `M${x} ${y}${this.outlines.path("taken", 0)}` }, group);
    }
  }

  /**
   * Draw a stage where the layout has none of its own, its front edge towards the seats.
   * @param {Shape} shape
   * @param {Element} parent
   * @param {string} stageName
   */
  #drawStage({ x, y, rotation, half = 0 }, parent, stageName) {
    const { pitch } = this.hall;
    const group = element("g", { transform: `translate(${x} ${y})rotate(${rotation})` }, parent);
    element(
      "path",
      {
        class: "hall__stage",
        d: `M${-half},0Q0,${-pitch * 1.6} ${half},0L${half * 0.94},${-pitch * 1.7}Q0,${-pitch * 3.2} ${-half * 0.94},${-pitch * 1.7}Z`,
      },
      group,
    );
    const text = element("text", { class: "hall__stage-name", "font-size": pitch * 1.05 }, group);
    // Text must not be upside down.
    text.setAttribute("transform", `translate(0 ${-pitch * 1.35})rotate(${rotation === 180 ? 180 : 0})`);
    text.textContent = stageName;
  }

  /**
   * @param {Shape} shape
   * @param {Element} parent
   * @param {string} className
   */
  #drawShape(shape, parent, className) {
    const { kind, x, y, rotation, width = 0, height = 0, rx = 0, ry = 0, points = [], text } = shape;
    const turn = rotation ? `rotate(${rotation} ${x} ${y})` : "";
    const group = element("g", turn ? { transform: turn } : {}, parent);
    if (kind === "rectangle") {
      const corner = Math.min(width, height) * 0.08;
      element("rect", { class: className, x, y, width, height, rx: corner }, group);
    } else if (kind === "circle" || kind === "ellipse") {
      element("ellipse", { class: className, cx: x, cy: y, rx, ry }, group);
    } else if (kind === "polygon") {
      const corners = points.map(([dx, dy]) => `${x + dx},${y + dy}`).join(" ");
      element("polygon", { class: className, points: corners }, group);
    }
    if (text && className === "hall__shape") {
      const room = kind === "rectangle" ? Math.min(height * 0.42, width / 7, this.hall.pitch * 1.7) : Math.min(rx, ry) * 0.9;
      const size = Math.max(text.size, room) || this.hall.pitch;
      const words = element(
        "text",
        { class: kind === "text" ? "hall__words" : "hall__stage-name", x: x + text.x, y: y + text.y, "font-size": size },
        group,
      );
      words.textContent = text.text;
    }
    return group;
  }

  /** @param {Element} root */
  #drawAreas(root) {
    const group = element("g", { class: "hall__areas" }, root);
    for (const area of this.hall.areas) {
      if (!area.shape) continue;
      const node = this.#drawShape(area.shape, group, `hall__area c${area.category}`);
      node.setAttribute("data-area", String(area.id));
      node.setAttribute("role", "button");
      node.setAttribute("tabindex", "0");
      const [x, y] = middle(area.shape);
      const size = Math.min(this.hall.pitch * 1.9, extent(area.shape) / Math.max(5, lengthOf(area.name) * 1.15));
      const turned = node.getAttribute("transform") ? node : group;
      const name = element("text", { class: "hall__area-name", x, y: y - size * 0.25, "font-size": size }, turned);
      name.textContent = area.name;
      const words = element("text", { class: "hall__area-free", x, y: y + size * 0.95, "font-size": size * 0.6 }, turned);
      this.areaWords.set(area.id, words);
      for (const text of [name, words]) text.setAttribute("aria-hidden", "true");
    }
  }

  /** @param {Element} root */
  #drawSeats(root) {
    const grid = element("g", { class: "hall__seats", role: "grid", "aria-multiselectable": "true" }, root);
    grid.setAttribute("aria-label", gettext("Seats. Arrow keys move from seat to seat, Enter chooses."));
    const size = this.hall.pitch * 0.58;
    const blank = element("path", { role: "gridcell", tabindex: "-1" });
    for (const section of this.hall.sections) {
      const sectionGroup = element("g", { role: "rowgroup" }, grid);
      if (section.name) sectionGroup.setAttribute("aria-label", section.name);
      for (const row of section.rows) {
        const rowGroup = element("g", { role: "row" }, sectionGroup);
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
        }
      }
    }
    this.grid = grid;
  }

  /** @param {Element} root */
  #drawSigns(root) {
    const group = element("g", { class: "hall__signs", "aria-hidden": "true" }, root);
    const size = this.hall.pitch * RADIUS * 1.5;
    for (const seat of this.hall.seats.values()) {
      const name = seat.flags & ACCESSIBLE ? "wheelchair" : seat.flags & RESTRICTED_VIEW ? "restricted" : "";
      if (!name) continue;
      const [x, y] = [seat.x - size / 2, seat.y - size / 2];
      const place = { class: `c${seat.category}`, href: `#sign-${name}`, x, y, width: size, height: size };
      this.signs.set(seat.id, element("use", place, group));
      this.#paintSign(seat.id);
    }
  }

  /** @param {Element} root */
  #drawNames(root) {
    const group = element("g", { class: "hall__names", "aria-hidden": "true" }, root);
    const names = placeNames(this.hall);
    this.#makeRoom(names.map(({ box }) => box));
    for (const { name, x, y, turn, size, isOver } of names) {
      const attributes = { class: isOver ? "hall__name hall__name--over" : "hall__name", x, y, "font-size": size };
      const text = element("text", turn ? { ...attributes, transform: `rotate(${turn} ${x} ${y})` } : attributes, group);
      text.textContent = name;
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
    for (const [id, node] of this.nodes) this.#name(id, node);
  }

  /**
   * @param {number} id
   * @param {SVGPathElement} node
   */
  #name(id, node) {
    const seat = this.hall.seats.get(id);
    if (seat) node.setAttribute("aria-label", this.describe(seat));
  }

  /**
   * Show the state of one seat, and say it. @param {number} id
   */
  paint(id) {
    const node = this.nodes.get(id);
    const seat = this.hall.seats.get(id);
    if (!node || !seat) return;
    this.#show(seat, node);
    this.#name(id, node);
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
    node.setAttribute("class", `seat c${seat.category} is-${state}${this.choice.own.has(seat.id) ? " is-own" : ""}`);
    node.setAttribute("d", `M${seat.x} ${seat.y}${this.outlines.path(mark, this.hall.turnOf(seat))}`);
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
    for (const { id, x, y, number, category, flags } of this.hall.seats.values()) {
      if (x < sight.left || x > sight.right || y < sight.top || y > sight.bottom) continue;
      if (flags & (ACCESSIBLE | RESTRICTED_VIEW) || this.choice.stateOf(id) !== "free") continue;
      const text = element("text", { class: `hall__number c${category}`, x, y, "font-size": size });
      text.textContent = number;
      texts.push(text);
    }
    this.numbers.replaceChildren(...texts);
  }
}

/**
 * Draws the hall as SVG: what stands in it, its areas, its rows of seats, and each seat's state by shape
 * as well as by color. One path per seat, so that thousands stay smooth; the outlines come from the
 * symbols of `_seat_marks.html`, which the legend shows too.
 */
import { ACCESSIBLE, RESTRICTED_VIEW } from "./hall.js";
import { placeNames } from "./names.js";
import { formatMoney, gettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./hall.js").Row} Row */
/** @typedef {import("./hall.js").Area} Area */
/** @typedef {import("./hall.js").Shape} Shape */
/** @typedef {import("./choice.js").Choice} Choice */

const SVG = "http://www.w3.org/2000/svg";
/** Half a seat, as a part of the distance between two seats' centers. */
const RADIUS = 0.41;
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

/** @param {string} name */
function outline(name) {
  return document.querySelector(`#mark-${name} path`)?.getAttribute("d") ?? "";
}

/** @param {string} color  as #rrggbb */
function isBright(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.34;
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
    /** @type {Map<number, string>} */
    this.outlines = new Map(hall.categories.map(({ id, mark }) => [id, outline(mark)]));
    this.chosenOutline = outline("chosen");
    this.takenOutline = outline("taken");
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
  }

  /** Color the categories, and highlight one of them, by a style sheet made for this hall. */
  #color() {
    const sheet = new CSSStyleSheet();
    const rules = this.hall.categories.map(
      ({ id, color }) =>
        `.c${id}{--seat:${color};--on-seat:${isBright(color) ? "#1a1512" : "#fffaf2"}}` +
        `.hall[data-only]:not([data-only="${id}"]) .c${id}:not(.is-chosen){opacity:.16}`,
    );
    sheet.replaceSync(rules.join(""));
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
    const scale = this.hall.pitch * RADIUS;
    for (const [x, y] of this.hall.blocked) {
      element("path", { class: "hall__blocked", d: this.takenOutline, transform: `translate(${x} ${y})scale(${scale})` }, group);
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
      const size = Math.min(this.hall.pitch * 1.9, extent(area.shape) / 5);
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
    for (const section of this.hall.sections) {
      const sectionGroup = element("g", { role: "rowgroup" }, grid);
      if (section.name) sectionGroup.setAttribute("aria-label", section.name);
      for (const row of section.rows) {
        const rowGroup = element("g", { role: "row" }, sectionGroup);
        for (const [x, y] of this.#rowMarks(row)) {
          const text = element("text", { class: "hall__row", x, y, "font-size": size, "aria-hidden": "true" }, rowGroup);
          text.textContent = row.label;
        }
        for (const seat of row.seats) this.#drawSeat(seat, rowGroup);
      }
    }
    this.grid = grid;
  }

  /**
   * Return where to write a row's label: at both ends of a line, at one of a box, not at a table that
   * carries its number itself.
   * @param {Row} row
   */
  #rowMarks({ label, marks, seats }) {
    const { pitch } = this.hall;
    const [xs, ys] = [seats.map(({ x }) => x), seats.map(({ y }) => y)];
    const [width, height] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
    const isCluster = Math.min(width, height) > pitch * 0.6 && Math.max(width, height) < pitch * 3.5;
    if (!isCluster) return marks;
    const isNumbered = this.hall.decorations.some(
      ({ x, y, text }) => text?.text === label && Math.hypot(x + text.x - xs[0], y + text.y - ys[0]) < pitch * 3,
    );
    return isNumbered ? [] : marks.slice(0, 1);
  }

  /**
   * @param {Seat} seat
   * @param {Element} parent
   */
  #drawSeat(seat, parent) {
    const scale = (this.hall.pitch * RADIUS).toFixed(2);
    const turn = this.#turn(seat);
    const node = element(
      "path",
      {
        role: "gridcell",
        tabindex: "-1",
        "data-seat": seat.id,
        transform: `translate(${seat.x} ${seat.y})${turn ? `rotate(${turn})` : ""}scale(${scale})`,
      },
      parent,
    );
    this.nodes.set(seat.id, node);
    this.paint(seat.id);
  }

  /**
   * Return how far the seat is turned along its row, in degrees, so that curved rows look curved. Seats
   * around a table or in a box are not turned.
   * @param {Seat} seat
   */
  #turn(seat) {
    const run = this.hall.runs.get(seat.run);
    const [before, after] = [run?.get(seat.position - 1), run?.get(seat.position + 1)];
    const angles = [
      before && slope(before, seat),
      after && slope(seat, after),
      // At the end of a run, its next two seats show whether it is a line at all.
      before && !after && slope(run?.get(seat.position - 2) ?? before, before),
      after && !before && slope(after, run?.get(seat.position + 2) ?? after),
    ].filter((angle) => typeof angle === "number");
    if (!angles.length || Math.max(...angles) - Math.min(...angles) > 30) return 0;
    const [first, second = first] = angles;
    return Math.round((first + second) / 2);
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

  /**
   * Show the state of one seat. @param {number} id
   */
  paint(id) {
    const node = this.nodes.get(id);
    const seat = this.hall.seats.get(id);
    if (!node || !seat) return;
    const state = this.choice.stateOf(id);
    const isGone = state === "taken" || state === "unsold";
    const shape = { free: this.outlines.get(seat.category) ?? "", chosen: this.chosenOutline, taken: this.takenOutline, unsold: this.takenOutline }[state];
    node.setAttribute("class", `seat c${seat.category} is-${state}${this.choice.own.has(id) ? " is-own" : ""}`);
    node.setAttribute("d", shape);
    node.setAttribute("aria-selected", String(state === "chosen"));
    if (isGone) node.setAttribute("aria-disabled", "true");
    else node.removeAttribute("aria-disabled");
    node.setAttribute("aria-label", this.describe(seat));
    this.#paintSign(id);
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

/**
 * Return the angle of the line through two seats, in degrees between -90 and 90.
 * @param {Seat} a
 * @param {Seat} b
 */
function slope(a, b) {
  const angle = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
  return angle > 90 ? angle - 180 : angle <= -90 ? angle + 180 : angle;
}

/** @param {Shape} shape @returns {[number, number]} */
function middle({ kind, x, y, width = 0, height = 0, points = [] }) {
  if (kind === "rectangle") return [x + width / 2, y + height / 2];
  if (kind !== "polygon" || !points.length) return [x, y];
  const [xs, ys] = [points.map(([dx]) => dx), points.map(([, dy]) => dy)];
  return [x + (Math.min(...xs) + Math.max(...xs)) / 2, y + (Math.min(...ys) + Math.max(...ys)) / 2];
}

/** @param {Shape} shape */
function extent({ kind, width = 0, height = 0, rx = 0, ry = 0, points = [] }) {
  if (kind === "rectangle") return Math.min(width, height * 2);
  if (kind !== "polygon") return Math.min(rx, ry) * 2;
  const [xs, ys] = [points.map(([dx]) => dx), points.map(([, dy]) => dy)];
  return Math.min(Math.max(...xs) - Math.min(...xs), (Math.max(...ys) - Math.min(...ys)) * 2);
}

/**
 * Draws a hall that is too large for its window as sections, each with its name, from what price and how many seats are
 * left, as far as there is room for words; what the visitor has chosen shows as pins.
 */
import { lengthOf } from "./names.js";
import { outlineOf } from "./section-outline.js";
import { element } from "./svg.js";
import { gettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {import("./counts.js").SectionCounts} SectionCounts */
/** @typedef {import("./section-outline.js").Box} Box */
/** @typedef {import("./section-outline.js").Outline} Outline */

/** Seats from which a hall is shown as sections first. */
const MANY = 1500;
/** Pixels between two seats below which a window can't show them. */
export const SMALLEST = 12;
/** Pixels, for the name of a section and for the words below it, and how much larger they get where there is room. */
const NAME = 14;
const WORDS = 12;
const LARGER = 1.5;
const LINE_HEIGHT = 1.3;
const PIN = 6;

/**
 * Return true if the sections of a hall are shown before its seats.
 * @param {Hall} hall
 * @param {number} pitch  pixels between two seats when the whole hall is in view
 */
export function needsOverview(hall, pitch) {
  return hall.sections.length > 1 && (hall.seats.size > MANY || pitch < SMALLEST);
}

export class Overview {
  /**
   * @param {SVGGElement} root
   * @param {Hall} hall
   * @param {Choice} choice
   * @param {SectionCounts} counts
   */
  constructor(root, hall, choice, counts) {
    this.hall = hall;
    this.choice = choice;
    this.counts = counts;
    this.scale = 1;
    /** Sections that show their seats instead. @type {Set<number>} */
    this.open = new Set();
    root.setAttribute("class", "hall__sections");
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", gettext("Sections. Arrow keys move from section to section, Enter opens one."));
    /** @type {Outline[]} */
    this.outlines = hall.sections.map(({ rows }) => outlineOf(rows.flatMap(({ seats }) => seats), hall.pitch));
    this.groups = this.outlines.map((outline, at) => this.#draw(outline, at, root));
    this.groups[0].setAttribute("tabindex", "0");
    this.pins = element("g", { class: "hall__pins", "aria-hidden": "true" }, root);
  }

  /**
   * @param {Outline} outline
   * @param {number} at
   * @param {Element} root
   */
  #draw({ lines }, at, root) {
    const seats = this.hall.sections[at].rows.flatMap((row) => row.seats);
    const categories = this.hall.categories.filter(({ id }) => seats.some(({ category }) => category === id));
    const group = element("g", { class: "hall__section", role: "button", tabindex: "-1", "data-section": at }, root);
    group.setAttribute("data-categories", categories.map(({ id }) => id).join(" "));
    const [main] = categories;
    element("path", { class: `hall__outline s${main?.id}`, d: toPath(lines) }, group);
    for (const { id } of categories.slice(1)) {
      const part = outlineOf(seats.filter(({ category }) => category === id), this.hall.pitch);
      element("path", { class: `hall__part s${id}`, d: toPath(part.lines) }, group);
    }
    element("path", { class: "hall__edge", d: toPath(lines) }, group);
    element("g", { "aria-hidden": "true" }, group);
    return group;
  }

  /**
   * Write all words as large as the map's scale allows.
   * @param {number} scale  pixels of one unit
   */
  layout(scale) {
    this.scale = scale;
    for (const at of this.groups.keys()) this.paint(at);
    this.paintPins();
  }

  /**
   * Show what is left in a section.
   * @param {number} at
   */
  paint(at) {
    const { counts } = this;
    const group = this.groups[at];
    const [name, from, left, chosen] = [counts.name(at), counts.from(at), counts.left(at), counts.chosen(at)];
    const label = [name, from, left, chosen].filter(Boolean).join(", ");
    if (group.getAttribute("aria-label") !== label) group.setAttribute("aria-label", label);
    group.classList.toggle("is-gone", !counts.of(at).free);
    if (!this.open.has(at)) this.#write(at, name, [from, left].filter(Boolean));
  }

  /**
   * @param {number} at
   * @param {string} name
   * @param {string[]} words
   */
  #write(at, name, words) {
    const { block, line, column } = this.outlines[at];
    const place = /** @type {Element} */ (this.groups[at].lastElementChild);
    const factor = (/** @type {{width: number, height: number}} */ room, /** @type {string[]} */ texts) => {
      const width = Math.max(...texts.map((text, index) => lengthOf(text) * (index ? WORDS : NAME)));
      const height = (NAME + WORDS * (texts.length - 1)) * LINE_HEIGHT;
      return Math.min(LARGER, (room.width * this.scale) / width, (room.height * this.scale) / height);
    };
    const all = factor(block, [name, ...words]);
    const two = [name, words.join(" · ")];
    const flat = factor(line, two);
    const alone = factor(line, [name]);
    const upright = factor({ width: column.height, height: column.width }, [name]);
    this.hasWords[at] = Math.max(all, flat) >= 1;
    if (all >= 1) this.#fill(place, block, [name, ...words], all, 0);
    else if (flat >= 1) this.#fill(place, line, two, flat, 0);
    else if (alone >= 1) this.#fill(place, line, [name], alone, 0);
    else if (upright >= 1) this.#fill(place, column, [name], upright, -90);
    else {
      // The number that a name such as "Lower 113" ends in.
      const [, number = ""] = /\s(\S{1,4})$/.exec(name) ?? [];
      const size = WORDS / this.scale;
      const isRoom = number && block.width > lengthOf(number) * size && block.height > size;
      if (isRoom) this.#fill(place, block, [number], WORDS / NAME, 0);
      else place.replaceChildren();
    }
  }

  /** Whether there is room for all words of a section. @type {boolean[]} */
  hasWords = [];

  /**
   * @param {Element} place
   * @param {{x: number, y: number}} middle
   * @param {string[]} texts
   * @param {number} factor
   * @param {number} turn
   */
  #fill(place, { x, y }, texts, factor, turn) {
    const unit = factor / this.scale;
    let top = y - ((NAME + WORDS * (texts.length - 1)) * LINE_HEIGHT * unit) / 2;
    const nodes = texts.map((words, index) => {
      const size = (index ? WORDS : NAME) * unit;
      const node = element("text", { class: index ? "hall__section-words" : "hall__section-name", "font-size": size });
      node.setAttribute("x", String(x));
      node.setAttribute("y", String(top + (size * LINE_HEIGHT) / 2));
      if (turn) node.setAttribute("transform", `rotate(${turn} ${x} ${y})`);
      node.textContent = words;
      top += size * LINE_HEIGHT;
      return node;
    });
    place.replaceChildren(...nodes);
  }

  paintPins() {
    const r = PIN / this.scale;
    const pins = [];
    for (const id of this.choice.seats.keys()) {
      const seat = this.hall.seats.get(id);
      if (seat && !this.open.has(seat.row.at)) pins.push(element("circle", { class: "hall__pin", cx: seat.x, cy: seat.y, r }));
    }
    this.pins.replaceChildren(...pins);
  }

  /**
   * Leave out the sections that show their seats.
   * @param {Set<number>} open  by their places in the hall
   */
  leaveOut(open) {
    for (const [at, group] of this.groups.entries()) {
      if (open.has(at)) group.setAttribute("display", "none");
      else group.removeAttribute("display");
    }
    this.open = open;
    this.paintPins();
  }

  /**
   * Return the part of a section around a point, or nearest to it: a section may lie on both sides of the hall.
   * @param {number} at
   * @param {{x: number, y: number}} point
   * @returns {Box}
   */
  partAt(at, point) {
    const boxes = this.outlines[at].lines.map(boxOf);
    const away = (/** @type {Box} */ { left, top, right, bottom }) =>
      Math.hypot(Math.max(left - point.x, 0, point.x - right), Math.max(top - point.y, 0, point.y - bottom));
    return boxes.reduce((best, box) => (away(box) < away(best) ? box : best));
  }

  /**
   * Return the section that lies next in a direction, or null at the edge.
   * @param {number} from
   * @param {number} right
   * @param {number} down
   */
  next(from, right, down) {
    const { x, y } = this.outlines[from].block;
    let best = null;
    let bestCost = Infinity;
    for (const [at, { block }] of this.outlines.entries()) {
      const [dx, dy] = [block.x - x, block.y - y];
      const ahead = dx * right + dy * down;
      const cost = ahead + 2 * Math.abs(dx * down + dy * right);
      if (at === from || this.open.has(at) || ahead <= 0 || cost >= bestCost) continue;
      best = at;
      bestCost = cost;
    }
    return best;
  }
}

/** @param {[number, number][][]} lines */
function toPath(lines) {
  return lines.map((line) => `M${line.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`).join("");
}

/** @param {[number, number][]} line @returns {Box} */
function boxOf(line) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [x, y] of line) {
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

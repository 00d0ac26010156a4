/**
 * Leads through a hall that is shown as sections first: opens one by click, tap, key, list or address, and returns to
 * all of them by the button, Escape, the browser's way back, or zooming out. Sections in sight that are large enough to
 * show their seats do so as well. The address names the open section.
 */
import { SMALLEST } from "./overview.js";
import { gettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./choice.js").Change} Change */
/** @typedef {import("./counts.js").SectionCounts} SectionCounts */
/** @typedef {import("./draw.js").HallDrawing} HallDrawing */
/** @typedef {import("./overview.js").Overview} Overview */
/** @typedef {import("./pan-zoom.js").PanZoom} PanZoom */

/**
 * What is around the map, and how the page is told.
 * @typedef {object} Surroundings
 * @property {HTMLElement} bar
 * @property {HTMLElement} list
 * @property {boolean} keepsAddress  whether the page's address is its own
 * @property {(words: string) => void} say
 * @property {(at: number, isByKey: boolean) => void} onOpen
 */

/** How far below the scale that a section was opened at zooming out leaves it. */
const LEFT = 0.7;
/** Milliseconds in which the second click on a section means nothing more. */
const DOUBLE_CLICK = 500;
const ARROWS = new Map([
  ["ArrowRight", [1, 0]],
  ["ArrowLeft", [-1, 0]],
  ["ArrowDown", [0, 1]],
  ["ArrowUp", [0, -1]],
]);

export class Sections {
  /**
   * @param {Hall} hall
   * @param {HallDrawing} drawing
   * @param {Overview} overview
   * @param {SectionCounts} counts
   * @param {PanZoom} view
   * @param {Surroundings} surroundings
   */
  constructor(hall, drawing, overview, counts, view, { bar, list, keepsAddress, say, onOpen }) {
    this.hall = hall;
    this.drawing = drawing;
    this.overview = overview;
    this.counts = counts;
    this.view = view;
    this.say = say;
    this.onOpen = onOpen;
    this.bar = bar;
    this.list = list;
    this.keepsAddress = keepsAddress;
    this.#listen();
    this.#write();
  }

  /** The section that the visitor is in. @type {number | null} */
  opened = null;
  openedScale = 1;
  openedAt = -DOUBLE_CLICK;
  timer = 0;

  /** Whether a click belongs to a double click that has opened a section. */
  get isOpening() {
    return performance.now() - this.openedAt < DOUBLE_CLICK;
  }

  #listen() {
    const { svg } = this.drawing;
    const sectionOf = (/** @type {EventTarget | null} */ target) => {
      const group = target instanceof Element ? target.closest("[data-section]") : null;
      return group && svg.contains(group) ? Number(group.getAttribute("data-section")) : null;
    };
    svg.addEventListener("click", (event) => {
      const at = sectionOf(event.target);
      if (at === null || this.view.isDragging) return;
      const { x, y } = this.view.place(event);
      // A click by a screen reader has no place.
      this.open(at, event.detail ? this.view.toMap(x, y) : this.overview.outlines[at].block, !event.detail);
    });
    svg.addEventListener("keydown", (event) => {
      const at = sectionOf(event.target);
      if (at === null || event.altKey || event.metaKey || event.ctrlKey) return;
      const arrow = ARROWS.get(event.key);
      if (arrow) this.#focus(this.overview.next(at, arrow[0], arrow[1]) ?? at);
      else if (event.key === "Enter" || event.key === " ") this.open(at, this.overview.outlines[at].block, true);
      else return;
      event.preventDefault();
    });
    this.view.frame.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.opened === null) return;
      event.preventDefault();
      this.close();
    });
    this.bar.querySelector("[data-all-sections]")?.addEventListener("click", () => this.close());
    this.list.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button) return;
      const at = Number(button.dataset.at);
      this.open(at, this.overview.outlines[at].block, true);
    });
    this.view.addEventListener("rest", () => this.#settle());
    if (!this.keepsAddress) window.addEventListener("popstate", () => this.follow());
    this.drawing.choice.addEventListener("change", (event) => {
      const { seats } = /** @type {CustomEvent<Change>} */ (event).detail;
      for (const at of new Set(seats.map((id) => this.hall.seats.get(id)?.row.at))) {
        if (at !== undefined) this.overview.paint(at);
      }
      this.overview.paintPins();
      this.#write();
    });
  }

  /** Write again what all sections have left and cost. */
  paint() {
    for (const at of this.overview.groups.keys()) this.overview.paint(at);
    this.#write();
  }

  /** Show what the address names. */
  follow() {
    const [, number] = /^#section-(\d+)$/.exec(location.hash) ?? [];
    const at = Number(number) - 1;
    if (this.hall.sections[at]) {
      if (at !== this.opened) this.#show(at, this.overview.outlines[at].block, false);
    } else if (this.opened !== null) this.#leave();
  }

  /**
   * @param {number} at
   * @param {{x: number, y: number}} point  of the map, in the part of the section that is meant
   * @param {boolean} isByKey
   */
  open(at, point, isByKey) {
    if (!this.keepsAddress) {
      const address = `${location.pathname}${location.search}#section-${at + 1}`;
      if (this.opened === null) history.pushState({ ...history.state, isInSection: true }, "", address);
      else history.replaceState(history.state, "", address);
    }
    this.#show(at, point, isByKey);
    this.say([this.counts.name(at), this.counts.from(at), this.counts.left(at)].filter(Boolean).join(", "));
  }

  /** Show the seats of these sections, and move no further: for seats that others propose. @param {Seat[]} seats */
  reach(seats) {
    const missing = seats.map(({ row }) => row.at).filter((at) => !this.drawing.shown.has(at));
    if (missing.length) this.#draw(new Set([...this.drawing.shown, ...missing]));
    if (seats.length && this.opened !== seats[0].row.at) this.#enter(seats[0].row.at);
  }

  /**
   * @param {number} at
   * @param {{x: number, y: number}} point
   * @param {boolean} isByKey
   */
  #show(at, point, isByKey) {
    this.openedAt = performance.now();
    this.#draw(new Set([at]));
    const { box } = this.overview.outlines[at];
    const room = Math.min(this.view.width / (box.right - box.left), this.view.height / (box.bottom - box.top));
    const isWhole = room * this.hall.pitch >= SMALLEST;
    this.view.show(isWhole ? box : this.overview.partAt(at, point), SMALLEST, point);
    this.#enter(at);
    this.onOpen(at, isByKey);
  }

  /** @param {number} at */
  #enter(at) {
    this.opened = at;
    this.openedScale = this.view.scale;
    this.#write();
  }

  /** Return to all sections. */
  close() {
    if (this.opened === null) this.view.fit();
    else if (history.state?.isInSection) history.back();
    else {
      if (!this.keepsAddress) history.replaceState(history.state, "", location.pathname + location.search);
      this.#leave();
    }
  }

  #leave() {
    const from = /** @type {number} */ (this.opened);
    const hadFocus = this.view.frame.contains(document.activeElement) || this.bar.contains(document.activeElement);
    this.opened = null;
    this.#draw(new Set());
    this.view.fit();
    this.overview.layout(this.view.base * this.view.scale);
    this.#write();
    if (hadFocus) this.#focus(from);
    this.say(gettext("All sections"));
  }

  /** @param {number} at */
  #focus(at) {
    for (const group of this.overview.groups) group.setAttribute("tabindex", "-1");
    this.overview.groups[at].setAttribute("tabindex", "0");
    this.overview.groups[at].focus({ preventScroll: true });
  }

  /** @param {Set<number>} shown */
  #draw(shown) {
    clearTimeout(this.timer);
    this.drawing.showOnly(shown);
    this.overview.leaveOut(shown);
    this.drawing.svg.toggleAttribute("data-overview", !shown.size);
  }

  /** Show the seats of all sections in sight, if they can be told apart. */
  #settle() {
    const { view, overview } = this;
    if (this.opened !== null && view.scale < this.openedScale * LEFT && view.pitch < SMALLEST) {
      this.close();
      return;
    }
    const { left, right, top, bottom } = view.sight;
    const isNear = view.pitch >= SMALLEST && (this.opened !== null || view.scale > 1.01);
    const inSight = overview.outlines.flatMap(({ box }, at) =>
      isNear && box.left < right && box.right > left && box.top < bottom && box.bottom > top ? [at] : [],
    );
    const isAway = this.opened === null || (inSight.length && !inSight.includes(this.opened));
    if (inSight.length && isAway) {
      const nearest = this.hall.nearest((left + right) / 2, (top + bottom) / 2, this.hall.pitch);
      this.#enter(nearest?.row.at ?? inSight[0]);
    }
    const wanted = new Set(this.opened === null ? inSight : [this.opened, ...inSight]);
    overview.layout(view.base * view.scale);
    this.#write();
    // One after the other, so that nothing waits for all of them.
    const more = () => {
      const next = [...wanted].find((at) => !this.drawing.shown.has(at));
      if (next === undefined) {
        this.#draw(wanted);
        this.drawing.number(view.sight, view.pitch);
        return;
      }
      this.#draw(new Set([...this.drawing.shown, next]));
      this.timer = window.setTimeout(more);
    };
    clearTimeout(this.timer);
    more();
  }

  /** Write where the visitor is, and a list of the sections where the map has no room for all their words. */
  #write() {
    const { bar, list, opened, counts } = this;
    const [hint, back, place] = ["[data-hint]", "[data-all-sections]", "[data-place]"].map(
      (part) => /** @type {HTMLElement} */ (bar.querySelector(part)),
    );
    hint.hidden = opened !== null;
    back.hidden = place.hidden = opened === null;
    list.hidden = opened !== null || this.overview.hasWords.every(Boolean);
    if (opened !== null) {
      const name = Object.assign(document.createElement("strong"), { dir: "auto", textContent: counts.name(opened) });
      place.replaceChildren(name, ` ${[counts.from(opened), counts.left(opened)].filter(Boolean).join(" · ")}`);
    }
    if (list.hidden) return;
    if (!list.children.length) {
      for (const at of this.hall.sections.keys()) {
        const button = Object.assign(document.createElement("button"), { type: "button" });
        button.dataset.at = String(at);
        const [name, words] = ["strong", "span"].map((tag) => document.createElement(tag));
        name.dir = "auto";
        name.textContent = counts.name(at);
        button.append(name, words);
        list.append(document.createElement("li"));
        list.lastElementChild?.append(button);
      }
    }
    for (const [at, item] of [...list.children].entries()) {
      const words = [counts.from(at), counts.left(at), counts.chosen(at)].filter(Boolean).join(" · ");
      const place_ = /** @type {HTMLElement} */ (item.querySelector("span"));
      if (place_.textContent !== words) place_.textContent = words;
    }
  }
}

/**
 * The same choice as a list: sections that open, rows in them, a checkbox for each seat. It replaces the
 * list that the server wrote, and fills a section when it is first opened.
 */
import { formatMoney, gettext, ngettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {import("./counts.js").SectionCounts} SectionCounts */
/** @typedef {import("./draw.js").HallDrawing} HallDrawing */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function html(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export class SeatList {
  /**
   * @param {HTMLElement} place
   * @param {Hall} hall
   * @param {Choice} choice
   * @param {HallDrawing} drawing
   * @param {SectionCounts} sections
   * @param {(seat: Seat) => void} onChoose
   */
  constructor(place, hall, choice, drawing, sections, onChoose) {
    this.hall = hall;
    this.choice = choice;
    this.sections = sections;
    this.drawing = drawing;
    /** @type {Map<number, HTMLInputElement>} */
    this.boxes = new Map();
    /** @type {Map<number, HTMLElement>} */
    this.counts = new Map();
    const listed = hall.sections.map((section, at) => this.#section(section, at));
    place.replaceChildren(...listed);
    place.addEventListener("toggle", (event) => this.#fill(event.target), true);
    place.addEventListener("change", (event) => {
      const box = event.target;
      if (!(box instanceof HTMLInputElement)) return;
      const seat = hall.seats.get(Number(box.value));
      if (seat) onChoose(seat);
      this.paint(Number(box.value));
    });
    if (listed.length === 1) listed[0].open = true;
    this.count();
  }

  /**
   * @param {{name: string}} section
   * @param {number} at
   */
  #section(section, at) {
    const count = html("span", { class: "soft tabular" });
    this.counts.set(at, count);
    const name = html("span", { class: "seat-list__name", dir: "auto" }, section.name || gettext("All seats"));
    return html("details", { class: "seat-list__section", "data-section": String(at) }, html("summary", {}, name, count));
  }

  /** @param {EventTarget | null} target */
  #fill(target) {
    if (!(target instanceof HTMLDetailsElement) || !target.open || target.childElementCount > 1) return;
    for (const row of this.hall.sections[Number(target.dataset.section)].rows) {
      const label = row.label ? gettext("Row %(row)s", { row: row.label }) : gettext("Seats");
      const seats = html("div", { class: "seat-list__seats" }, ...row.seats.map((seat) => this.#seat(seat)));
      target.append(html("fieldset", { class: "seat-list__row" }, html("legend", {}, label), seats));
    }
  }

  /** @param {Seat} seat */
  #seat(seat) {
    const box = html("input", { type: "checkbox", value: String(seat.id), class: "visually-hidden" });
    this.boxes.set(seat.id, box);
    const category = this.hall.category.get(seat.category);
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    mark.setAttribute("class", `seat-mark c${seat.category}`);
    mark.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `#mark-${category?.mark}`);
    mark.append(use);
    const label = html("label", { class: `seat-chip${this.hall.filterClasses(seat)}` }, box, mark, html("span", { "aria-hidden": "true" }, seat.number));
    this.paint(seat.id);
    return label;
  }

  /** @param {number} id */
  paint(id) {
    const box = this.boxes.get(id);
    const seat = this.hall.seats.get(id);
    if (!box || !seat) return;
    const state = this.choice.stateOf(id);
    box.checked = state === "chosen";
    box.disabled = state === "taken" || state === "unsold";
    box.setAttribute("aria-label", this.drawing.describe(seat));
  }

  count() {
    this.hall.sections.forEach((_section, at) => {
      const { free, usual, lowest } = this.sections.of(at);
      const { currency } = this.hall;
      const seatsFree = ngettext("%(count)s seat free", "%(count)s seats free", free);
      const forParty = this.sections.party.count && free;
      const words = forParty
        ? [seatsFree, this.sections.from(at)].filter(Boolean).join(", ")
        : free
        ? [
            gettext("%(free)s, from %(price)s", { free: seatsFree, price: formatMoney(usual, currency) }),
            ...(lowest < usual ? [gettext("reduced from %(price)s", { price: formatMoney(lowest, currency) })] : []),
          ].join(", ")
        : this.sections.left(at);
      const count = this.counts.get(at);
      if (count && count.textContent !== words) count.textContent = words;
    });
  }
}

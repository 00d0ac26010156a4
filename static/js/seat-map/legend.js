/** The legend: what is left in each category, what a party pays there, and chips that show one kind of place alone. */
import { gettext, ngettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {import("./choice.js").Change} Change */
/** @typedef {import("./party.js").Party} Party */

export class Legend {
  /**
   * @param {Hall} hall
   * @param {Choice} choice
   * @param {Party} party
   */
  constructor(hall, choice, party) {
    this.hall = hall;
    this.choice = choice;
    this.party = party;
    /** Seats that can be chosen. @type {Set<number>} */
    this.free = new Set();
    /** How many of these by category. @type {Map<number, number>} */
    this.seats = new Map();
    this.#count(hall.seats.keys());
    this.paint();
    choice.addEventListener("change", (event) => {
      this.#count(/** @type {CustomEvent<Change>} */ (event).detail.seats);
      this.paint();
    });
    party.addEventListener("change", () => this.paint());
  }

  /** @param {Iterable<number>} ids  of seats whose state may have changed */
  #count(ids) {
    for (const id of ids) {
      const isFree = this.choice.stateOf(id) === "free";
      const category = this.hall.seats.get(id)?.category;
      if (category === undefined || isFree === this.free.has(id)) continue;
      if (isFree) this.free.add(id);
      else this.free.delete(id);
      this.seats.set(category, (this.seats.get(category) ?? 0) + (isFree ? 1 : -1));
    }
  }

  /** Return how many places are left. @param {number} category */
  leftIn(category) {
    let left = this.seats.get(category) ?? 0;
    for (const area of this.hall.areas) {
      if (area.category === category) left += (this.choice.free.get(area.id) ?? 0) - this.choice.placeCount(area.id);
    }
    return left;
  }

  /** Say how many places are left. @param {number} category */
  left(category) {
    const left = this.leftIn(category);
    return left ? ngettext("%(count)s left", "%(count)s left", left) : gettext("sold out");
  }

  paint() {
    for (const node of document.querySelectorAll("[data-left-in]")) {
      const words = this.left(Number(node.getAttribute("data-left-in")));
      if (node.textContent !== words) node.textContent = words;
    }
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-party-in]"))) {
      node.hidden = !this.party.count;
      if (this.party.count) node.textContent = this.party.in(Number(node.dataset.partyIn));
    }
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-single-price]"))) {
      node.hidden = Boolean(this.party.count);
    }
  }
}

/**
 * Let one chip of a kind at a time mark map and list with what it stands for; the style sheets do the rest.
 * @param {string} chips  a selector
 * @param {string} value  the data of a chip that says it
 * @param {string} mark  the data of map and list that takes it
 * @param {(SVGElement | HTMLElement)[]} targets
 * @param {(wanted: string) => void} [onChange]
 */
export function listenToFilter(chips, value, mark, targets, onChange) {
  for (const chip of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(chips))) {
    chip.addEventListener("click", () => {
      const wanted = chip.getAttribute("aria-pressed") === "true" ? "" : (chip.dataset[value] ?? "");
      for (const target of targets) {
        if (wanted) target.dataset[mark] = wanted;
        else delete target.dataset[mark];
      }
      for (const other of document.querySelectorAll(chips)) {
        other.setAttribute("aria-pressed", String(Boolean(wanted) && other === chip));
      }
      onChange?.(wanted);
    });
  }
}

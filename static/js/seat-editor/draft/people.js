/** Gives everyone who is at the draft a color of their own, which they keep while they are here. */

/** @typedef {import("./site.js").Person} Person */

/** Each shows on light and on dark paper, and white words show on it. */
const COLORS = ["#1f72c4", "#b5379a", "#0b7d74", "#b3541e", "#7a5bd0", "#3f7d20"];

export class People {
  /** By their pages. @type {Map<string, string>} */
  #colors = new Map();

  /** @param {Person[]} people  all who are here now */
  meet(people) {
    const pages = new Set(people.map(({ page }) => page));
    for (const page of this.#colors.keys()) if (!pages.has(page)) this.#colors.delete(page);
    for (const page of pages) if (!this.#colors.has(page)) this.#colors.set(page, this.#next());
  }

  #next() {
    const taken = [...this.#colors.values()];
    return COLORS.find((color) => !taken.includes(color)) ?? COLORS[taken.length % COLORS.length];
  }

  /** @param {Person} person */
  colorOf({ page }) {
    return this.#colors.get(page) ?? COLORS[0];
  }
}

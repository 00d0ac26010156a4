/** Knows whether somebody is in the middle of a word: the forms show what has come in, and would lose it. */

/** Whoever has stopped typing for so long has left the field. */
const PAUSE_MS = 20_000;

export class Typing {
  #at = -Infinity;

  /** @param {HTMLElement} page */
  constructor(page) {
    page.addEventListener("input", (event) => {
      const isText = event.target instanceof HTMLInputElement && !["checkbox", "radio", "color"].includes(event.target.type);
      if (isText) this.#at = Date.now();
    });
    for (const end of ["change", "focusout", "submit"]) page.addEventListener(end, () => (this.#at = -Infinity));
  }

  get isOn() {
    return Date.now() - this.#at < PAUSE_MS;
  }
}

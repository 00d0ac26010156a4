/** Tells what happens, in the status line and to screen readers. The page has all sentences, in its language. */

/** @typedef {Record<string, string | [string, string]>} Words */
/** @typedef {Record<string, string | number>} Values */

export class Speaker {
  /**
   * @param {Words} words  a sentence by its name; two where it depends on a `count`
   * @param {HTMLElement} line  a live region
   */
  constructor(words, line) {
    this.words = words;
    this.line = line;
  }

  /**
   * Return a sentence with its values filled in.
   * @param {string} name
   * @param {Values} [values]
   */
  word(name, values = {}) {
    const found = this.words[name] ?? name;
    const text = typeof found === "string" ? found : found[Number(values.count) === 1 ? 0 : 1];
    return text.replace(/%\((\w+)\)s/g, (all, key) => String(values[key] ?? all));
  }

  /** @param {string} name @param {Values} [values] */
  say(name, values) {
    this.tell(this.word(name, values));
  }

  /** @param {string} text */
  tell(text) {
    // The same sentence twice is read twice.
    this.line.textContent = this.line.textContent === text ? `${text}\u00a0` : text;
  }
}

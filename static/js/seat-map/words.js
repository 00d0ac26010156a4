/**
 * Words and amounts in the language of the page. Texts come from Django's catalog for scripts, which
 * the page loads before the modules.
 */

/**
 * @typedef {object} Catalog
 * @property {(text: string) => string} gettext
 * @property {(one: string, many: string, count: number) => string} ngettext
 */

/** @typedef {Record<string, string | number>} Values */

/**
 * @param {string} text
 * @param {Values} values
 */
function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (all, name) => String(values[name] ?? all));
}

/** @returns {Catalog | undefined} */
function catalog() {
  return /** @type {{django?: Catalog}} */ (/** @type {unknown} */ (window)).django;
}

/**
 * Translate `text` and put `values` in place of its `%(name)s`.
 * @param {string} text
 * @param {Values} [values]
 */
export function gettext(text, values = {}) {
  return fill(catalog()?.gettext(text) ?? text, values);
}

/**
 * Translate with the plural form for `count`; `%(count)s` is available.
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @param {Values} [values]
 */
export function ngettext(one, many, count, values = {}) {
  return fill(catalog()?.ngettext(one, many, count) ?? (count === 1 ? one : many), { count, ...values });
}

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();
/** A hall writes thousands of seats at a handful of prices. @type {Map<string, string>} */
const written = new Map();

/**
 * Write an amount in major units as people write it in the page's language.
 * @param {number} amount
 * @param {string} currency
 */
export function formatMoney(amount, currency) {
  const key = `${amount} ${currency}`;
  let words = written.get(key);
  if (words === undefined) {
    let format = formats.get(currency);
    if (!format) {
      format = new Intl.NumberFormat(document.documentElement.lang || "en", { style: "currency", currency });
      formats.set(currency, format);
    }
    words = format.format(amount);
    written.set(key, words);
  }
  return words;
}

/** @param {string[]} parts */
export function joinWords(parts) {
  return new Intl.ListFormat(document.documentElement.lang || "en").format(parts);
}

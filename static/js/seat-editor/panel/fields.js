/** What the forms of the panel have in common. */

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */

/**
 * Show the parts of a form that are for one of these things, and take the others out of it.
 * @param {Element} form
 * @param {ReadonlySet<string>} things
 */
export function showFor(form, things) {
  for (const part of form.querySelectorAll("[data-for]")) {
    const isFor = (part.getAttribute("data-for") ?? "").split(" ").some((name) => things.has(name));
    /** @type {HTMLElement} */ (part).hidden = !isFor;
    const fields = part.matches("button") ? [part] : part.querySelectorAll("input, select");
    for (const field of fields) /** @type {Field} */ (field).disabled = !isFor;
  }
}

/**
 * Return the one value that all share, or undefined.
 * @template T
 * @param {T[]} values
 * @returns {T | undefined}
 */
export function common(values) {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}

/** Fill every choice of a category. @param {import("../scene.js").CategoryMark[]} categories */
export function fillCategories(categories) {
  for (const select of document.querySelectorAll("select[data-categories]")) {
    const field = /** @type {HTMLSelectElement} */ (select);
    const [value, first] = [field.value, field.querySelector('option[value=""]')];
    field.replaceChildren(...(first ? [first] : []), ...categories.map(({ name }) => new Option(name, name)));
    if (categories.some(({ name }) => name === value)) field.value = value;
  }
}

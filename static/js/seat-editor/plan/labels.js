/**
 * How labels are read, and what rows and seats are called next: letters after Z go on with AA, and I and O are left
 * out, as in `arrange.py`.
 */

/** Joiners and non-joiners, which Persian, Malayalam, Sinhala and others need. */
const JOINERS = /[\u200c\u200d]/gu;

/**
 * Return a label as the server reads it: with ordinary spaces only, and without direction marks.
 * @param {string} label
 */
export function plainLabel(label) {
  if (/^[\x00-\x7f]*$/.test(label)) return label.trim();
  const spaced = label.replace(/\p{Zs}/gu, " ").replace(/[^\P{Cf}\u200c\u200d]/gu, "");
  return spaced.replace(/ +/g, " ").trim();
}

/** Return a label as text; a whole number is one, too. @param {unknown} value */
export function text(value) {
  if (Number.isInteger(value)) return String(value);
  return typeof value === "string" ? plainLabel(value) : "";
}

/** Return where a seat is, for the sentence. @param {import("./document.js").SeatPlace} place */
export function placeValues({ zone, row, seat }) {
  return { section: text(zone.name), row: text(row.row_number), number: text(seat.seat_number) };
}

/** Return false for a label that might be markup or can't be printed. @param {string} label */
export function isPlain(label) {
  return !/[<>]/.test(label) && !/[\p{C}\p{Zl}\p{Zp}]/u.test(label.replace(JOINERS, ""));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const SKIPPED_LETTERS = "IO";

/** @param {string} letters  in use @param {string} skip */
function alphabetFor(letters, skip) {
  return [...ALPHABET].filter((letter) => !skip.includes(letter) || letters.includes(letter));
}

/**
 * Return the label that comes so many steps after another: B after A, AA after Z, 13 after 12, Box 4 after Box 3.
 * A label that does not count gets a number. Never goes below A or 1.
 * @param {string} label
 * @param {number} [steps]
 * @param {string} [skip]  letters to leave out, unless the label has them
 */
export function labelAfter(label, steps = 1, skip = SKIPPED_LETTERS) {
  const number = /^(.*?)(\d{1,9})$/su.exec(label);
  if (number) return number[1] + Math.max(Number(number[2]) + steps, 0);
  if (!/^([A-Z]{1,3}|[a-z]{1,3})$/.test(label)) return steps ? `${label} ${steps + 1}`.trim() : label;
  const upper = label.toUpperCase();
  const letters = alphabetFor(upper, skip);
  let index = steps;
  let place = 1;
  for (const letter of [...upper].reverse()) {
    index += (letters.indexOf(letter) + 1) * place;
    place *= letters.length;
  }
  let next = "";
  for (index = Math.max(index, 1); index > 0; index = Math.floor((index - 1) / letters.length)) {
    next = letters[(index - 1) % letters.length] + next;
  }
  return upper === label ? next : next.toLowerCase();
}

/**
 * Return so many labels from one on.
 * @param {number} count
 * @param {{start?: string, skip?: string, step?: number}} [options]
 */
export function labelsFrom(count, { start = "A", skip = SKIPPED_LETTERS, step = 1 } = {}) {
  return Array.from({ length: count }, (_, index) => labelAfter(start, index * step, skip));
}

/** Return how labels of a kind compare: by what stands before the number, or by letters. @param {string} label */
function kindOf(label) {
  const number = /^(.*?)\d+$/su.exec(label);
  if (number) return `${number[1]}1`;
  return /^[A-Z]{1,3}$/.test(label) ? "A" : /^[a-z]{1,3}$/.test(label) ? "a" : label;
}

/** @type {(a: string, b: string) => number} */
function compare(a, b) {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

/** Return labels in the order in which they count: 9 before 10, Z before AA. @param {string[]} labels */
export function sortLabels(labels) {
  return [...labels].sort(compare);
}

/**
 * Return labels for new rows (or numbers for new seats), which follow the highest of the kind that was used last.
 * @param {Iterable<string>} used
 * @param {number} count
 * @param {string} [first]  where nothing is in use yet
 * @returns {string[]}
 */
export function nextLabels(used, count, first = "A") {
  const labels = [...used].filter(Boolean);
  const taken = new Set(labels);
  const last = labels.at(-1);
  let skip = SKIPPED_LETTERS;
  let label = first;
  if (last !== undefined) {
    const kind = kindOf(last);
    const alike = labels.filter((one) => kindOf(one) === kind);
    if (kind === "A" || kind === "a") {
      skip = [...skip].filter((letter) => !alike.some((one) => one.toUpperCase().includes(letter))).join("");
    }
    label = labelAfter(alike.reduce((a, b) => (compare(a, b) >= 0 ? a : b)), 1, skip);
  }
  const found = [];
  for (let steps = 0; found.length < count; steps++) {
    const next = labelAfter(label, steps, skip);
    if (!taken.has(next)) found.push(next);
  }
  return found;
}

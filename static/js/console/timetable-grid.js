// @ts-check
/** The drawn timetable: where its blocks are, which minute a point stands for, and what is said below it. */

/** @returns {HTMLElement | null} */
export const find = () => document.querySelector("#tt");

/**
 * Draw what the server has sent: each block's style holds where it begins and how long it is.
 * @param {HTMLElement} table
 */
export function draw(table) {
  const first = Number(table.dataset.first);
  const span = Number(table.dataset.last) - first;
  table.style.setProperty("--tt-span", String(span));
  for (const block of /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll(".tt-block"))) {
    place(table, block, Number(block.dataset.start));
    block.style.setProperty("--tt-width", `${(Number(block.dataset.length) / 60 / span) * 100}%`);
  }
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll(".tt-part"))) {
    part.style.flexGrow = part.dataset.minutes ?? "0";
  }
  if (table.dataset.make) {
    for (const track of /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll(".tt-track"))) {
      track.dataset.makes = "";
    }
  }
  table.classList.add("tt-drawn");
}

/**
 * @param {HTMLElement} table
 * @param {HTMLElement} block
 * @param {number} start minutes since midnight
 */
export function place(table, block, start) {
  const first = Number(table.dataset.first);
  const span = Number(table.dataset.last) - first;
  block.style.setProperty("--tt-left", `${((start / 60 - first) / span) * 100}%`);
}

/**
 * The minute of the day that a point of a track stands for.
 * @param {HTMLElement} table
 * @param {HTMLElement} track
 * @param {number} x
 * @param {number} step
 */
export function minuteAt(table, track, x, step) {
  const box = track.getBoundingClientRect();
  const first = Number(table.dataset.first);
  const span = Number(table.dataset.last) - first;
  return Math.round((first * 60 + ((x - box.left) / box.width) * span * 60) / step) * step;
}

/** @param {number} minutes */
export function asTime(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/**
 * Show a message where it is seen and read out.
 * @param {string} text
 * @param {{ isWrong?: boolean, url?: string }} [how]
 */
export function say(text, { isWrong = false, url = "" } = {}) {
  const line = /** @type {HTMLElement} */ (document.querySelector("#tt-say"));
  line.textContent = text;
  line.classList.toggle("tt-say--wrong", isWrong);
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = find()?.dataset.textSold ?? "";
    line.append(" ", link);
  }
}

/** Reload the page's table and buttons, one of which undoes the change. */
export async function refresh() {
  const response = await fetch(location.href, { credentials: "same-origin" });
  if (!response.ok) {
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const selector of ["#tt", ".tt-bar"]) {
    const fresh = page.querySelector(selector);
    const old = document.querySelector(selector);
    if (fresh && old) {
      old.replaceWith(fresh);
    }
  }
  const table = find();
  if (table) {
    draw(table);
  }
}

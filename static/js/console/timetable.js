// @ts-check
/** The timetable of the console: draws its lists as blocks along the hours, and lets shows be made and moved there. */
import { moveByPointer } from "./timetable-drag.js";
import { openForm } from "./timetable-form.js";
import { openMenuOf } from "./timetable-menu.js";
import { moveByKeyboard } from "./timetable-move.js";

/** A click makes a show at the quarter of an hour before it. */
const CLICK_STEP = 15;

/** @returns {HTMLElement | null} */
const find = () => document.querySelector("#tt");

/**
 * Draw what the server has sent: the style of each block says where it begins and how long it is.
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
 * Say something where it is seen and read out.
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

/** Read the page anew and show its table and its buttons, of which one undoes what was done. */
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

/** @param {MouseEvent} event */
function makeByClick(event) {
  const table = find();
  const target = /** @type {HTMLElement} */ (event.target);
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest("a[data-tt-dialog]"));
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    void openForm(link.href);
    return;
  }
  const isDrawn = matchMedia("(width >= 64rem)").matches;
  if (!table?.dataset.make || !isDrawn || !target.matches(".tt-track")) {
    return;
  }
  const row = /** @type {HTMLElement} */ (target.closest(".tt-row"));
  const minute = Math.floor(minuteAt(table, target, event.clientX, 1) / CLICK_STEP) * CLICK_STEP;
  const query = { hall: row.dataset.hall ?? "", day: row.dataset.day ?? "", time: asTime(minute % 1440) };
  void openForm(`${table.dataset.make}&${new URLSearchParams(query)}`);
}

const table = find();
if (table) {
  draw(table);
  document.addEventListener("click", makeByClick);
  document.addEventListener("click", openMenuOf);
  document.addEventListener("contextmenu", openMenuOf);
  document.addEventListener("pointerdown", moveByPointer);
  document.addEventListener("keydown", moveByKeyboard);
}

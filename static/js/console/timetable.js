// @ts-check
/** The console's timetable: its lists are drawn as blocks along the hours, where shows are created and moved. */
import { moveByPointer } from "./timetable-drag.js";
import { openForm } from "./timetable-form.js";
import { asTime, draw, find, minuteAt } from "./timetable-grid.js";
import { openMenuOf } from "./timetable-menu.js";
import { moveByKeyboard } from "./timetable-move.js";

/** A click creates a show at the quarter of an hour before it. */
const CLICK_STEP = 15;

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

// @ts-check
/** Moves a show in the timetable: by arrow keys, Enter and Escape, or by dragging its block (timetable-drag.js). */
import { asTime, minuteAt, place, refresh, say } from "./timetable-grid.js";

const STEP = 5;
const LARGE_STEP = 60;
const LAST_MINUTE = 1440 - STEP;

/**
 * The current move, if any.
 * @typedef {object} Move
 * @property {HTMLElement} table
 * @property {HTMLElement} block
 * @property {HTMLElement} home the row that it came from
 * @property {HTMLElement} row the row that it is over
 * @property {number} start minutes since midnight
 * @property {boolean} isShifting the block is just being put into another row, which takes its focus away
 */
/** @type {Move | null} */
let move = null;

/** Whether there is room for blocks along the hours; otherwise they are a list, with a link to move each. */
export const isDrawn = () => matchMedia("(width >= 64rem)").matches;

export const isMoving = () => move !== null;

/** @param {HTMLElement} block */
export function begin(block) {
  const table = /** @type {HTMLElement} */ (block.closest("#tt"));
  for (const clash of table.querySelectorAll(".tt-block--clash")) {
    clash.classList.remove("tt-block--clash");
  }
  const row = /** @type {HTMLElement} */ (block.closest(".tt-row"));
  move = { table, block, home: row, row, start: Number(block.dataset.start), isShifting: false };
  block.classList.add("tt-block--moving");
}

/**
 * @param {Move} move
 * @param {HTMLElement} row
 * @param {number} start
 */
function shift(move, row, start) {
  move.start = Math.min(LAST_MINUTE, Math.max(0, start));
  if (row !== move.row) {
    const hadFocus = move.block.contains(document.activeElement);
    move.isShifting = true;
    move.row = row;
    /** @type {HTMLElement} */ (row.querySelector(".tt-track")).append(move.block);
    if (hadFocus) {
      focus(move.block);
    }
    move.isShifting = false;
  }
  place(move.table, move.block, move.start);
  const { hallName = "", dayName = "" } = row.dataset;
  const text = (move.table.dataset.textAt ?? "")
    .replace("{time}", asTime(move.start))
    .replace("{hall}", hallName)
    .replace("{day}", dayName);
  say(text);
}

/** @param {HTMLElement} block */
function focus(block) {
  /** @type {HTMLElement | null} */ (block.querySelector(".tt-show"))?.focus();
}

/**
 * Put the moving block under a point of the page.
 * @param {number} x of the block's beginning
 * @param {number} y
 */
export function shiftTo(x, y) {
  if (!move) {
    return;
  }
  const rows = /** @type {HTMLElement[]} */ ([...move.table.querySelectorAll(".tt-row")]);
  const over = rows.find((row) => {
    const box = row.getBoundingClientRect();
    return y >= box.top && y < box.bottom;
  });
  const row = over ?? move.row;
  const track = /** @type {HTMLElement} */ (row.querySelector(".tt-track"));
  shift(move, row, minuteAt(move.table, track, x, STEP));
}

/**
 * Leave the show where it was.
 * @param {{ isSaid?: boolean }} [how] whether it is told, to somebody who meant it
 */
export function giveUp({ isSaid = false } = {}) {
  const given = move;
  if (!given) {
    return;
  }
  const hadFocus = given.block.contains(document.activeElement);
  move = null;
  /** @type {HTMLElement} */ (given.home.querySelector(".tt-track")).append(given.block);
  place(given.table, given.block, Number(given.block.dataset.start));
  given.block.classList.remove("tt-block--moving");
  if (hadFocus) {
    focus(given.block);
  }
  if (isSaid) {
    say(given.table.dataset.textGone ?? "");
  }
}

export async function keep() {
  const kept = move;
  if (!kept) {
    return;
  }
  if (kept.row === kept.home && kept.start === Number(kept.block.dataset.start)) {
    giveUp();
    say("");
    return;
  }
  const body = new URLSearchParams({
    hall: kept.row.dataset.hall ?? "",
    day: kept.row.dataset.day ?? "",
    time: asTime(kept.start),
  });
  const token = /** @type {HTMLInputElement} */ (document.querySelector("#tt-token [name=csrfmiddlewaretoken]")).value;
  // No longer moving, so that leaving the block while waiting for the server does not cancel the move.
  move = null;
  try {
    const response = await fetch(kept.block.dataset.move ?? "", {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    const answer = await response.json();
    if (response.ok) {
      await refresh();
      say(answer.message);
    } else {
      move = kept;
      giveUp();
      say(answer.message, { isWrong: true, url: answer.url });
      for (const pk of answer.clashes ?? []) {
        kept.table.querySelector(`.tt-block[data-pk="${pk}"]`)?.classList.add("tt-block--clash");
      }
    }
  } catch {
    move = kept;
    giveUp();
    say(kept.table.dataset.textFailed ?? "", { isWrong: true });
  }
  const block = document.querySelector(`.tt-block[data-pk="${kept.block.dataset.pk}"]`);
  if (block instanceof HTMLElement) {
    focus(block);
  }
}

/** @param {KeyboardEvent} event */
export function moveByKeyboard(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const block = /** @type {HTMLElement | null} */ (target.closest(".tt-block[data-move]"));
  if (!block || !target.matches(".tt-show") || !isDrawn() || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    if (!move) {
      begin(block);
      target.addEventListener("blur", leave);
    }
    if (move) {
      step(move, event);
    }
  } else if (move && event.key === "Enter") {
    event.preventDefault();
    void keep();
  } else if (move && event.key === "Escape") {
    event.preventDefault();
    giveUp({ isSaid: true });
  }
}

/**
 * @param {Move} move
 * @param {KeyboardEvent} event
 */
function step(move, event) {
  const width = event.shiftKey ? LARGE_STEP : STEP;
  const rows = /** @type {HTMLElement[]} */ ([...move.table.querySelectorAll(".tt-row")]);
  const at = rows.indexOf(move.row);
  const isBackward = getComputedStyle(move.table).direction === "rtl";
  switch (event.key) {
    case "ArrowLeft":
      return shift(move, move.row, move.start - (isBackward ? -width : width));
    case "ArrowRight":
      return shift(move, move.row, move.start + (isBackward ? -width : width));
    case "ArrowUp":
      return shift(move, rows[Math.max(0, at - 1)], move.start);
    default:
      return shift(move, rows[Math.min(rows.length - 1, at + 1)], move.start);
  }
}

/** @param {FocusEvent} event */
function leave(event) {
  if (move && !move.isShifting && move.block.contains(/** @type {Node} */ (event.target))) {
    giveUp({ isSaid: true });
  }
  if (!move) {
    event.target?.removeEventListener("blur", /** @type {EventListener} */ (leave));
  }
}

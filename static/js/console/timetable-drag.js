// @ts-check
/**
 * Drags a show's block: with a mouse or pen at once, by touch after a long press, since a finger that
 * moves at once means to scroll. A long press without moving opens the menu.
 */
import { openMenu } from "./timetable-menu.js";
import { begin, giveUp, isDrawn, isMoving, keep, shiftTo } from "./timetable-move.js";

/** How far a pointer moves before a press is a drag, and how far a resting finger may tremble. */
const THRESHOLD = 4;
const TREMBLE = 10;
const LONG_PRESS = 400;
/** How near the window's upper or lower edge the page scrolls along, and by how much for each move. */
const EDGE = 48;
const SCROLL_STEP = 12;

/** @param {PointerEvent} event */
export function moveByPointer(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const block = /** @type {HTMLElement | null} */ (target.closest?.(".tt-block[data-move]"));
  if (!block || event.button !== 0 || !event.isPrimary || !isDrawn() || isMoving() || target.closest("button")) {
    return;
  }
  const { clientX, clientY, pointerId } = event;
  const isFinger = event.pointerType === "touch";
  let isCarried = !isFinger;
  // Where the block was grabbed.
  const grip = clientX - block.getBoundingClientRect().left;
  const listening = new AbortController();
  const press = isFinger ? setTimeout(lift, LONG_PRESS) : 0;
  // Touch events belong to the element touched first, which the drag takes out of its row.
  if (target.hasPointerCapture?.(pointerId)) {
    target.releasePointerCapture(pointerId);
  }

  function lift() {
    begin(/** @type {HTMLElement} */ (block));
    navigator.vibrate?.(15);
  }

  /** @param {PointerEvent} at */
  function drag(at) {
    if (at.pointerId !== pointerId) {
      return;
    }
    const way = Math.hypot(at.clientX - clientX, at.clientY - clientY);
    if (!isMoving()) {
      if (isFinger && way > TREMBLE) {
        end();
      } else if (!isFinger && way >= THRESHOLD) {
        begin(/** @type {HTMLElement} */ (block));
      }
    }
    isCarried ||= way > TREMBLE;
    if (isMoving() && isCarried) {
      shiftTo(at.clientX - grip, at.clientY);
      if (at.clientY < EDGE || at.clientY > innerHeight - EDGE) {
        scrollBy(0, at.clientY < EDGE ? -SCROLL_STEP : SCROLL_STEP);
      }
    }
  }

  function end() {
    clearTimeout(press);
    listening.abort();
  }

  /** @param {PointerEvent} at */
  function drop(at) {
    if (at.pointerId !== pointerId) {
      return;
    }
    end();
    if (isMoving()) {
      // The click that follows a drag would open the show.
      addEventListener("click", stop, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", stop, { capture: true }));
      if (isCarried) {
        void keep();
      } else {
        giveUp();
        openMenu(/** @type {HTMLElement} */ (block));
      }
    }
  }

  function cancel() {
    end();
    giveUp();
  }

  /** @param {KeyboardEvent} key */
  function escape(key) {
    if (key.key === "Escape" && isMoving()) {
      key.stopPropagation();
      end();
      giveUp({ isSaid: true });
    }
  }

  /** @param {Event} scroll */
  function holdStill(scroll) {
    if (isMoving() && scroll.cancelable) {
      scroll.preventDefault();
    }
  }

  /** @param {Event} menu */
  function noMenu(menu) {
    if (isFinger) {
      menu.preventDefault();
      menu.stopPropagation();
    }
  }

  const { signal } = listening;
  document.addEventListener("pointermove", drag, { signal });
  document.addEventListener("pointerup", drop, { signal });
  document.addEventListener("pointercancel", cancel, { signal });
  document.addEventListener("keydown", escape, { signal, capture: true });
  // Touch events go to the touched element, wherever it moves; the page must not scroll under them.
  target.addEventListener("touchmove", holdStill, { signal, passive: false });
  document.addEventListener("contextmenu", noMenu, { signal, capture: true });
  // The browser itself would drag a link on a long press, which takes the pointer away.
  document.addEventListener("dragstart", stop, { signal, capture: true });
}

/** @param {Event} event */
function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Turns what mouse, pen and fingers do on the canvas into what tools understand. One finger or the first button works,
 * two fingers and the middle button move the view; the wheel zooms.
 */

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").Point} Point */

/**
 * @typedef {object} Touch
 * @property {Point} point  of the plan
 * @property {Point} pixel
 * @property {boolean} isTouch
 * @property {boolean} isAdding  with Shift, Ctrl or Command held down
 * @property {boolean} isFree  with Alt held down: nothing snaps
 */

/**
 * @typedef {object} Tool
 * @property {string} [cursor]
 * @property {(touch: Touch) => void} [down]
 * @property {(touch: Touch, start: Touch) => void} [drag]
 * @property {(touch: Touch, start: Touch) => void} [drop]  after a drag
 * @property {(touch: Touch) => void} [tap]  down and up at one place
 * @property {(touch: Touch) => void} [doubletap]
 * @property {(touch: Touch) => void} [hover]
 * @property {() => void} [cancel]
 * @property {() => boolean} [finish]  what was begun by several taps; false if nothing was
 * @property {(context: CanvasRenderingContext2D, pixel: number, theme: import("./canvas.js").Theme) => void} [paint]
 */

/** Pixels that a hand may tremble before a tap becomes a drag. */
const TREMBLE = { mouse: 3, touch: 8 };
const DOUBLE_TAP_MS = 350;

/**
 * @param {HTMLElement} frame
 * @param {View} view
 * @param {() => Tool} tool  that is in use
 * @param {() => boolean} isPanning  whether one pointer moves the view, too
 */
export function listenToPointers(frame, view, tool, isPanning) {
  /** @type {Map<number, Point>} */
  const pointers = new Map();
  /** @type {Touch | null} */
  let start = null;
  let isDragging = false;
  let isMovingView = false;
  let last = { at: -DOUBLE_TAP_MS, x: 0, y: 0 };

  const pixelOf = (/** @type {MouseEvent} */ event) => {
    const edge = frame.getBoundingClientRect();
    return { x: event.clientX - edge.left, y: event.clientY - edge.top };
  };
  const touchOf = (/** @type {PointerEvent} */ event) => {
    const pixel = pixelOf(event);
    return {
      pixel,
      point: view.toPlan(pixel),
      isTouch: event.pointerType === "touch",
      isAdding: event.shiftKey || event.ctrlKey || event.metaKey,
      isFree: event.altKey,
    };
  };

  frame.addEventListener("pointerdown", (event) => {
    if (event.button > 1) return;
    frame.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, pixelOf(event));
    if (pointers.size > 1) {
      if (isDragging) tool().cancel?.();
      isMovingView = true;
      isDragging = false;
      return;
    }
    start = touchOf(event);
    isDragging = false;
    isMovingView = event.button === 1 || isPanning();
    if (!isMovingView) tool().down?.(start);
  });

  frame.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before || !start) {
      tool().hover?.(touchOf(event));
      return;
    }
    const touch = touchOf(event);
    const { pixel } = touch;
    pointers.set(event.pointerId, pixel);
    if (isMovingView) {
      moveView(view, [...pointers].find(([id]) => id !== event.pointerId)?.[1], before, pixel);
      return;
    }
    const tremble = touch.isTouch ? TREMBLE.touch : TREMBLE.mouse;
    if (!isDragging && Math.hypot(pixel.x - start.pixel.x, pixel.y - start.pixel.y) < tremble) return;
    isDragging = true;
    tool().drag?.(touch, start);
  });

  const end = (/** @type {PointerEvent} */ event) => {
    if (!pointers.delete(event.pointerId) || pointers.size) return;
    const [touch, began] = [touchOf(event), start];
    start = null;
    if (!began || isMovingView) return;
    if (event.type !== "pointerup") tool().cancel?.();
    else if (isDragging) tool().drop?.(touch, began);
    else {
      const isDouble = event.timeStamp - last.at < DOUBLE_TAP_MS && Math.hypot(touch.pixel.x - last.x, touch.pixel.y - last.y) < 12;
      last = { at: isDouble ? -DOUBLE_TAP_MS : event.timeStamp, ...touch.pixel };
      if (isDouble) tool().doubletap?.(touch);
      else tool().tap?.(touch);
    }
    isDragging = false;
  };
  frame.addEventListener("pointerup", end);
  frame.addEventListener("pointercancel", end);

  frame.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 16 : 1;
      if (event.shiftKey) view.pan(-(event.deltaX || event.deltaY) * unit, 0);
      else view.zoom(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.012 : 0.0018)), pixelOf(event));
    },
    { passive: false },
  );
}

/**
 * @param {View} view
 * @param {Point | undefined} other  the second finger
 * @param {Point} before
 * @param {Point} now
 */
function moveView(view, other, before, now) {
  if (!other) {
    view.pan(now.x - before.x, now.y - before.y);
    return;
  }
  view.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  const factor = Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(before.x - other.x, before.y - other.y) || 1);
  view.zoom(factor, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
}

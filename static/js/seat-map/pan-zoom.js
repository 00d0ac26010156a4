/**
 * Moves the map in its window: by wheel, drag, pinch, double tap, buttons and keys. The drawing itself is
 * never touched: one transform moves it as a picture while a gesture lasts, and the browser draws it
 * sharp again once it rests.
 */

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {{x: number, y: number}} Point */

/** On screen, pixels between two seats: the closest that makes sense. */
const CLOSEST = 62;
/** Pixels at the window's edges where the seat with the keyboard's focus may not lie. */
const EDGE = 120;
/** Pixels that a finger may tremble before a tap becomes a drag. */
const TREMBLE = 7;
const STEP = 1.6;
/** Milliseconds without movement after which the map is at rest. */
const REST = 160;
const DOUBLE_TAP = 320;
/** Milliseconds after which a scrolled page is at rest. */
const SCROLLING = 350;

export class PanZoom extends EventTarget {
  /**
   * @param {HTMLElement} frame
   * @param {SVGSVGElement} svg
   * @param {Hall} hall
   */
  constructor(frame, svg, hall) {
    super();
    this.frame = frame;
    this.svg = svg;
    this.hall = hall;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    /** @type {Map<number, Point>} */
    this.pointers = new Map();
    this.isDragging = false;
    this.rest = 0;
    this.frameRequest = 0;
    this.scrolledAt = -SCROLLING;
    this.lastTap = { at: 0, x: 0, y: 0 };
    this.#measure();
    new ResizeObserver(() => this.#measure()).observe(frame);
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      frame.addEventListener(end, (event) => this.#up(/** @type {PointerEvent} */ (event)));
    }
    window.addEventListener("scroll", (event) => {
      this.scrolledAt = event.timeStamp;
    });
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Pixels on screen between two neighboring seats. */
  get pitch() {
    return this.hall.pitch * this.base * this.scale;
  }

  get closest() {
    return Math.max(2, CLOSEST / (this.hall.pitch * this.base));
  }

  #measure() {
    const { clientWidth, clientHeight } = this.frame;
    if (!clientWidth || !clientHeight) return;
    const [left, top, width, height] = this.svg.viewBox.baseVal
      ? [this.svg.viewBox.baseVal.x, this.svg.viewBox.baseVal.y, this.svg.viewBox.baseVal.width, this.svg.viewBox.baseVal.height]
      : this.hall.viewBox;
    this.width = clientWidth;
    this.height = clientHeight;
    this.base = Math.min(clientWidth / width, clientHeight / height);
    this.left = (clientWidth - width * this.base) / 2 - left * this.base;
    this.top = (clientHeight - height * this.base) / 2 - top * this.base;
    this.box = { left, top, width, height };
    this.#apply();
    this.#settle();
  }

  base = 1;
  left = 0;
  top = 0;
  width = 1;
  height = 1;
  box = { left: 0, top: 0, width: 1, height: 1 };

  /**
   * Return the map's point under a point of the frame.
   * @param {number} x  pixels from the frame's left edge
   * @param {number} y
   */
  toMap(x, y) {
    return {
      x: ((x - this.x) / this.scale - this.left) / this.base,
      y: ((y - this.y) / this.scale - this.top) / this.base,
    };
  }

  /**
   * Return where a point of the map is in the frame, in pixels.
   * @param {number} x
   * @param {number} y
   */
  toFrame(x, y) {
    return {
      x: (x * this.base + this.left) * this.scale + this.x,
      y: (y * this.base + this.top) * this.scale + this.y,
    };
  }

  /** @param {MouseEvent} event @returns {Point} */
  place(event) {
    // Measured once per gesture: measuring in each frame would force a layout each time.
    if (!this.pointers.size) this.edge = this.frame.getBoundingClientRect();
    return { x: event.clientX - this.edge.left, y: event.clientY - this.edge.top };
  }

  edge = { left: 0, top: 0 };

  fit() {
    this.#glide();
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.#apply();
  }

  /**
   * @param {number} factor
   * @param {Point} [around]  pixels in the frame; its middle without
   */
  zoom(factor, around = { x: this.width / 2, y: this.height / 2 }) {
    const scale = Math.min(this.closest, Math.max(1, this.scale * factor));
    const by = scale / this.scale;
    this.x = around.x - (around.x - this.x) * by;
    this.y = around.y - (around.y - this.y) * by;
    this.scale = scale;
    this.#apply();
  }

  /** @param {number} factor @param {Point} [around] */
  zoomSmoothly(factor, around) {
    this.#glide();
    this.zoom(factor, around);
  }

  /**
   * Bring a box of the map into the frame as large as seats may be, but at least with `pitch` pixels
   * between two seats around `point`.
   * @param {{left: number, top: number, right: number, bottom: number}} box  in the map's units
   * @param {number} pitch
   * @param {Point} point  in the map's units
   */
  show(box, pitch, point) {
    this.#glide();
    const room = Math.min(
      this.width / ((box.right - box.left) * this.base),
      this.height / ((box.bottom - box.top) * this.base),
    );
    const needed = pitch / (this.hall.pitch * this.base);
    this.scale = Math.min(this.closest, Math.max(1, room, needed));
    const center = room >= needed ? { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 } : point;
    this.x = this.width / 2 - (center.x * this.base + this.left) * this.scale;
    this.y = this.height / 2 - (center.y * this.base + this.top) * this.scale;
    this.#apply();
  }

  /**
   * Move just far enough to bring a point of the map into view.
   * @param {number} x
   * @param {number} y
   */
  reveal(x, y) {
    const at = this.toFrame(x, y);
    const margin = Math.min(56, this.width / 5, this.height / 5);
    const dx = Math.max(margin - at.x, 0) + Math.min(this.width - margin - at.x, 0);
    const dy = Math.max(margin - at.y, 0) + Math.min(this.height - margin - at.y, 0);
    if (dx || dy) {
      this.#glide();
      this.x += dx;
      this.y += dy;
      this.#apply();
    }
    // The frame itself may reach beyond the window, or under the basket's bar.
    const inWindow = this.frame.getBoundingClientRect().top + this.toFrame(x, y).y;
    const scroll = Math.min(inWindow - EDGE, 0) + Math.max(inWindow - (window.innerHeight - EDGE), 0);
    if (scroll) window.scrollBy({ top: scroll });
  }

  /** The part of the map in the frame, in the map's units. */
  get sight() {
    const start = this.toMap(0, 0);
    const end = this.toMap(this.width, this.height);
    return { left: start.x, top: start.y, right: end.x, bottom: end.y };
  }

  #glide() {
    this.svg.classList.add("is-gliding");
  }

  #apply() {
    const limit = (/** @type {number} */ at, /** @type {number} */ start, /** @type {number} */ size, /** @type {number} */ room) => {
      const [near, far] = [start * this.scale, (start + size) * this.scale];
      if (far - near <= room) return room / 2 - (near + far) / 2;
      const margin = this.scale > 1 ? room * 0.25 : 0;
      return Math.min(margin - near, Math.max(room - margin - far, at));
    };
    const [width, height] = [this.box.width * this.base, this.box.height * this.base];
    this.x = limit(this.x, (this.width - width) / 2, width, this.width);
    this.y = limit(this.y, (this.height - height) / 2, height, this.height);
    this.frameRequest ||= requestAnimationFrame(() => {
      this.frameRequest = 0;
      this.svg.classList.add("is-moving");
      this.svg.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
      clearTimeout(this.rest);
      this.rest = window.setTimeout(() => this.#settle(), this.svg.classList.contains("is-gliding") ? 320 : REST);
    });
  }

  #settle() {
    if (this.pointers.size && this.isDragging) return;
    this.svg.classList.remove("is-gliding", "is-moving");
    // One finger scrolls the page past a map that fits, and moves a map that does not.
    this.frame.classList.toggle("is-zoomed", this.scale > 1.01);
    this.dispatchEvent(new Event("rest"));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button || !(event.target instanceof Node) || !this.svg.parentElement?.contains(event.target)) return;
    this.pointers.set(event.pointerId, this.place(event));
    if (this.pointers.size === 1) {
      this.isDragging = false;
      this.start = this.place(event);
    }
  }

  /** @type {Point} */
  start = { x: 0, y: 0 };

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.place(event);
    if (!this.isDragging) {
      if (this.pointers.size === 1 && Math.hypot(now.x - this.start.x, now.y - this.start.y) < TREMBLE) return;
      this.isDragging = true;
      this.svg.classList.remove("is-gliding");
      this.frame.setPointerCapture(event.pointerId);
      this.dispatchEvent(new Event("drag"));
    }
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    this.pointers.set(event.pointerId, now);
    if (others.length) {
      const other = others[0];
      const factor = Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(before.x - other.x, before.y - other.y) || 1);
      this.x += (now.x - before.x) / 2;
      this.y += (now.y - before.y) / 2;
      this.zoom(factor, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else {
      this.x += now.x - before.x;
      this.y += now.y - before.y;
      this.#apply();
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size) return;
    if (this.isDragging) {
      // Keep the click that ends a drag from choosing a seat.
      window.setTimeout(() => {
        this.isDragging = false;
      });
      this.#apply();
    } else if (event.type === "pointerup") {
      this.#tap(event);
    }
  }

  /** @param {PointerEvent} event */
  #tap(event) {
    const point = this.place(event);
    const isDouble =
      event.timeStamp - this.lastTap.at < DOUBLE_TAP && Math.hypot(point.x - this.lastTap.x, point.y - this.lastTap.y) < 24;
    this.scrolledAt = -SCROLLING;
    this.lastTap = { at: isDouble ? 0 : event.timeStamp, ...point };
    const kind = isDouble ? "doubletap" : "tap";
    this.dispatchEvent(new CustomEvent(kind, { detail: { point, isTouch: event.pointerType === "touch", isShifted: event.shiftKey } }));
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const delta = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    if ((delta > 0 && this.scale <= 1) || (delta < 0 && this.scale >= this.closest)) return;
    // A page that is being scrolled continues past the map.
    if (!event.ctrlKey && this.scale <= 1 && event.timeStamp - this.scrolledAt < SCROLLING) return;
    event.preventDefault();
    this.svg.classList.remove("is-gliding");
    this.zoom(Math.exp(-delta * (event.ctrlKey ? 0.012 : 0.0018)), this.place(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Around the seat with the focus, which stays where it is.
    const seat = event.target instanceof Element && event.target.hasAttribute("data-seat") ? this.hall.seats.get(Number(event.target.getAttribute("data-seat"))) : null;
    const around = seat ? this.toFrame(seat.x, seat.y) : undefined;
    if (event.key === "+" || event.key === "=") this.zoomSmoothly(STEP, around);
    else if (event.key === "-" || event.key === "−") this.zoomSmoothly(1 / STEP, around);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }
}

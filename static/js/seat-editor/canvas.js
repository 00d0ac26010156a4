/**
 * Paints a scene: with the outlines, signs, labels and names that customers see, and over it what is selected and what
 * a tool is doing. Seats of a few pixels are squares, so that 20,000 of them stay smooth.
 */
import { Outlines, RADIUS, isBright } from "../seat-map/outlines.js";
import { placeNames } from "../seat-map/names.js";
import { paintOthers } from "./paint-others.js";
import { paintGuides, paintSelection, paintShape, paintStage, write } from "./paint.js";
import { rowMarks } from "./scene.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").SeatMark} SeatMark */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").Point} Point */

/**
 * What is painted over the plan.
 * @typedef {object} Overlay
 * @property {ReadonlySet<string>} selection
 * @property {Point} offset  how far the selection is being dragged, in units of the plan
 * @property {string | null} focus  the seat that the keyboard is at
 * @property {Point | null} corner  of an area, whose numbers have the focus
 * @property {import("./paint-others.js").Other[]} others  what other people have selected
 * @property {ReadonlySet<string>} faulty
 * @property {import("./plan/snap.js").Guide[]} guides  lines that something snaps to
 * @property {((context: CanvasRenderingContext2D, pixel: number, theme: Theme) => void) | null} paint  by the tool, in units of the plan
 * @property {{image: HTMLImageElement, x: number, y: number, scale: number, rotation: number, opacity: number} | null} backdrop
 */

/** @typedef {Record<"paper" | "sunken" | "ink" | "soft" | "line" | "accent" | "focus" | "bad" | "display" | "text", string>} Theme */

/** Pixels between two seats from which they have their outlines, and numbers. */
const OUTLINED_FROM = 7;
const NUMBERED_FROM = 24;
const LABELED_FROM = 9;
const FADED = 0.25;
const LIGHT = [255, 246, 230];
const LIGHTER = 0.16;
const NAMES_WAIT_MS = 250;

/** Mix a color with the light of the house, as customers' pages do in the dark. @param {string} color  as #rrggbb */
function lightened(color) {
  const mixed = LIGHT.map((light, at) => parseInt(color.slice(at * 2 + 1, at * 2 + 3), 16) * (1 - LIGHTER) + light * LIGHTER);
  return `rgb(${mixed.map(Math.round).join(" ")})`;
}

/** @param {Element} element @returns {Theme} */
function readTheme(element) {
  const style = getComputedStyle(element);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    paper: read("--paper-raised"),
    sunken: read("--paper-sunken"),
    ink: read("--ink"),
    soft: read("--ink-soft"),
    line: read("--line-strong"),
    accent: read("--accent"),
    focus: read("--focus"),
    bad: read("--bad"),
    display: read("--display"),
    text: style.fontFamily,
  };
}

export class Canvas {
  /** @type {Map<string, Path2D>} */
  #paths = new Map();
  #outlines = new Outlines(1);
  #names = /** @type {{scene: Scene | null, found: ReturnType<typeof placeNames>}} */ ({ scene: null, found: [] });
  #namesTimer = 0;
  #request = 0;

  /**
   * @param {HTMLCanvasElement} element
   * @param {View} view
   * @param {() => Scene} scene
   * @param {Overlay} overlay
   */
  constructor(element, view, scene, overlay) {
    this.element = element;
    this.view = view;
    this.scene = scene;
    this.overlay = overlay;
    this.context = /** @type {CanvasRenderingContext2D} */ (element.getContext("2d"));
    this.theme = readTheme(element);
    view.addEventListener("change", () => this.repaint());
    new ResizeObserver(() => this.#measure()).observe(element);
    new MutationObserver(() => this.#readTheme()).observe(document.documentElement, { attributeFilter: ["class"] });
    void document.fonts.ready.then(() => this.repaint());
    this.#measure();
  }

  #measure() {
    const { clientWidth, clientHeight } = this.element;
    this.ratio = window.devicePixelRatio || 1;
    this.element.width = Math.round(clientWidth * this.ratio);
    this.element.height = Math.round(clientHeight * this.ratio);
    this.view.resize(clientWidth, clientHeight);
  }

  ratio = 1;

  #readTheme() {
    this.theme = readTheme(this.element);
    this.repaint();
  }

  /** Paint before the browser shows its next frame. */
  repaint() {
    this.#request ||= requestAnimationFrame(() => {
      this.#request = 0;
      this.#paint();
    });
  }

  #paint() {
    const { context, view, overlay, theme } = this;
    const scene = this.scene();
    const pixel = 1 / view.scale;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, this.element.width, this.element.height);
    this.#useMap();
    if (overlay.backdrop) this.#paintBackdrop(overlay.backdrop);
    context.textAlign = "center";
    context.textBaseline = "middle";
    const brush = { context, scene, overlay, theme, pixel };
    for (const shape of scene.shapes) paintShape(brush, shape);
    if (scene.stage) paintStage(brush, scene.stage);
    if (scene.otherRows.length) this.#paintFaded(scene);
    this.#paintSeats(scene);
    if (scene.pitch * view.scale >= LABELED_FROM) this.#paintLabels(scene);
    this.#paintNames(scene);
    paintSelection(brush);
    paintOthers(brush);
    paintGuides(brush);
    overlay.paint?.(context, pixel, theme);
  }

  /** Let the context count in units of the plan. @param {number} [dx] @param {number} [dy] */
  #useMap(dx = 0, dy = 0) {
    const { scale, x, y } = this.view;
    const ratio = this.ratio;
    this.context.setTransform(scale * ratio, 0, 0, scale * ratio, (x + dx * scale) * ratio, (y + dy * scale) * ratio);
  }

  /** @param {NonNullable<Overlay["backdrop"]>} backdrop */
  #paintBackdrop({ image, x, y, scale, rotation, opacity }) {
    const { context } = this;
    context.save();
    context.globalAlpha = opacity;
    context.translate(x, y);
    context.rotate((rotation * Math.PI) / 180);
    context.drawImage(image, 0, 0, image.naturalWidth * scale, image.naturalHeight * scale);
    context.restore();
  }

  /** @param {Scene} scene */
  #paintFaded({ otherRows, pitch }) {
    const { context, theme } = this;
    const size = pitch * RADIUS;
    context.fillStyle = theme.line;
    context.globalAlpha = FADED;
    for (const row of otherRows) for (const { x, y } of row.seats) context.fillRect(x - size, y - size, size * 2, size * 2);
    context.globalAlpha = 1;
  }

  /** @param {Scene} scene */
  #paintSeats(scene) {
    const { context, view, overlay, theme } = this;
    const { pitch } = scene;
    const unit = pitch * RADIUS;
    const isOutlined = pitch * view.scale >= OUTLINED_FROM;
    const isNumbered = pitch * view.scale >= NUMBERED_FROM;
    const sight = view.sight;
    const colors = new Map(scene.categories.map((category) => [category.name, category]));
    /** @type {SeatMark[]} */
    const numbered = [];
    const { offset, selection } = overlay;
    const isMoving = offset.x !== 0 || offset.y !== 0;
    const isDark = document.documentElement.classList.contains("dark");
    let last = "";
    context.lineWidth = unit * 0.12;
    for (const row of scene.rows) {
      const { box } = row;
      if (!isMoving && (box.right < sight.left - pitch || box.left > sight.right + pitch || box.bottom < sight.top - pitch || box.top > sight.bottom + pitch)) continue;
      for (const seat of row.seats) {
        const isDragged = isMoving && selection.has(seat.key);
        const x = isDragged ? seat.x + offset.x : seat.x;
        const y = isDragged ? seat.y + offset.y : seat.y;
        if (x < sight.left - pitch || x > sight.right + pitch || y < sight.top - pitch || y > sight.bottom + pitch) continue;
        const category = colors.get(seat.category);
        if (seat.category !== last) {
          const color = category && (isDark ? lightened(category.color) : category.color);
          context.fillStyle = color ?? theme.line;
          context.strokeStyle = category?.isForSale === false ? theme.line : (color ?? theme.bad);
          last = seat.category;
        }
        if (!isOutlined) {
          context.fillRect(x - unit, y - unit, unit * 2, unit * 2);
          continue;
        }
        this.#useMap(x, y);
        const path = this.#path(category ? (category.isForSale ? category.mark : "taken") : "circle", seat.turn, unit);
        if (category?.isForSale) context.fill(path);
        context.stroke(path);
        if (isNumbered) numbered.push(isDragged ? { ...seat, x, y } : seat);
      }
    }
    this.#useMap();
    for (const seat of numbered) this.#writeNumber(seat, colors.get(seat.category)?.color ?? theme.paper, pitch);
    if (isOutlined && !isNumbered) {
      for (const seat of scene.seats) if (seat.flags.accessible || seat.flags.restricted) this.#paintSign(seat, pitch);
    }
  }

  /** @param {SeatMark} seat @param {string} color @param {number} pitch */
  #writeNumber(seat, color, pitch) {
    if (seat.flags.accessible || seat.flags.restricted) this.#paintSign(seat, pitch);
    else write(this.context, seat.number, seat.x, seat.y, pitch * 0.36, isBright(/^#/.test(color) ? color : "#ffffff") ? "#1a1512" : "#fffaf2", this.theme.text, 600);
  }

  /** @param {SeatMark} seat @param {number} pitch */
  #paintSign({ x, y, flags }, pitch) {
    const { context } = this;
    const sign = document.querySelector(flags.accessible ? "#sign-wheelchair" : "#sign-restricted");
    const size = (pitch * RADIUS * 1.5) / 24;
    context.save();
    context.translate(x - 12 * size, y - 12 * size);
    context.scale(size, size);
    context.strokeStyle = context.fillStyle = "#fffaf2";
    context.lineWidth = 2.6;
    context.lineCap = "round";
    context.stroke(this.#sign(sign?.querySelector("path")?.getAttribute("d") ?? ""));
    if (flags.accessible) {
      context.beginPath();
      context.arc(10, 3.8, 2.2, 0, Math.PI * 2);
      context.fill();
    }
    context.restore();
  }

  /** @param {string} d */
  #sign(d) {
    let path = this.#paths.get(d);
    if (!path) this.#paths.set(d, (path = new Path2D(d)));
    return path;
  }

  /** @param {string} mark @param {number} turn @param {number} unit */
  #path(mark, turn, unit) {
    if (this.#outlines.unit !== unit) {
      this.#outlines = new Outlines(unit);
      this.#paths.clear();
    }
    const key = `${mark} ${turn}`;
    let path = this.#paths.get(key);
    if (!path) this.#paths.set(key, (path = new Path2D(`M0 0${this.#outlines.path(mark, turn)}`)));
    return path;
  }

  /** @param {Scene} scene */
  #paintLabels(scene) {
    const { sight } = this.view;
    const { pitch } = scene;
    for (const row of scene.rows) {
      if (!row.label || !row.seats.length) continue;
      row.marks ??= rowMarks(row.seats, pitch);
      for (const [x, y] of row.marks) {
        if (x > sight.left && x < sight.right && y > sight.top && y < sight.bottom) write(this.context, row.label, x, y, pitch * 0.58, this.theme.soft, this.theme.text, 600);
      }
    }
  }

  /** @param {Scene} scene */
  #paintNames(scene) {
    if (this.#names.scene !== scene) this.#placeNames(scene);
    const { context, theme } = this;
    for (const { name, x, y, turn, size, isOver } of this.#names.found) {
      context.save();
      context.translate(x, y);
      context.rotate((turn * Math.PI) / 180);
      context.font = `${size}px ${theme.display}`;
      if (isOver) {
        context.strokeStyle = theme.paper;
        context.lineWidth = size * 0.35;
        context.strokeText(name, 0, 0);
      }
      context.fillStyle = theme.ink;
      context.fillText(name, 0, 0);
      context.restore();
    }
  }

  /** Finding places for names takes a while in a large room, and can wait until a change is over. @param {Scene} scene */
  #placeNames(scene) {
    window.clearTimeout(this.#namesTimer);
    this.#namesTimer = window.setTimeout(
      () => {
        this.#names = { scene, found: namesOf(scene) };
        this.repaint();
      },
      this.#names.scene ? NAMES_WAIT_MS : 0,
    );
  }
}

/** @param {Scene} scene */
function namesOf(scene) {
  /** @type {Map<string, import("./scene.js").RowMark[]>} */
  const sections = new Map();
  for (const row of scene.rows) {
    const rows = sections.get(row.section);
    if (rows) rows.push(row);
    else sections.set(row.section, [row]);
  }
  const { left, top, right, bottom } = scene.box;
  return placeNames({
    pitch: scene.pitch,
    viewBox: [left - scene.pitch * 2, top - scene.pitch * 2, right - left + scene.pitch * 4, bottom - top + scene.pitch * 4],
    seats: new Map(scene.seats.map((seat) => [seat.key, seat])),
    decorations: scene.shapes.filter(({ isForSale }) => !isForSale),
    sections: [...sections].map(([name, rows]) => ({ name, rows: rows.filter(({ seats }) => seats.length) })),
  });
}

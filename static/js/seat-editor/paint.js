/** Paints shapes, the stage, and the marks on what is selected, in units of the plan. */

/** @typedef {import("./canvas.js").Overlay} Overlay */
/** @typedef {import("./canvas.js").Theme} Theme */
/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./shapes.js").PlacedShape} PlacedShape */

/**
 * @typedef {object} Brush
 * @property {CanvasRenderingContext2D} context
 * @property {Scene} scene
 * @property {Overlay} overlay
 * @property {Theme} theme
 * @property {number} pixel  in units of the plan
 */

const FADED = 0.25;
/** A text of fewer pixels can't be read. */
const LEAST_TEXT = 4;
/** Pixels around a corner. */
const CORNER_RING = 10;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {string} color
 * @param {string} family
 * @param {number} [weight]
 */
export function write(context, text, x, y, size, color, family, weight = 400) {
  const { a, b } = context.getTransform();
  if (size * Math.hypot(a, b) < LEAST_TEXT) return;
  context.font = `${weight} ${size}px ${family}`;
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** @param {Brush} brush @param {PlacedShape} shape */
export function paintShape({ context, scene, overlay, theme, pixel }, shape) {
  context.save();
  if (overlay.selection.has(shape.key)) context.translate(overlay.offset.x, overlay.offset.y);
  context.translate(shape.x, shape.y);
  context.rotate((shape.rotation * Math.PI) / 180);
  const { width = 0, height = 0, rx = 0, ry = 0, points = [] } = shape;
  context.beginPath();
  if (shape.kind === "rectangle") context.roundRect(0, 0, width, height, Math.min(width, height) * 0.08);
  else if (shape.kind === "polygon") {
    for (const [x, y] of points) context.lineTo(x, y);
    context.closePath();
  } else if (shape.kind !== "text") context.ellipse(0, 0, rx, ry, 0, 0, Math.PI * 2);
  const color = scene.categories.find(({ name }) => name === shape.category)?.color ?? theme.line;
  context.fillStyle = shape.isForSale ? color : theme.sunken;
  context.globalAlpha = shape.isForSale ? FADED : 1;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = pixel * (shape.isForSale ? 2 : 1);
  context.setLineDash(shape.isForSale ? [pixel * 2, pixel * 5] : []);
  context.strokeStyle = shape.isForSale ? color : theme.line;
  context.stroke();
  context.setLineDash([]);
  if (shape.isForSale) writeInArea(context, shape, scene.pitch, theme);
  else if (shape.text) {
    const room = shape.kind === "rectangle" ? Math.min(height * 0.42, width / 7, scene.pitch * 1.7) : Math.min(rx, ry) * 0.9;
    write(context, shape.text.text, shape.text.x, shape.text.y, Math.max(shape.text.size, room) || scene.pitch, theme.ink, theme.display);
  }
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {PlacedShape} shape
 * @param {number} pitch
 * @param {Theme} theme
 */
function writeInArea(context, { kind, width = 0, height = 0, points = [], name, capacity }, pitch, theme) {
  let [x, y] = [0, 0];
  if (kind === "rectangle") [x, y] = [width / 2, height / 2];
  else if (points.length) {
    const [xs, ys] = [points.map(([dx]) => dx), points.map(([, dy]) => dy)];
    [x, y] = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
  }
  const size = pitch * 1.2;
  write(context, name, x, y - size * 0.3, size, theme.ink, theme.display);
  if (capacity) write(context, String(capacity), x, y + size * 0.8, size * 0.7, theme.soft, theme.text);
}

/** @param {Brush} brush @param {NonNullable<Scene["stage"]>} stage */
export function paintStage({ context, scene, theme, pixel }, { x, y, rotation, half }) {
  const { pitch } = scene;
  context.save();
  context.translate(x, y);
  context.rotate((rotation * Math.PI) / 180);
  context.fillStyle = theme.sunken;
  context.strokeStyle = theme.line;
  context.lineWidth = pixel;
  context.beginPath();
  context.moveTo(-half, 0);
  context.quadraticCurveTo(0, -pitch * 1.6, half, 0);
  context.lineTo(half * 0.94, -pitch * 1.7);
  context.quadraticCurveTo(0, -pitch * 3.2, -half * 0.94, -pitch * 1.7);
  context.closePath();
  context.fill();
  context.stroke();
  context.restore();
}

/** Mark what is selected by a ring around it, not by color alone. @param {Brush} brush */
export function paintSelection({ context, scene, overlay, theme, pixel }) {
  const { selection, offset, focus, corner, faulty } = overlay;
  const radius = Math.max(scene.pitch * 0.52, pixel * 2.5);
  const ring = (/** @type {Iterable<string>} */ keys, /** @type {number} */ size) => {
    context.beginPath();
    for (const key of keys) {
      const seat = scene.byKey.get(key);
      if (!seat) continue;
      const [x, y] = selection.has(key) ? [seat.x + offset.x, seat.y + offset.y] : [seat.x, seat.y];
      context.moveTo(x + size, y);
      context.arc(x, y, size, 0, Math.PI * 2);
    }
    context.stroke();
  };
  if (faulty.size) {
    context.strokeStyle = theme.bad;
    context.lineWidth = pixel * 2;
    context.setLineDash([pixel * 4, pixel * 3]);
    ring(faulty, radius * 1.2);
    context.setLineDash([]);
  }
  for (const [color, width] of /** @type {[string, number][]} */ ([[theme.paper, 5], [theme.accent, 2.5]])) {
    context.strokeStyle = color;
    context.lineWidth = pixel * width;
    ring(selection, radius);
    for (const { key, corners } of scene.shapes) {
      if (!selection.has(key)) continue;
      context.beginPath();
      for (const { x, y } of corners) context.lineTo(x + offset.x, y + offset.y);
      context.closePath();
      context.stroke();
    }
  }
  if (focus) {
    context.strokeStyle = theme.focus;
    context.lineWidth = pixel * 3;
    ring([focus], radius * 1.25);
  }
  if (corner) {
    context.strokeStyle = theme.focus;
    context.lineWidth = pixel * 3;
    context.beginPath();
    context.arc(corner.x, corner.y, pixel * CORNER_RING, 0, Math.PI * 2);
    context.stroke();
  }
}

/** @param {Brush} brush */
export function paintGuides({ context, overlay, theme, pixel }) {
  context.strokeStyle = theme.accent;
  context.lineWidth = pixel;
  for (const { axis, at, from, to } of overlay.guides) {
    context.beginPath();
    context.moveTo(axis === "x" ? at : from, axis === "x" ? from : at);
    context.lineTo(axis === "x" ? at : to, axis === "x" ? to : at);
    context.stroke();
  }
}

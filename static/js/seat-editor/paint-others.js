/** Paints what other people at the draft have selected: ringed in their color, with their name above it. */

/** @typedef {import("./paint.js").Brush} Brush */
/** @typedef {{name: string, color: string, keys: string[]}} Other */

/** Pixels of the name, and around it. */
const NAME = 12;
const ROOM = 4;
/** How far a name is above the middle of a seat, clear of the rings around it, in seats' distances. */
const NAME_ABOVE = 0.7;

/** @param {Brush} brush */
export function paintOthers(brush) {
  for (const other of brush.overlay.others) paintOther(brush, other);
}

/** @param {Brush} brush @param {Other} other */
function paintOther({ context, scene, theme, pixel }, { name, color, keys }) {
  const box = scene.boxOf(keys);
  if (!box) return;
  // Within the ring of one's own selection, so that both are seen.
  const radius = Math.max(scene.pitch * 0.44, pixel * 2);
  context.save();
  context.beginPath();
  for (const key of keys) {
    const seat = scene.byKey.get(key);
    if (seat) {
      context.moveTo(seat.x + radius, seat.y);
      context.arc(seat.x, seat.y, radius, 0, Math.PI * 2);
      continue;
    }
    const [first, ...corners] = scene.shapeOf(key)?.corners ?? [];
    if (!first) continue;
    context.moveTo(first.x, first.y);
    for (const { x, y } of corners) context.lineTo(x, y);
    context.closePath();
  }
  for (const [style, width] of /** @type {[string, number][]} */ ([[theme.paper, 5], [color, 3]])) {
    context.strokeStyle = style;
    context.lineWidth = pixel * width;
    context.stroke();
  }
  // Names are in pixels: letters of a fraction of a unit would be spaced unevenly.
  context.translate(box.left - radius, box.top - scene.pitch * NAME_ABOVE);
  context.scale(pixel, pixel);
  context.font = `600 ${NAME}px ${theme.text}`;
  const [width, height] = [context.measureText(name).width + 2 * ROOM, NAME + 2 * ROOM];
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(0, -height, width, height, ROOM);
  context.fill();
  context.fillStyle = "#ffffff";
  context.fillText(name, width / 2, -height / 2);
  context.restore();
}

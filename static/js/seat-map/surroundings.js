/** Draws what is around the seats of a hall: its stage, walls and words, its areas, and the seats never for sale. */
import { lengthOf } from "./names.js";
import { extent, middle } from "./outlines.js";
import { element } from "./svg.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Shape} Shape */
/** @typedef {import("./outlines.js").Outlines} Outlines */

/**
 * @param {Hall} hall
 * @param {Outlines} outlines
 * @param {Element} root
 * @param {string} stageName  what to write where the layout draws no stage of its own
 */
export function drawSurroundings(hall, outlines, root, stageName) {
  const group = element("g", { class: "hall__surroundings", "aria-hidden": "true" }, root);
  for (const shape of hall.decorations) {
    if (shape.kind === "stage") drawStage(hall, shape, group, stageName);
    else drawShape(hall, shape, group, "hall__shape");
  }
  // All in one, because a hall may have hundreds.
  const blocked = hall.blocked.map(([x, y]) => `M${x} ${y}${outlines.path("taken", 0)}`).join("");
  if (blocked) element("path", { class: "hall__blocked", d: blocked }, group);
}

/**
 * Draw the areas and return where each one's free places are written.
 * @param {Hall} hall
 * @param {Element} root
 */
export function drawAreas(hall, root) {
  /** @type {Map<number, SVGTextElement>} */
  const found = new Map();
  const group = element("g", { class: "hall__areas" }, root);
  for (const area of hall.areas) {
    if (!area.shape) continue;
    const node = drawShape(hall, area.shape, group, `hall__area c${area.category}`);
    node.setAttribute("data-area", String(area.id));
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", "0");
    const [x, y] = middle(area.shape);
    const size = Math.min(hall.pitch * 1.9, extent(area.shape) / Math.max(5, lengthOf(area.name) * 1.15));
    const turned = node.getAttribute("transform") ? node : group;
    const name = element("text", { class: "hall__area-name", x, y: y - size * 0.25, "font-size": size }, turned);
    name.textContent = area.name;
    const words = element("text", { class: "hall__area-free", x, y: y + size * 0.95, "font-size": size * 0.6 }, turned);
    found.set(area.id, words);
    for (const text of [name, words]) text.setAttribute("aria-hidden", "true");
  }
  return found;
}

/**
 * Draw a stage where the layout has none of its own, its front edge towards the seats.
 * @param {Hall} hall
 * @param {Shape} shape
 * @param {Element} parent
 * @param {string} stageName
 */
function drawStage({ pitch }, { x, y, rotation, half = 0 }, parent, stageName) {
  const group = element("g", { transform: `translate(${x} ${y})rotate(${rotation})` }, parent);
  element(
    "path",
    {
      class: "hall__stage",
      d: `M${-half},0Q0,${-pitch * 1.6} ${half},0L${half * 0.94},${-pitch * 1.7}Q0,${-pitch * 3.2} ${-half * 0.94},${-pitch * 1.7}Z`,
    },
    group,
  );
  const text = element("text", { class: "hall__stage-name", "font-size": pitch * 1.05 }, group);
  // Text must not be upside down.
  text.setAttribute("transform", `translate(0 ${-pitch * 1.35})rotate(${rotation === 180 ? 180 : 0})`);
  text.textContent = stageName;
}

/**
 * @param {Hall} hall
 * @param {Shape} shape
 * @param {Element} parent
 * @param {string} className
 */
function drawShape(hall, shape, parent, className) {
  const { kind, x, y, rotation, width = 0, height = 0, rx = 0, ry = 0, points = [], text } = shape;
  const turn = rotation ? `rotate(${rotation} ${x} ${y})` : "";
  const group = element("g", turn ? { transform: turn } : {}, parent);
  if (kind === "rectangle") {
    const corner = Math.min(width, height) * 0.08;
    element("rect", { class: className, x, y, width, height, rx: corner }, group);
  } else if (kind === "circle" || kind === "ellipse") {
    element("ellipse", { class: className, cx: x, cy: y, rx, ry }, group);
  } else if (kind === "polygon") {
    const corners = points.map(([dx, dy]) => `${x + dx},${y + dy}`).join(" ");
    element("polygon", { class: className, points: corners }, group);
  }
  if (text && className === "hall__shape") {
    const room = kind === "rectangle" ? Math.min(height * 0.42, width / 7, hall.pitch * 1.7) : Math.min(rx, ry) * 0.9;
    const size = Math.max(text.size, room) || hall.pitch;
    const words = element(
      "text",
      { class: kind === "text" ? "hall__words" : "hall__stage-name", x: x + text.x, y: y + text.y, "font-size": size },
      group,
    );
    words.textContent = text.text;
  }
  return group;
}

/** The corners of the one polygon that is selected, as a list: each can be moved by numbers, followed by another, or removed. */
import { LEAST_CORNERS } from "../plan/areas.js";
import { insertCorner, moveCorner, removeCorner } from "../plan/reshape.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../view.js").Point} Point */

/**
 * @param {Editor} editor
 * @param {(corner: Point | null) => void} mark  show on the drawing which corner the focus is at
 */
export function listenToCorners(editor, mark) {
  const list = /** @type {HTMLElement} */ (document.querySelector("#se-corners"));
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("#se-corner"));

  const shape = () => {
    const found = editor.selection.size === 1 ? editor.own.shapeOf([...editor.selection][0]) : undefined;
    return found?.kind === "polygon" ? found : null;
  };
  const part = (/** @type {Element} */ item, /** @type {string} */ name) => /** @type {HTMLInputElement} */ (item.querySelector(`[data-part="${name}"]`));
  const focus = (/** @type {number} */ at) => part(list.children[at], "x").focus();

  const make = (/** @type {number} */ at) => {
    const item = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
    item.setAttribute("aria-label", editor.speaker.word("corner", { number: at + 1 }));
    part(item, "number").textContent = String(at + 1);
    const change = () => {
      const [area, x, y] = [shape(), part(item, "x"), part(item, "y")];
      if (!area || !x.reportValidity() || !y.reportValidity()) return;
      editor.apply(moveCorner(editor.plan, area.key, at, { x: Number(x.value), y: Number(y.value) }), "reshaped");
    };
    part(item, "x").addEventListener("change", change);
    part(item, "y").addEventListener("change", change);
    part(item, "add").addEventListener("click", () => {
      const area = shape();
      if (!area) return;
      const [from, to] = [area.corners[at], area.corners[(at + 1) % area.corners.length]];
      editor.apply(insertCorner(editor.plan, area.key, at, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }), "corner-added");
      focus(at + 1);
    });
    part(item, "remove").addEventListener("click", () => {
      const area = shape();
      if (!area) return;
      editor.apply(removeCorner(editor.plan, area.key, at), "corner-removed");
      focus(Math.min(at, list.children.length - 1));
    });
    item.addEventListener("focusin", () => mark(shape()?.corners[at] ?? null));
    return item;
  };

  const show = () => {
    const corners = shape()?.corners ?? [];
    // What is there stays, and with it the focus.
    while (list.children.length > corners.length) list.lastElementChild?.remove();
    while (list.children.length < corners.length) list.append(make(list.children.length));
    for (const [at, { x, y }] of corners.entries()) {
      const item = list.children[at];
      part(item, "x").value = String(Math.round(x * 100) / 100);
      part(item, "y").value = String(Math.round(y * 100) / 100);
      part(item, "remove").disabled = corners.length <= LEAST_CORNERS;
      if (item.contains(document.activeElement)) mark({ x, y });
    }
  };

  list.addEventListener("focusout", () => mark(null));
  editor.addEventListener("selection", show);
  show();
}

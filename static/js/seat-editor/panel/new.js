/** The form that says what a drawing tool makes. Sending it adds one without the pointer. */
import { DRAWING_TOOLS } from "../tools/makers.js";
import { showFor } from "./fields.js";

/** @typedef {import("../editor.js").Editor} Editor */

/**
 * @param {HTMLFormElement} form
 * @param {Editor} editor
 * @param {() => void} addByForm
 */
export function listenToNew(form, editor, addByForm) {
  const title = /** @type {HTMLElement} */ (form.querySelector("h2"));
  const set = (/** @type {string} */ name, /** @type {number} */ value) => {
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    field.value = String(Math.round(value * 100) / 100);
  };
  set("pitch", editor.own.pitch);
  set("rowPitch", editor.own.pitch * 1.3);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    addByForm();
  });
  editor.addEventListener("tool", () => {
    form.hidden = !DRAWING_TOOLS.has(editor.tool);
    if (form.hidden) return;
    title.textContent = editor.speaker.word(`tool-${editor.tool}`);
    showFor(form, new Set([editor.tool]));
  });
}

/**
 * Return what the form says, or null after it has pointed at a field that is wrong.
 * @param {HTMLFormElement} form
 * @returns {Record<string, any> | null}
 */
export function readNew(form) {
  if (!form.reportValidity()) return null;
  /** @type {Record<string, any>} */
  const options = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement) || field.disabled || !field.value) continue;
    if (field.name === "blocks") options.blocks = field.value.split("+").map(Number);
    else options[field.name] = field.type === "number" ? Number(field.value) : field.value;
  }
  return options;
}

/** What buttons and keys do with the plan and the view, by name. */
import { align, distribute } from "./plan/arrange.js";
import { copy, duplicate, paste, readClip } from "./plan/copy.js";
import { renumberRows, renumberSeats } from "./plan/number.js";
import { setCompanionOf, setFlag } from "./plan/paint.js";
import { joinRows, makeRow, splitRow } from "./plan/regroup.js";
import { remove } from "./plan/remove.js";
import { mirror } from "./plan/transform.js";

/** @typedef {import("./editor.js").Editor} Editor */
/** @typedef {import("./view.js").View} View */

const ZOOM = 1.4;

/**
 * @param {Editor} editor
 * @param {View} view
 * @param {HTMLFormElement} form  with the options of numbering
 * @returns {Record<string, () => void>}
 */
export function makeCommands(editor, view, form) {
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const areValid = (/** @type {string[]} */ ...names) => names.every((name) => field(name).reportValidity());
  /** @type {Record<string, () => void>} */
  const commands = {
    undo: () => editor.undo(),
    redo: () => editor.redo(),
    "zoom-in": () => view.zoom(ZOOM),
    "zoom-out": () => view.zoom(1 / ZOOM),
    "zoom-fit": () => view.show(editor.own.box),
    "widen-row": () => editor.widen("row"),
    "widen-section": () => editor.widen("section"),
    delete() {
      const count = editor.selection.size;
      if (count) editor.apply({ plan: remove(editor.plan, editor.selection), selection: new Set() }, "deleted", { count });
      else editor.speaker.say("nothing-selected");
    },
    "number-seats"() {
      if (!areValid("first", "step")) return;
      const [way, odd] = field("from").value.split("-");
      const from = /** @type {any} */ (odd ? "center" : way);
      const numbering = { first: Number(field("first").value), step: Number(field("step").value), from, odd: /** @type {any} */ (odd) };
      editor.apply(renumberSeats(editor.plan, editor.selection, numbering), "renumbered");
    },
    "label-rows"() {
      if (!areValid("rowFirst", "skip")) return;
      const options = { first: field("rowFirst").value.trim(), skip: field("skip").value.toUpperCase(), from: /** @type {any} */ (field("rowFrom").value) };
      editor.apply(renumberRows(editor.plan, editor.selection, options), "relabeled");
    },
    "bind-companions"() {
      const seats = [...editor.selection].flatMap((key) => editor.own.byKey.get(key) ?? []);
      const place = seats.find(({ flags }) => flags.accessible === true);
      const others = new Set(seats.filter((seat) => seat !== place).map(({ key }) => key));
      const marked = setFlag(editor.plan, others, "companion", true);
      if (place) editor.apply(setCompanionOf(marked, others, place.key), "companions-bound");
    },
    "make-row": () => editor.apply(makeRow(editor.plan, editor.selection), "row-made"),
    "join-rows": () => editor.apply(joinRows(editor.plan, editor.selection), "rows-joined"),
    "split-row": () => editor.apply(splitRow(editor.plan, editor.selection), "row-split"),
    duplicate: () => editor.apply(duplicate(editor.plan, editor.selection), "duplicated"),
  };
  for (const axis of /** @type {const} */ (["x", "y"])) {
    commands[`mirror-${axis}`] = () => editor.apply(mirror(editor.plan, editor.selection, axis), "mirrored");
    commands[`distribute-${axis}`] = () => editor.apply(distribute(editor.plan, editor.selection, axis), "distributed");
  }
  for (const side of /** @type {const} */ (["left", "center", "right", "top", "middle", "bottom"])) {
    commands[`align-${side}`] = () => editor.apply(align(editor.plan, editor.selection, side), "aligned");
  }
  return commands;
}

/**
 * Copy and paste by the browser's own clipboard, which leads to other maps too.
 * @param {HTMLElement} frame
 * @param {Editor} editor
 * @param {Record<string, () => void>} commands
 */
export function listenToClipboard(frame, editor, commands) {
  const isHere = () => document.activeElement === frame;
  const put = (/** @type {ClipboardEvent} */ event) => {
    if (!isHere() || !editor.selection.size) return false;
    event.clipboardData?.setData("text/plain", JSON.stringify(copy(editor.plan, editor.selection)));
    event.preventDefault();
    return true;
  };
  document.addEventListener("copy", (event) => {
    if (put(event)) editor.speaker.say("copied", { count: editor.selection.size });
  });
  document.addEventListener("cut", (event) => {
    if (put(event)) commands.delete();
  });
  document.addEventListener("paste", (event) => {
    if (!isHere()) return;
    event.preventDefault();
    const clip = readClip(event.clipboardData?.getData("text/plain") ?? "");
    const { pitch } = editor.own;
    const floor = editor.floor === null ? {} : { floor: editor.floor };
    if (clip) editor.apply(paste(editor.plan, clip, pitch, pitch, floor), "pasted");
    else editor.speaker.say("not-a-clip");
  });
}

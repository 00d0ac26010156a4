/** The form of what is selected: it shows what all of it has in common, and changes all of it. */
import { bend, bendOf, spread, spreadRows } from "../plan/arrange.js";
import { floorsOf, setFloor } from "../plan/floors.js";
import { setNumber, setRowLabel } from "../plan/number.js";
import { FLAGS, setAreaName, setCapacity, setCategory, setColor, setFlag, setQuality, setText } from "../plan/paint.js";
import { setSection } from "../plan/regroup.js";
import { setSeatCount } from "../plan/seat-count.js";
import { resize } from "../plan/reshape.js";
import { turned } from "../plan/shape.js";
import { move, rotate } from "../plan/transform.js";
import { common, showFor } from "./fields.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../scene.js").SeatMark} SeatMark */
/** @typedef {import("../shapes.js").PlacedShape} PlacedShape */
/** @typedef {{seats: SeatMark[], areas: PlacedShape[], box: import("../view.js").Box | null}} Chosen */

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 100) / 100;
}

/** A color as its field takes it. @param {string | undefined} color */
function normalColor(color) {
  if (!color) return "#888888";
  return color.length === 4 ? `#${[...color.slice(1)].map((digit) => digit + digit).join("")}` : color;
}

/** What each field shows; undefined where things differ. @type {Record<string, (chosen: Chosen) => string | number | boolean | undefined>} */
const VALUES = {
  section: ({ seats }) => common(seats.map(({ row }) => row.section)),
  floor: ({ seats, areas }) => common([...seats.map(({ row }) => row.floor), ...areas.map(({ floor }) => floor)]),
  row: ({ seats }) => common(seats.map(({ row }) => row.label)),
  count: ({ seats }) => common(seats.map(({ row }) => row.seats.length)),
  number: ({ seats }) => common(seats.map(({ number }) => number)),
  category: ({ seats, areas }) => common([...seats, ...areas.filter(({ isForSale }) => isForSale)].map(({ category }) => category)),
  sold: ({ areas }) => common(areas.map(({ isForSale }) => (isForSale ? "yes" : "no"))),
  capacity: ({ areas }) => common(areas.map(({ capacity }) => capacity || "")),
  name: ({ areas }) => common(areas.map(({ name }) => name)),
  text: ({ areas }) => common(areas.map(({ text }) => text?.text ?? "")),
  x: ({ box }) => (box ? rounded(box.left) : undefined),
  y: ({ box }) => (box ? rounded(box.top) : undefined),
  quality: ({ seats }) => common(seats.map(({ flags }) => flags.quality ?? 0)),
  width: ({ areas }) => (areas.length === 1 ? rounded(areas[0].width ?? (areas[0].rx ?? 0) * 2) : ""),
  height: ({ areas }) => (areas.length === 1 ? rounded(areas[0].height ?? (areas[0].ry ?? 0) * 2) : ""),
  turn: () => "",
  spacing: () => "",
  depth: () => "",
};
/** Of more seats it takes too long to find the curve each time. */
const MOST_CURVED = 3_000;

/** @param {Editor} editor @returns {Chosen} */
function chosenOf(editor) {
  const { own, selection } = editor;
  return {
    seats: [...selection].flatMap((key) => own.byKey.get(key) ?? []),
    areas: own.shapes.filter(({ key }) => selection.has(key)),
    box: own.boxOf(selection),
  };
}

/**
 * Give an area another width (by its right handle) or height (by its lower one).
 * @param {import("../plan/document.js").Plan} plan
 * @param {PlacedShape} shape
 * @param {"e" | "s"} handle
 * @param {number} length
 */
function stretch(plan, { key, x, y, rx = 0, ry = 0, rotation }, handle, length) {
  const by = handle === "e" ? turned(length - rx, 0, rotation) : turned(0, length - ry, rotation);
  return resize(plan, key, handle, { x: x + by.x, y: y + by.y });
}

/**
 * Return the plan after a field was changed, and how to say so.
 * @param {Editor} editor
 * @param {string} name
 * @param {string} value
 * @returns {[import("../plan/document.js").Plan | import("../plan/document.js").Result, string, import("../speak.js").Values?] | null}
 */
function change(editor, name, value) {
  const { plan, selection } = editor;
  const { areas, box } = chosenOf(editor);
  const keys = new Set(areas.filter((area) => area.isForSale).map(({ key }) => key));
  const number = Number(value);
  switch (name) {
    case "section":
      return [setSection(plan, selection, value), "section-set", { name: value || editor.speaker.word("no-section") }];
    case "floor":
      return [setFloor(plan, selection, value), "floor-set", { name: value || editor.speaker.word("ground-floor") }];
    case "row":
      return [setRowLabel(plan, selection, value), "named", { name: value }];
    case "count":
      return number ? [setSeatCount(plan, selection, number), "seats-set", { count: number }] : null;
    case "number":
      return value ? [setNumber(plan, selection, value), "renumbered"] : null;
    case "category":
      return value ? [setCategory(plan, selection, value), "category-set", { category: value }] : null;
    case "sold":
      return value ? [setCapacity(plan, selection, value === "yes" ? 100 : null), value === "yes" ? "sold" : "unsold"] : null;
    case "capacity":
      return number ? [setCapacity(plan, keys, number), "capacity-set", { capacity: number }] : null;
    case "name":
      return [setAreaName(plan, keys, value), "named", { name: value }];
    case "text":
      return [setText(plan, selection, value), "named", { name: value }];
    case "x":
      return box && value !== "" ? [move(plan, selection, number - box.left, 0), "moved", { count: selection.size }] : null;
    case "y":
      return box && value !== "" ? [move(plan, selection, 0, number - box.top), "moved", { count: selection.size }] : null;
    case "quality":
      return value === "" ? null : [setQuality(plan, selection, number), "quality-set", { quality: number }];
    case "width":
      return number > 0 && areas[0] ? [stretch(plan, areas[0], "e", number), "reshaped"] : null;
    case "height":
      return number > 0 && areas[0] ? [stretch(plan, areas[0], "s", number), "reshaped"] : null;
    case "color":
      return [setColor(plan, selection, value), "colored"];
    case "turn":
      return value === "" ? null : [rotate(plan, selection, number), "turned", { degrees: number }];
    case "radius":
      return value === "" ? null : [bend(plan, selection, number), number ? "bent" : "straightened", { radius: number }];
    case "spacing":
      return number > 0 ? [spread(plan, selection, { pitch: number }), "spread", { distance: number }] : null;
    case "depth":
      return number > 0 ? [spreadRows(plan, selection, { pitch: number }), "spread", { distance: number }] : null;
    default:
      return null;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {Editor} editor
 */
export function listenToSelected(form, editor) {
  const fieldOf = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const nothing = /** @type {HTMLElement} */ (document.querySelector("#se-nothing"));
  const title = /** @type {HTMLElement} */ (form.querySelector("h2"));

  const show = () => {
    const chosen = chosenOf(editor);
    const { seats, areas } = chosen;
    form.hidden = !seats.length && !areas.length;
    nothing.hidden = !form.hidden || editor.tool !== "select";
    if (form.hidden) return;
    title.textContent = editor.describe();
    const things = new Set();
    if (seats.length) things.add("seats");
    if (seats.length === 1) things.add("seat");
    if (common(seats.map(({ row }) => row.section)) !== undefined && seats.length) things.add("row");
    if (seats.length > 1 && seats.filter(({ flags }) => flags.accessible === true).length === 1) things.add("companions");
    if (areas.length) things.add("areas");
    if (floorsOf(editor.plan).length) things.add("floors");
    if (areas.some((area) => area.isForSale)) things.add("sold");
    if (areas.length && areas.every((area) => !area.isForSale)) things.add("drawn");
    if (areas.length === 1 && !seats.length && ["rectangle", "circle", "ellipse"].includes(areas[0].kind)) things.add("sides");
    if (areas.length === 1 && !seats.length && areas[0].kind === "polygon") things.add("corners");
    showFor(form, things);
    for (const [name, read] of Object.entries(VALUES)) fieldOf(name).value = String(read(chosen) ?? "");
    const radius = seats.length && seats.length <= MOST_CURVED ? bendOf(editor.plan, editor.selection) : null;
    fieldOf("radius").value = radius === null ? "" : String(rounded(radius));
    fieldOf("color").value = normalColor(common(areas.map(({ fill }) => fill)));
    for (const flag of FLAGS) {
      const count = seats.filter(({ flags }) => flags[flag] === true).length;
      fieldOf(flag).checked = count > 0 && count === seats.length;
      fieldOf(flag).indeterminate = count > 0 && count < seats.length;
    }
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    // The fields of a button wait for it, and corners are listened to by themselves.
    if (field.closest("[data-options]")) return;
    if (!field.reportValidity()) return;
    const flag = FLAGS.find((one) => one === field.name);
    if (flag) {
      const count = editor.selection.size;
      editor.apply(setFlag(editor.plan, editor.selection, flag, field.checked), field.checked ? "flag-on" : "flag-off", { count, flag: editor.speaker.word(flag) });
      return;
    }
    const done = change(editor, field.name, field.value.trim());
    if (done) editor.apply(...done);
  });
  editor.addEventListener("selection", show);
  editor.addEventListener("tool", show);
  show();
}

/** Starts the seat-map editor: reads the page's data, and connects plan, canvas, tools, keys and panels. */
import { Canvas } from "./canvas.js";
import { DraftLine } from "./draft/show.js";
import { Editor } from "./editor.js";
import { listenToClipboard, makeCommands } from "./commands.js";
import { Keyboard } from "./keyboard.js";
import { BackdropPanel } from "./panel/backdrop.js";
import { listenToCategories } from "./panel/categories.js";
import { listenToCheck } from "./panel/check.js";
import { Contents } from "./panel/contents.js";
import { listenToCorners } from "./panel/corners.js";
import { listenToNew, readNew } from "./panel/new.js";
import { listenToRoom } from "./panel/room.js";
import { listenToSelected } from "./panel/selected.js";
import { listenToTabs, showTab } from "./panel/tabs.js";
import { bounds } from "./plan/document.js";
import { putBehind } from "./plan/transform.js";
import { listenToPointers } from "./pointer.js";
import { Preview } from "./preview.js";
import { tellOnce } from "./small-screen.js";
import { Snapping } from "./snapping.js";
import { Speaker } from "./speak.js";
import { drawTool, polygonTool, withFloor } from "./tools/draw.js";
import { DRAWING_TOOLS, MAKERS } from "./tools/makers.js";
import { measureTool } from "./tools/measure.js";
import { selectTool } from "./tools/select.js";
import { View } from "./view.js";

/** @template {HTMLElement} [T=HTMLElement] @param {string} selector @returns {T} */
function find(selector) {
  return /** @type {T} */ (document.querySelector(selector));
}

const page = JSON.parse(find("#seat-editor-page").textContent ?? "{}");
const frame = find("#se-frame");
const speaker = new Speaker(page.words, find("#se-live"));
const editor = new Editor(page.document, page.marks, speaker);
const view = new View();
/** @type {import("./canvas.js").Overlay} */
const overlay = {
  selection: editor.selection,
  offset: { x: 0, y: 0 },
  focus: null,
  corner: null,
  others: [],
  faulty: new Set(),
  guides: [],
  paint: null,
  backdrop: null,
};
const canvas = new Canvas(find("#se-canvas"), view, () => editor.scene, overlay);
const repaint = () => canvas.repaint();

const newForm = /** @type {HTMLFormElement} */ (find("#se-new"));
const snapping = new Snapping(editor, view, overlay, repaint);
const readOptions = () => readNew(newForm);
/** @type {Record<string, import("./pointer.js").Tool>} */
const tools = {
  select: selectTool(editor, view, overlay, repaint, "box", snapping),
  lasso: selectTool(editor, view, overlay, repaint, "lasso", snapping),
  hand: {},
  measure: measureTool(editor, snapping, repaint),
};
for (const name of DRAWING_TOOLS) tools[name] = drawTool(editor, name, readOptions, snapping);
tools.polygon = polygonTool(editor, readOptions, snapping, view, repaint);
const tool = () => tools[editor.tool];

let isSpaceHeld = false;
listenToPointers(frame, view, tool, () => editor.tool === "hand" || isSpaceHeld);

const commands = makeCommands(editor, view, find("#se-selected"));
listenToClipboard(frame, editor, commands);
const token = /** @type {HTMLInputElement} */ (find("[name=csrfmiddlewaretoken]")).value;
const preview = new Preview(/** @type {HTMLDialogElement} */ (find("#se-preview")), editor, { url: page.preview, token, stage: page.words.stage });
commands.preview = () => void preview.open();
const backdrop = new BackdropPanel(editor, overlay, repaint, { url: page.backdrop, token });
tools.backdrop = backdrop.moveTool();
tools.calibrate = backdrop.calibrateTool();
commands["remove-backdrop"] = () => backdrop.remove();
commands.help = () => /** @type {HTMLDialogElement} */ (find("#se-keys")).showModal();

/** Add what the tool makes without the pointer: behind all that is drawn, or in the middle of an empty sheet. */
function addByForm() {
  const options = readOptions();
  if (!options) return;
  const { center } = view;
  const { pitch } = editor.own;
  const made = MAKERS[editor.tool](editor.plan, center, center, withFloor(options, editor), pitch);
  editor.apply(putBehind(made, bounds(editor.plan), pitch), `added-${editor.tool}`);
  const box = bounds(editor.plan, editor.selection);
  const { sight } = view;
  if (box && (box.bottom > sight.bottom || box.top < sight.top || box.left < sight.left || box.right > sight.right)) view.show(editor.own.box);
}

const revealSelection = () => {
  const seat = editor.own.byKey.get([...editor.selection][0]);
  if (seat) view.reveal(seat);
};
const draft = new DraftLine(editor, page.draft, revealSelection, (others) => {
  overlay.others = others;
  repaint();
});

new Keyboard(frame, editor, view, overlay, repaint, {
  save: () => void draft.save(),
  delete: commands.delete,
  backspace: commands.delete,
  "Ctrl+d": commands.duplicate,
  finish: () => tool().finish?.() ?? false,
  v: () => editor.use("select"),
  l: () => editor.use("lasso"),
  h: () => editor.use("hand"),
  m: () => editor.use("measure"),
  ...Object.fromEntries(["row", "block", "seat", "round", "long", "rectangle", "ellipse", "polygon", "stage"].map((name, at) => [String(at + 1), () => editor.use(name)])),
  t: () => editor.use("label"),
  "Shift+?": commands.help,
  "?": commands.help,
  r: commands["widen-row"],
  "Shift+r": commands["widen-section"],
  escape: () => {
    tool().cancel?.();
    if (editor.tool !== "select") editor.use("select");
    else editor.select([]);
  },
});
frame.addEventListener("keydown", (event) => {
  if (event.key === " " && !overlay.focus) isSpaceHeld = true;
});
document.addEventListener("keyup", (event) => {
  if (event.key === " ") isSpaceHeld = false;
});

for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => commands[button.getAttribute("data-command") ?? ""]?.());
}
const snapSwitch = /** @type {HTMLInputElement} */ (find("#se-snap"));
snapSwitch.addEventListener("change", () => {
  snapping.isOn = snapSwitch.checked;
});
for (const button of document.querySelectorAll("[data-tool]")) {
  button.addEventListener("click", () => editor.use(button.getAttribute("data-tool") ?? "select"));
}

function showTool() {
  for (const button of document.querySelectorAll("[data-tool]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-tool") === editor.tool));
  }
  frame.dataset.tool = editor.tool;
  overlay.paint = tool().paint ?? null;
  repaint();
}

function showSelection() {
  overlay.selection = editor.selection;
  find("#se-selection").textContent = editor.describe();
  repaint();
}

function showHistory() {
  const { canUndo, canRedo } = editor.history;
  find('[data-command="undo"]').setAttribute("aria-disabled", String(!canUndo));
  find('[data-command="redo"]').setAttribute("aria-disabled", String(!canRedo));
}

editor.addEventListener("plan", () => {
  overlay.faulty = new Set();
  showHistory();
});
editor.addEventListener("floor", () => {
  if (editor.own.seats.length) view.show(editor.own.box);
  repaint();
});
editor.addEventListener("selection", showSelection);
editor.addEventListener("preview", repaint);
listenToTabs(find('[role="tablist"]'));
listenToCategories(editor);
listenToNew(newForm, editor, addByForm);
listenToSelected(find("#se-selected"), editor);
listenToCorners(editor, (corner) => {
  overlay.corner = corner;
  if (corner) view.reveal(corner);
  repaint();
});
listenToRoom(editor);
listenToCheck(editor, (keys) => {
  if (editor.floor !== null && !keys.some((key) => editor.own.byKey.has(key) || editor.own.shapeOf(key))) editor.showFloor(null);
  editor.select(keys);
  overlay.faulty = new Set(keys);
  const box = editor.own.boxOf(keys);
  if (!box) return;
  const around = editor.own.pitch * 8;
  view.show({ left: box.left - around, top: box.top - around, right: box.right + around, bottom: box.bottom + around });
});
new Contents(find("#se-contents"), find("#se-pane-contents"), editor, (keys) => {
  const box = editor.own.boxOf(keys);
  if (box) view.reveal({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 });
});
editor.addEventListener("tool", () => {
  showTool();
  if (DRAWING_TOOLS.has(editor.tool)) showTab(find("#se-tab-selected"));
  speaker.say(`tool-${editor.tool}`);
});

tellOnce(find("#se-small-screen"));
showTool();
showSelection();
showHistory();
view.show(editor.own.box);
document.documentElement.dataset.seatEditor = "ready";

/** Starts the seat-map editor: reads the page's data, and connects plan, canvas, tools, keys and panels. */
import { Canvas } from "./canvas.js";
import { Editor } from "./editor.js";
import { Keyboard, deleteSelection } from "./keyboard.js";
import { listenToPointers } from "./pointer.js";
import { Saving } from "./saving.js";
import { Speaker } from "./speak.js";
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
  faulty: new Set(),
  paint: null,
  backdrop: null,
};
const canvas = new Canvas(find("#se-canvas"), view, () => editor.scene, overlay);
const repaint = () => canvas.repaint();

const snap = (/** @type {import("./view.js").Point} */ offset) => offset;
/** @type {Record<string, import("./pointer.js").Tool>} */
const tools = {
  select: selectTool(editor, view, overlay, repaint, "box", snap),
  lasso: selectTool(editor, view, overlay, repaint, "lasso", snap),
  hand: {},
};
const tool = () => tools[editor.tool];

let isSpaceHeld = false;
listenToPointers(frame, view, tool, () => editor.tool === "hand" || isSpaceHeld);

/** @type {Record<string, () => void>} */
const commands = {
  undo: () => editor.undo(),
  redo: () => editor.redo(),
  delete: () => deleteSelection(editor),
  "zoom-in": () => view.zoom(1.4),
  "zoom-out": () => view.zoom(1 / 1.4),
  "zoom-fit": () => view.show(editor.own.box),
  "widen-row": () => editor.widen("row"),
  "widen-section": () => editor.widen("section"),
};
const saving = new Saving(editor, { url: page.url, revision: page.revision }, find("#se-save"), find("#se-state"));

new Keyboard(frame, editor, view, overlay, repaint, {
  save: () => void saving.save(),
  v: () => editor.use("select"),
  l: () => editor.use("lasso"),
  h: () => editor.use("hand"),
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

editor.addEventListener("plan", showHistory);
editor.addEventListener("selection", showSelection);
editor.addEventListener("preview", repaint);
editor.addEventListener("tool", () => {
  showTool();
  speaker.say(`tool-${editor.tool}`);
});

showTool();
showSelection();
showHistory();
view.show(editor.own.box);
document.documentElement.dataset.seatEditor = "ready";

/**
 * Everything by keyboard. On the canvas, arrow keys move what is selected, or walk from seat to seat if nothing is;
 * with Ctrl they always walk. The page's help lists all keys.
 */
import { move } from "./plan/transform.js";
import { nextSeat } from "../seat-map/keyboard.js";

/** @typedef {import("./editor.js").Editor} Editor */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./canvas.js").Overlay} Overlay */

/** @type {Record<string, [-1 | 0 | 1, -1 | 0 | 1]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** How far an arrow key moves, as a part of the distance between two seats; with Shift a whole one. */
const NUDGE = 0.1;
const ZOOM = 1.25;

export class Keyboard {
  /**
   * @param {HTMLElement} frame  of the canvas
   * @param {Editor} editor
   * @param {View} view
   * @param {Overlay} overlay
   * @param {() => void} repaint
   * @param {Record<string, () => unknown>} commands  by their keys, such as "Ctrl+c"; `finish` is true if it did something
   */
  constructor(frame, editor, view, overlay, repaint, commands) {
    this.editor = editor;
    this.view = view;
    this.overlay = overlay;
    this.repaint = repaint;
    this.commands = commands;
    frame.addEventListener("keydown", (event) => this.#onCanvas(event));
    frame.addEventListener("blur", () => this.#focus(null));
    document.addEventListener("keydown", (event) => this.#anywhere(event));
  }

  /** @param {string | null} key */
  #focus(key) {
    this.overlay.focus = key;
    this.repaint();
  }

  /** @param {KeyboardEvent} event */
  #anywhere(event) {
    const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    const isControl = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (isControl && letter === "z" && !isTyping) event.shiftKey ? this.editor.redo() : this.editor.undo();
    else if (isControl && letter === "y" && !isTyping) this.editor.redo();
    else if (isControl && letter === "s") this.commands.save?.();
    // Where nothing has the focus, as at first, keys are meant for the canvas.
    else if (event.target !== document.body || !this.#handle(event)) return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #onCanvas(event) {
    if (this.#handle(event)) event.preventDefault();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something */
  #handle(event) {
    const { editor, view } = this;
    const isControl = event.ctrlKey || event.metaKey;
    const arrow = ARROWS[event.key];
    if (arrow) {
      if (isControl || !editor.selection.size) this.#walk(arrow);
      else this.#nudge(arrow, event.shiftKey ? 1 : NUDGE);
      return true;
    }
    const command = this.commands[(isControl ? "Ctrl+" : "") + (event.shiftKey ? "Shift+" : "") + event.key.toLowerCase()];
    if (command) {
      command();
      return true;
    }
    if (isControl && event.key !== " " && event.key.toLowerCase() !== "a") return false;
    switch (event.key) {
      case " ":
      case "Enter":
        if (event.key === "Enter" && this.commands.finish?.()) return true;
        if (this.overlay.focus) isControl || event.shiftKey ? editor.toggle([this.overlay.focus]) : editor.select([this.overlay.focus]);
        return true;
      case "a":
        if (!isControl) return false;
        editor.select([...editor.own.byKey.keys(), ...editor.own.shapes.map(({ key }) => key)]);
        return true;
      case "+":
      case "=":
        view.zoom(ZOOM);
        return true;
      case "-":
        view.zoom(1 / ZOOM);
        return true;
      case "0":
        view.show(editor.own.box);
        return true;
      default:
        return false;
    }
  }

  /** @param {[-1 | 0 | 1, -1 | 0 | 1]} direction @param {number} steps */
  #nudge([right, down], steps) {
    const { editor } = this;
    const step = editor.own.pitch * steps;
    editor.apply(move(editor.plan, editor.selection, right * step, down * step), "moved", { count: editor.selection.size });
  }

  /** @param {[-1 | 0 | 1, -1 | 0 | 1]} direction */
  #walk([right, down]) {
    const { own } = this.editor;
    const { byKey, pitch } = own;
    const from = byKey.get(this.overlay.focus ?? "");
    const seat = from ? nextSeat({ seats: byKey, pitch }, from, right, down) : (byKey.get([...this.editor.selection][0] ?? "") ?? own.seats[0]);
    if (!seat) {
      this.editor.speaker.say(from ? "edge" : "no-seats");
      return;
    }
    this.#focus(seat.key);
    this.view.reveal(seat);
    const isSelected = this.editor.selection.has(seat.key);
    this.editor.speaker.tell(this.editor.describeSeat(seat) + (isSelected ? `, ${this.editor.speaker.word("selected")}` : ""));
  }
}

/**
 * Everything on the drawing as a list, for people who can't see or point: sections, their rows, the seats of a row, and
 * areas. What is chosen here is selected; the other panes change it.
 */
import { withTops } from "../plan/tables.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../scene.js").RowMark} RowMark */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {string} className
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** @param {string} text */
function isolated(text) {
  return make("bdi", "", text);
}

export class Contents {
  /** What is open, by section and row, however often the list is made again. @type {Set<string>} */
  #open = new Set();
  #isStale = true;

  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} pane
   * @param {Editor} editor
   * @param {(keys: string[]) => void} onChoose
   */
  constructor(box, pane, editor, onChoose) {
    this.box = box;
    this.pane = pane;
    this.editor = editor;
    this.onChoose = onChoose;
    for (const event of ["plan", "floor"]) {
      editor.addEventListener(event, () => {
        this.#isStale = true;
        this.#show();
      });
    }
    editor.addEventListener("selection", () => this.#press());
    new MutationObserver(() => this.#show()).observe(pane, { attributeFilter: ["hidden"] });
  }

  #show() {
    if (this.pane.hidden || !this.#isStale) return;
    this.#isStale = false;
    const { rows, shapes } = this.editor.own;
    const { speaker } = this.editor;
    /** @type {Map<string, RowMark[]>} */
    const sections = new Map();
    for (const row of rows) sections.set(row.section, [...(sections.get(row.section) ?? []), row]);
    const focused = document.activeElement?.closest("[data-entry]")?.getAttribute("data-entry");
    const parts = [...sections].map(([name, members]) => {
      const keys = members.flatMap(({ seats }) => seats.map(({ key }) => key));
      return this.#part(`section ${name}`, isolated(name || speaker.word("no-section")), speaker.word("seats", { count: keys.length }), () => [
        this.#choice(`all ${name}`, speaker.word("all-of-section"), "", keys),
        ...members.map((row) => this.#row(row)),
      ]);
    });
    if (shapes.length) {
      const entries = () => shapes.map(({ key, name, capacity, isForSale }) => this.#choice(key, name || speaker.word("shape"), isForSale ? speaker.word("places", { count: capacity }) : "", [key]));
      parts.push(this.#part("shapes", speaker.word("shapes"), String(shapes.length), entries));
    }
    this.box.replaceChildren(make("div", "se-contents", ...(parts.length ? parts : [speaker.word("no-seats")])));
    this.#press();
    if (focused) /** @type {HTMLElement | null} */ (this.box.querySelector(`[data-entry="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {string} entry @param {Node | string} title @param {string} count @param {() => Node[]} fill  once it is open */
  #part(entry, title, count, fill) {
    const list = make("ul", "");
    const summary = make("summary", "", title, ` · ${count}`);
    summary.dataset.entry = entry;
    const details = make("details", "", summary, list);
    const open = () => {
      if (!list.children.length) list.append(...fill().map((node) => make("li", "", node)));
      this.#press();
    };
    details.open = this.#open.has(entry);
    if (details.open) list.append(...fill().map((node) => make("li", "", node)));
    details.addEventListener("toggle", () => {
      if (details.open) this.#open.add(entry);
      else this.#open.delete(entry);
      if (details.open) open();
    });
    return details;
  }

  /** @param {RowMark} row */
  #row(row) {
    const { speaker } = this.editor;
    const keys = row.seats.map(({ key }) => key);
    const [first, last] = [row.seats[0]?.number ?? "", row.seats.at(-1)?.number ?? ""];
    const name = speaker.word(row.isTable ? "table" : "row", { row: row.label || "–" });
    const range = first === last ? first : `${first}–${last}`;
    return this.#part(`row ${row.key}`, isolated(name), `${range} · ${speaker.word("seats", { count: keys.length })}`, () => [
      this.#choice(row.key, speaker.word("all-of-row"), row.seats[0]?.category ?? "", keys),
      make("div", "se-seats", ...row.seats.map((seat) => this.#choice(seat.key, seat.number || "–", "", [seat.key], this.editor.describeSeat(seat)))),
    ]);
  }

  /** @param {string} entry @param {string} text @param {string} extra @param {string[]} keys @param {string} [label] */
  #choice(entry, text, extra, keys, label) {
    const button = make("button", "se-choice", isolated(text), ...(extra ? [make("small", "", isolated(extra))] : []));
    button.type = "button";
    button.dataset.entry = entry;
    if (label) button.setAttribute("aria-label", label);
    chosenBy.set(button, keys);
    button.addEventListener("click", (event) => {
      if (event.shiftKey || event.ctrlKey || event.metaKey) this.editor.toggle(keys);
      else this.editor.select(withTops(this.editor.plan, new Set(keys)));
      this.onChoose(keys);
    });
    return button;
  }

  /** Tell which entries are selected. */
  #press() {
    if (this.pane.hidden) return;
    const { selection } = this.editor;
    for (const button of this.box.querySelectorAll(".se-choice")) {
      const keys = chosenBy.get(button) ?? [];
      button.setAttribute("aria-pressed", String(keys.length > 0 && keys.every((key) => selection.has(key))));
    }
  }
}

/** What each entry selects. @type {WeakMap<Element, string[]>} */
const chosenBy = new WeakMap();

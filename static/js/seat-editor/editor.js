/**
 * What the page works on: the plan with its history, what is selected, the floor, and the tool. It tells of changes by
 * the events `plan`, `selection`, `floor` and `tool`.
 */
import { History } from "./history.js";
import { open } from "./plan/document.js";
import { FLAGS } from "./plan/paint.js";
import { withTops } from "./plan/tables.js";
import { Scene } from "./scene.js";

/** @typedef {import("./plan/document.js").Plan} Plan */
/** @typedef {import("./plan/document.js").Result} Result */
/** @typedef {import("./speak.js").Speaker} Speaker */
/** @typedef {import("./speak.js").Values} Values */

export class Editor extends EventTarget {
  /** @type {Set<string>} */
  selection = new Set();
  /** The floor that is shown; null for all. @type {string | null} */
  floor = null;
  tool = "select";
  #scene = /** @type {{plan: Plan, floor: string | null, scene: Scene} | null} */ (null);
  /** What was selected when a plan was left or made. @type {WeakMap<Plan, Set<string>>} */
  #selections = new WeakMap();
  #preview = /** @type {{plan: Plan, scene: Scene} | null} */ (null);

  /**
   * @param {any} document
   * @param {string[]} marks  the signs of categories
   * @param {Speaker} speaker
   */
  constructor(document, marks, speaker) {
    super();
    /** @type {History<Plan>} */
    this.history = new History(open(document));
    this.marks = marks;
    this.speaker = speaker;
  }

  /** @returns {Plan} */
  get plan() {
    return this.history.state;
  }

  /** The plan as it is shown: while a tool is at work, as it would become. */
  get scene() {
    return this.#preview?.scene ?? this.own;
  }

  /** The plan as it is, drawn. */
  get own() {
    if (this.#scene?.plan !== this.plan || this.#scene.floor !== this.floor) {
      this.#scene = { plan: this.plan, floor: this.floor, scene: new Scene(this.plan, this.marks, this.floor) };
    }
    return this.#scene.scene;
  }

  /** Show what a plan would look like; null ends that. @param {Plan | null} plan */
  preview(plan) {
    this.#preview = plan && { plan, scene: new Scene(plan, this.marks, this.floor) };
    this.dispatchEvent(new Event("preview"));
  }

  /**
   * Take a step that can be undone.
   * @param {Plan | Result} result
   * @param {string} name  of the sentence that says what was done
   * @param {Values} [values]
   */
  apply(result, name, values) {
    const { plan, selection } = "selection" in result ? /** @type {Result} */ (result) : { plan: result, selection: null };
    this.#preview = null;
    if (plan === this.plan) {
      this.speaker.say("nothing-changed");
      this.dispatchEvent(new Event("preview"));
      return;
    }
    const words = this.speaker.word(name, values);
    this.#selections.set(this.plan, this.selection);
    this.history.push(/** @type {Plan} */ (plan), words);
    if (selection) this.selection = new Set(selection);
    this.#selections.set(this.plan, this.selection);
    this.#changed();
    this.speaker.tell(words);
  }

  undo() {
    const words = this.history.undo();
    if (words !== null) this.#stepped();
    this.speaker.say(words === null ? "nothing-to-undo" : "undone", { step: words ?? "" });
  }

  redo() {
    const words = this.history.redo();
    if (words !== null) this.#stepped();
    this.speaker.say(words === null ? "nothing-to-redo" : "redone", { step: words ?? "" });
  }

  #stepped() {
    this.selection = this.#selections.get(this.plan) ?? this.selection;
    this.#changed();
  }

  /** Change the plan and all of its history alike, as someone else's change does. @param {(plan: Plan) => Plan} change */
  rebase(change) {
    this.history.rebase((plan) => {
      const next = change(plan);
      const selection = this.#selections.get(plan);
      if (selection) this.#selections.set(next, selection);
      return next;
    });
    this.#changed();
  }

  #changed() {
    const { byKey } = this.own;
    const left = [...this.selection].filter((key) => byKey.has(key) || this.own.shapeOf(key));
    if (left.length < this.selection.size) this.selection = new Set(left);
    this.dispatchEvent(new Event("plan"));
    this.dispatchEvent(new Event("selection"));
  }

  /** @param {Iterable<string>} keys @param {boolean} [isSilent] */
  select(keys, isSilent = false) {
    this.selection = new Set(keys);
    this.dispatchEvent(new Event("selection"));
    if (!isSilent) this.speaker.tell(this.describe());
  }

  /** @param {Iterable<string>} keys  selected if one of them is not, else deselected */
  toggle(keys) {
    const wanted = [...keys];
    const isAdding = wanted.some((key) => !this.selection.has(key));
    const next = new Set(this.selection);
    for (const key of wanted) isAdding ? next.add(key) : next.delete(key);
    this.select(next);
  }

  /** Extend what is selected to whole rows, or whole sections. @param {"row" | "section"} what */
  widen(what) {
    const { rows } = this.own;
    const touched = rows.filter((row) => row.seats.some(({ key }) => this.selection.has(key)));
    const sections = new Set(touched.map(({ section }) => section));
    const wanted = what === "row" ? touched : rows.filter(({ section }) => sections.has(section));
    const keys = new Set([...this.selection, ...wanted.flatMap((row) => row.seats.map(({ key }) => key))]);
    this.select(withTops(this.plan, keys));
  }

  /** @param {string} name */
  use(name) {
    this.tool = name;
    this.dispatchEvent(new Event("tool"));
  }

  /** @param {string | null} floor */
  showFloor(floor) {
    this.floor = floor;
    this.selection = new Set();
    this.dispatchEvent(new Event("floor"));
    this.dispatchEvent(new Event("selection"));
  }

  /** Describe what is selected, in one sentence. */
  describe() {
    const { byKey } = this.own;
    const seats = [...this.selection].flatMap((key) => byKey.get(key) ?? []);
    const areas = this.selection.size - seats.length;
    if (!this.selection.size) return this.speaker.word("nothing-selected");
    if (seats.length === 1 && !areas) return this.describeSeat(seats[0]);
    const parts = [];
    if (seats.length) parts.push(this.speaker.word("seats-selected", { count: seats.length }));
    if (areas) {
      const shape = areas === 1 ? this.own.shapes.find(({ key }) => this.selection.has(key)) : undefined;
      parts.push(this.speaker.word("areas-selected", { count: areas }) + (shape?.name ? `: ${shape.name}` : ""));
    }
    const rows = new Set(seats.map(({ row }) => [row.section, row.label].filter(Boolean).join(", ")));
    if (rows.size && rows.size <= 3) parts.push([...rows].join("; "));
    return parts.join(" · ");
  }

  /** @param {import("./scene.js").SeatMark} seat */
  describeSeat(seat) {
    const { speaker } = this;
    return [
      seat.row.section,
      seat.row.label && speaker.word("row", { row: seat.row.label }),
      speaker.word("seat", { number: seat.number || "–" }),
      seat.category || speaker.word("no-category"),
      ...FLAGS.filter((flag) => seat.flags[flag] === true).map((flag) => speaker.word(flag)),
    ]
      .filter(Boolean)
      .join(", ");
  }
}

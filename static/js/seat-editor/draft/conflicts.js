/** The dialog that asks what stays where two people have changed the same thing. */

/** @typedef {import("../plan/merge.js").Conflict} Conflict */
/** @typedef {import("../plan/merge-values.js").Choice} Choice */
/** @typedef {import("../speak.js").Speaker} Speaker */

/** More are decided all alike. */
const MAX_ASKED = 50;
const MAX_VALUE = 40;

export class ConflictDialog {
  /** @type {Conflict[]} */
  #conflicts = [];

  /**
   * @param {HTMLDialogElement} dialog
   * @param {Speaker} speaker
   * @param {(choice: Choice | Map<string, Choice>) => void} onChoice
   * @param {(key: string) => void} onShow  show the seat or area of this key
   */
  constructor(dialog, speaker, onChoice, onShow) {
    this.dialog = dialog;
    this.speaker = speaker;
    this.onShow = onShow;
    this.list = /** @type {HTMLElement} */ (dialog.querySelector("[data-conflicts]"));
    dialog.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const how = /** @type {SubmitEvent} */ (event).submitter?.getAttribute("value");
      dialog.close();
      if (how === "mine" || how === "theirs") onChoice(how);
      else if (how === "each") onChoice(this.#read());
    });
  }

  /** @param {Conflict[]} conflicts @param {string} who */
  show(conflicts, who) {
    this.#conflicts = conflicts.slice(0, MAX_ASKED);
    this.list.replaceChildren(...this.#conflicts.map((conflict, index) => this.#ask(conflict, index, who)));
    const more = /** @type {HTMLElement} */ (this.dialog.querySelector("[data-more]"));
    const count = conflicts.length - this.#conflicts.length;
    more.hidden = count === 0;
    more.textContent = this.speaker.word("conflicts-more", { count });
    if (!this.dialog.open) this.dialog.showModal();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  #read() {
    /** @type {Map<string, Choice>} */
    const choices = new Map();
    for (const [index, { id }] of this.#conflicts.entries()) {
      const chosen = this.list.querySelector(`input[name="conflict-${index}"]:checked`);
      choices.set(id, chosen?.getAttribute("value") === "theirs" ? "theirs" : "mine");
    }
    return choices;
  }

  /** @param {Conflict} conflict @param {number} index @param {string} who */
  #ask(conflict, index, who) {
    const field = document.createElement("fieldset");
    field.className = "se-conflict";
    const legend = document.createElement("legend");
    legend.textContent = [this.#name(conflict), this.#property(conflict)].join(": ");
    legend.dir = "auto";
    field.append(legend, this.#choice(conflict, index, "mine", this.speaker.word("conflict-mine")));
    field.append(this.#choice(conflict, index, "theirs", who || this.speaker.word("conflict-theirs")));
    if (conflict.key !== undefined) {
      const { key } = conflict;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "se-button";
      button.textContent = this.speaker.word("conflict-show");
      button.addEventListener("click", () => {
        this.dialog.close();
        this.onShow(key);
      });
      field.append(button);
    }
    return field;
  }

  /** @param {Conflict} conflict @param {number} index @param {Choice} side @param {string} words */
  #choice(conflict, index, side, words) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: `conflict-${index}`, value: side, defaultChecked: side === "mine" });
    const name = document.createElement("bdi");
    name.textContent = words;
    const value = document.createElement("bdi");
    value.textContent = this.#value(conflict, side);
    label.append(input, name, " · ", value);
    return label;
  }

  /** @param {Conflict} conflict */
  #name({ kind, names }) {
    const { speaker } = this;
    const [section, row, number] = kind === "seat" ? names : kind === "row" ? names : [names.filter(Boolean).join(", ")];
    const parts = [section, row && speaker.word("row", { row }), number && speaker.word("seat", { number })];
    return parts.filter(Boolean).join(", ") || speaker.word("conflict-plan");
  }

  /** @param {Conflict} conflict */
  #property({ property }) {
    const name = `property-${property.replace("marquee.", "")}`;
    return name in this.speaker.words ? this.speaker.word(name) : property;
  }

  /** @param {Conflict} conflict @param {Choice} side */
  #value(conflict, side) {
    const value = conflict[side];
    if (conflict.property === "removed") return this.speaker.word(value === null ? "conflict-deleted" : "conflict-changed");
    if (value === undefined || value === "") return "–";
    if (conflict.property === "position") return describeMove(conflict.base, value) || this.speaker.word("conflict-changed");
    if (typeof value === "object") return this.speaker.word("conflict-changed");
    return String(value).slice(0, MAX_VALUE);
  }
}

/** Return how far something was moved, and where to. @param {any} from @param {any} to */
function describeMove(from, to) {
  const [right, down] = ["x", "y"].map((axis) => Math.round((to?.[axis] - from?.[axis]) * 10) / 10);
  const parts = [right && `${right > 0 ? "→" : "←"} ${Math.abs(right)}`, down && `${down > 0 ? "↓" : "↑"} ${Math.abs(down)}`];
  return parts.filter(Boolean).join(" ");
}

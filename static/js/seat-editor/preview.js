/**
 * The plan as customers see it, at the width of a phone and of a desktop: drawn by their own modules from what the
 * server makes of the document, saved or not. The best seats for a party are chosen on it as customers are offered them.
 */
import { Choice } from "../seat-map/choice.js";
import { SectionCounts } from "../seat-map/counts.js";
import { HallDrawing } from "../seat-map/draw.js";
import { Hall } from "../seat-map/hall.js";
import { listenToKeys } from "../seat-map/keyboard.js";
import { Overview, needsOverview } from "../seat-map/overview.js";
import { PanZoom } from "../seat-map/pan-zoom.js";
import { Party } from "../seat-map/party.js";
import { Sections } from "../seat-map/sections.js";
import { toJson } from "./plan/document.js";

/** @typedef {import("./editor.js").Editor} Editor */

const TICKET_TYPE = { id: 1, name: "", who: "" };
const MOST_TICKETS = 100;

export class Preview {
  /** Seats by the size of the party. @type {Record<string, number[]>} */
  #best = {};
  #choice = /** @type {Choice | null} */ (null);
  #plan = /** @type {any} */ (null);
  #sheets = document.adoptedStyleSheets;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {Editor} editor
   * @param {{url: string, token: string, stage: string}} page
   */
  constructor(dialog, editor, page) {
    this.dialog = dialog;
    this.editor = editor;
    this.page = page;
    this.room = /** @type {HTMLElement} */ (dialog.querySelector("[data-room]"));
    this.sections = /** @type {HTMLElement} */ (dialog.querySelector("[data-sections]"));
    this.words = /** @type {HTMLElement} */ (dialog.querySelector("[data-seats]"));
    this.around = /** @type {HTMLTemplateElement} */ (dialog.querySelector("[data-around]"));
    this.sections.addEventListener("click", () => this.#draw(this.sections.getAttribute("aria-pressed") !== "true"));
    for (const button of dialog.querySelectorAll("[data-width]")) {
      button.addEventListener("click", () => this.#widen(/** @type {HTMLElement} */ (button)));
    }
    for (const button of dialog.querySelectorAll("[data-party]")) {
      button.addEventListener("click", () => this.#seat(/** @type {HTMLElement} */ (button)));
    }
    dialog.addEventListener("close", () => {
      document.adoptedStyleSheets = this.#sheets;
      this.room.replaceChildren();
    });
  }

  async open() {
    const { editor, page } = this;
    editor.speaker.say("preview-drawn");
    try {
      const headers = { "Content-Type": "application/json", "X-CSRFToken": page.token };
      const response = await fetch(page.url, { method: "POST", headers, body: toJson(editor.plan) });
      const answer = await response.json();
      if (!response.ok) {
        editor.speaker.tell(answer.message);
        return;
      }
      this.#best = answer.best;
      this.#sheets = document.adoptedStyleSheets;
      this.dialog.showModal();
      this.#plan = answer.plan;
      this.#draw(true);
    } catch (error) {
      console.error(error);
      editor.speaker.say("not-answered");
    }
  }

  /** @param {boolean} mayShowSections  first, as customers see a hall that is too large for its seats to be hit */
  #draw(mayShowSections) {
    const { categories } = this.#plan;
    const prices = Object.fromEntries(categories.map((/** @type {any} */ { id }) => [id, { [TICKET_TYPE.id]: "0" }]));
    const hall = new Hall({ ...this.#plan, currency: "EUR", ticket_types: [TICKET_TYPE], prices });
    const choice = new Choice(hall, MOST_TICKETS, []);
    choice.update([], Object.fromEntries(hall.areas.map(({ id, capacity }) => [String(id), capacity])));
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.classList.add("hall");
    svg.setAttribute("viewBox", hall.viewBox.join(" "));
    const frame = document.createElement("div");
    frame.className = "hall-frame";
    frame.append(svg);
    const around = /** @type {DocumentFragment} */ (this.around.content.cloneNode(true));
    const [bar, list] = /** @type {Iterable<HTMLElement>} */ (around.children);
    this.room.replaceChildren(bar, frame, list);
    const [, , width, height] = hall.viewBox;
    const scale = Math.min(frame.clientWidth / width, frame.clientHeight / height);
    const hasSections = needsOverview(hall, hall.pitch * scale);
    const isLarge = hasSections && mayShowSections;
    const drawing = new HallDrawing(svg, hall, choice, this.page.stage, isLarge);
    drawing.nameSeats();
    const view = new PanZoom(frame, svg, hall);
    if (isLarge) this.#lead(drawing, view, bar, list);
    else listenToKeys(hall, drawing, view, () => {}, () => {});
    view.addEventListener("rest", () => drawing.number(view.sight, view.pitch));
    choice.addEventListener("change", (event) => {
      for (const id of /** @type {CustomEvent} */ (event).detail.seats) drawing.paint(id);
      drawing.number(view.sight, view.pitch);
    });
    this.#choice = choice;
    this.sections.hidden = !hasSections;
    this.sections.setAttribute("aria-pressed", String(isLarge));
    for (const button of this.dialog.querySelectorAll("[data-party]")) {
      const size = button.getAttribute("data-party") ?? "";
      button.setAttribute("aria-pressed", "false");
      button.toggleAttribute("disabled", !this.#best[size]?.length);
    }
  }

  /**
   * Show the sections first; each opens as it does for customers.
   * @param {HallDrawing} drawing
   * @param {PanZoom} view
   * @param {HTMLElement} bar
   * @param {HTMLElement} list
   */
  #lead(drawing, view, bar, list) {
    const { hall, choice } = drawing;
    const counts = new SectionCounts(hall, choice, new Party(hall));
    // A draft has no prices yet.
    counts.from = () => "";
    const overview = new Overview(drawing.overview, hall, choice, counts);
    overview.layout(view.base);
    bar.hidden = false;
    const enter = listenToKeys(hall, drawing, view, () => {}, (seat) => sections.reach([seat]));
    const say = (/** @type {string} */ words) => (this.words.textContent = words);
    const sections = new Sections(hall, drawing, overview, counts, view, { bar, list, keepsAddress: true, say, onOpen: enter });
  }

  /** @param {HTMLElement} button */
  #widen(button) {
    this.room.style.inlineSize = `${button.dataset.width}px`;
    this.#draw(true);
    press(this.dialog, "[data-width]", button);
  }

  /** @param {HTMLElement} button */
  #seat(button) {
    const isOn = button.getAttribute("aria-pressed") === "true";
    if (this.sections.getAttribute("aria-pressed") === "true") this.#draw(false);
    const seats = isOn ? [] : (this.#best[button.dataset.party ?? ""] ?? []);
    this.#choice?.replace(seats);
    press(this.dialog, "[data-party]", isOn ? null : button);
    const labels = seats.flatMap((id) => this.#choice?.hall.seats.get(id) ?? []).map((seat) => this.#choice?.hall.label(seat));
    this.words.textContent = labels.join("; ");
  }
}

/** @param {Element} within @param {string} selector @param {Element | null} pressed */
function press(within, selector, pressed) {
  for (const button of within.querySelectorAll(selector)) button.setAttribute("aria-pressed", String(button === pressed));
}

/**
 * Fetches the hall and draws it, so that people see it before the rest has been loaded: `main.js` and its modules,
 * which have it answer.
 */
import { Choice } from "./choice.js";
import { SectionCounts } from "./counts.js";
import { HallDrawing } from "./draw.js";
import { Hall } from "./hall.js";
import { Overview, needsOverview } from "./overview.js";
import { Party } from "./party.js";

/**
 * @typedef {object} Page
 * @property {string} plan
 * @property {string} availability
 * @property {number} limit
 * @property {string} stage
 * @property {boolean} isScreen  whether people look at a screen
 * @property {string} photos  where those of the view are
 * @property {boolean} [keepsCompanions]  whether companion seats are sold only with their wheelchair places
 * @property {number[]} own
 * @property {Record<string, number>} ownAreas
 * @property {{seats: [number, number | null][], areas: [number, number | null, number][]}} choice
 * @property {import("./live.js").Availability} now
 * @property {string} [full]  what to say at the limit, where it is not that of a customer
 * @property {{words: string, url: string}} [atLimit]  what a party can do that is too large for the limit
 * @property {number[]} [types]  ticket types to give to seats in turn
 */

/** Pixels below the map that stay free in the window. */
const GAP = 8;

/** @param {string} selector */
export function find(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}

/**
 * Fit the whole map into view at first: from its top to the bottom of the window, or to the basket where
 * it covers the map.
 * @param {HTMLElement} frame
 * @param {HTMLElement} basket
 */
function fitIntoWindow(frame, basket) {
  const isOver = basket.getBoundingClientRect().left <= frame.getBoundingClientRect().left;
  const top = frame.getBoundingClientRect().top + window.scrollY;
  frame.style.setProperty("--room", `${window.innerHeight - top - (isOver ? basket.offsetHeight : 0) - GAP}px`);
}

/**
 * @param {Choice} choice
 * @param {Page["choice"]} wanted
 */
function restore(choice, wanted) {
  for (const [id, type] of wanted.seats) {
    if (!choice.seats.has(id)) choice.toggle(id);
    if (type !== null) choice.setType(id, type);
  }
  for (const [area, type, quantity] of wanted.areas) {
    const offer = choice.hall.offersOf(choice.hall.areas.find(({ id }) => id === area)?.category ?? 0)[0];
    choice.setPlaces(area, type ?? offer?.type.id ?? 0, quantity);
  }
}

function listenToViews() {
  const views = { map: find("#seat-map"), list: find("#seat-list-view") };
  if (!views.list) return;
  find("#seat-views").hidden = false;
  const buttons = [...document.querySelectorAll("#seat-views [data-view]")];
  const show = (/** @type {string} */ name) => {
    views.map.hidden = name !== "map";
    views.list.hidden = name !== "list";
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.view === name));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => show(/** @type {HTMLElement} */ (button).dataset.view ?? "map"));
  }
  show("map");
}

/** Draw the hall, with what is taken and chosen, and return it once it can be seen. */
async function draw() {
  const page = /** @type {Page} */ (JSON.parse(find("#seat-page").textContent ?? "{}"));
  const response = await fetch(page.plan);
  if (!response.ok) throw new Error(`The plan of the hall is not to be had: ${response.status}.`);
  const hall = new Hall(await response.json());
  const choice = new Choice(hall, page.limit, page.own, page.ownAreas, page.types);
  // Before anything is drawn, so that each seat is drawn once.
  choice.update(page.now.taken, page.now.areas);
  restore(choice, page.choice);
  // Standing places that the layout does not draw are chosen by number alone.
  find("#seat-map").hidden = !hall.seats.size && !hall.areas.some(({ shape }) => shape);
  listenToViews();
  const frame = find("#hall-frame");
  const [, , width, height] = hall.viewBox;
  const scale = () => Math.min(frame.clientWidth / width, frame.clientHeight / height);
  fitIntoWindow(frame, find("#hold-form"));
  const isLarge = needsOverview(hall, hall.pitch * scale());
  if (isLarge) {
    find("#section-bar").hidden = false;
    fitIntoWindow(frame, find("#hold-form"));
  }
  const svg = /** @type {SVGSVGElement} */ (document.querySelector("#hall"));
  const party = new Party(hall);
  const counts = new SectionCounts(hall, choice, party);
  const drawing = new HallDrawing(svg, hall, choice, page.stage, isLarge);
  const overview = isLarge ? new Overview(drawing.overview, hall, choice, counts) : null;
  overview?.layout(scale());
  document.documentElement.dataset.seatMap = "drawn";
  // Shows the drawing before anything else is done.
  await new Promise((done) => setTimeout(done));
  return { page, hall, choice, party, counts, drawing, overview };
}

export const drawn = draw();

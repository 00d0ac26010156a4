/**
 * What staff see on the map besides what customers see: places reserved or kept for the house, in a color
 * of their own, and for whom; and how they choose many seats at once.
 */
import { started } from "../seat-map/main.js";
import { listenToMany } from "./box_office_many.js";

const kept = /** @type {Record<string, string>} */ (JSON.parse(document.querySelector("#kept-seats")?.textContent ?? "{}"));

function mark() {
  const ids = Object.keys(kept);
  const sheet = new CSSStyleSheet();
  const selector = ids.map((id) => `.hall [data-seat="${Number(id)}"].is-taken`).join(",");
  sheet.replaceSync(`.bo-mark-kept{fill:var(--accent);stroke:none}${selector ? `${selector}{fill:var(--accent)}` : ""}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  explain(document.querySelector("#hall") ?? document);
  // The sections of a large hall are drawn when they are opened.
  document.querySelector("#hall")?.addEventListener("sectiondrawn", (event) => {
    explain(/** @type {CustomEvent<Element>} */ (event).detail);
  });
}

/** @param {ParentNode} place */
function explain(place) {
  for (const id of Object.keys(kept)) {
    const seat = place.querySelector(`[data-seat="${Number(id)}"]`);
    if (!seat) continue;
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = kept[id];
    seat.append(title);
    seat.setAttribute("aria-description", kept[id]);
  }
}

const page = await started;
if (page) {
  mark();
  listenToMany(page);
}

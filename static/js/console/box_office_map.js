/**
 * What staff see on the map besides what customers see: places reserved or kept for the house, in a color
 * of their own, and for whom.
 */
const kept = /** @type {Record<string, string>} */ (JSON.parse(document.querySelector("#kept-seats")?.textContent ?? "{}"));

function mark() {
  const ids = Object.keys(kept);
  const sheet = new CSSStyleSheet();
  const selector = ids.map((id) => `.hall [data-seat="${Number(id)}"].is-taken`).join(",");
  sheet.replaceSync(`.bo-mark-kept{fill:var(--accent);stroke:none}${selector ? `${selector}{fill:var(--accent)}` : ""}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  for (const id of ids) {
    const seat = document.querySelector(`.hall [data-seat="${Number(id)}"]`);
    if (!seat) continue;
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = kept[id];
    seat.append(title);
    seat.setAttribute("aria-description", kept[id]);
  }
}

if (document.documentElement.dataset.seatMap === "ready") mark();
else {
  const observer = new MutationObserver(() => {
    if (document.documentElement.dataset.seatMap !== "ready") return;
    observer.disconnect();
    mark();
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-seat-map"] });
}

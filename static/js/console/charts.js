// @ts-check
/* Unfold draws charts in a typeface that the console does not use, before its letters are loaded, and in
   a gray that is hard to read: draw them again as the rest of the page is written, by day and by night. */

/** @typedef {{ ticks: { color: string } }} Scale */
/** @typedef {{ data: { labels: unknown[] }, options: { scales: Record<string, Scale> }, update: () => void }} DrawnChart */
/** @typedef {{ defaults: { font: { family: string } }, instances: Record<string, DrawnChart> }} Charts */

/** @param {Charts} charts */
function redraw(charts) {
  for (const chart of Object.values(charts.instances)) {
    for (const scale of Object.values(chart.options.scales)) {
      scale.ticks.color = getComputedStyle(document.body).color;
    }
    chart.update();
  }
}

addEventListener("load", async () => {
  const charts = /** @type {{ Chart?: Charts }} */ (/** @type {unknown} */ (window)).Chart;
  if (!charts) {
    return;
  }
  const family = getComputedStyle(document.body).fontFamily;
  const text = Object.values(charts.instances).flatMap((chart) => chart.data.labels.flat());
  await document.fonts.load(`12px ${family}`, text.join(" "));
  // Ticks take their font from here, regardless of a chart's own options.
  charts.defaults.font.family = family;
  redraw(charts);
  new MutationObserver(() => redraw(charts)).observe(document.documentElement, { attributeFilter: ["class"] });
});

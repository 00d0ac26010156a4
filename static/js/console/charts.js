// @ts-check
/* Unfold draws charts in a typeface that the console does not use, and before its letters are loaded:
   draw them again in the console's own, which know every script that titles are in. */

/** @typedef {{ data: { labels: unknown[] }, options: { font: object }, update: () => void }} DrawnChart */

addEventListener("load", async () => {
  const family = getComputedStyle(document.body).fontFamily;
  const known = /** @type {{ Chart?: { instances: Record<string, DrawnChart> } }} */ (/** @type {unknown} */ (window)).Chart;
  for (const chart of Object.values(known?.instances ?? {})) {
    const text = chart.data.labels.flat().join(" ");
    await document.fonts.load(`12px ${family}`, text);
    chart.options.font = { family, size: 12 };
    chart.update();
  }
});

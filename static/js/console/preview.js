// Scales the desktop preview down to its place, so that its whole width is visible.
// Without this module it scrolls.
const DESKTOP = 1280;

for (const stage of document.querySelectorAll("[data-preview]")) {
  const fit = () => {
    const scale = Math.min(1, stage.clientWidth / DESKTOP);
    /** @type {HTMLElement} */ (stage).style.setProperty("--preview-scale", String(scale));
  };
  new ResizeObserver(fit).observe(stage);
  fit();
}

// Makes the desktop view of the preview as small as its place asks for, so that the whole width is seen.
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

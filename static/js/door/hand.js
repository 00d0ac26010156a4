// Runs before the first paint: the controls stand at once where the thumb is. A classic script on purpose.
(() => {
  const root = document.documentElement;
  const STORED = "door-hand";

  function paint() {
    const isLeft = root.dataset.hand === "left";
    for (const button of document.querySelectorAll("[data-hand-switch]")) {
      button.setAttribute("aria-pressed", String(isLeft));
    }
  }

  try {
    if (localStorage.getItem(STORED) === "left") root.dataset.hand = "left";
  } catch {
    // Storage may be forbidden; the controls stay at the right.
  }
  document.addEventListener("DOMContentLoaded", paint);
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element && event.target.closest("[data-hand-switch]"))) return;
    root.dataset.hand = root.dataset.hand === "left" ? "right" : "left";
    paint();
    try {
      localStorage.setItem(STORED, root.dataset.hand);
    } catch {
      // Then the choice lasts for this page.
    }
  });
})();

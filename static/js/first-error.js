/**
 * Puts the focus on what was refused: the summary above a form, or its first wrong field. A reader hears it
 * at once, and nobody looks for it below the fold.
 */
function focusFirstError() {
  const first = document.querySelector("main form .errors, main form [aria-invalid='true']");
  if (!(first instanceof HTMLElement)) return;
  if (!first.matches("input, select, textarea, button")) first.tabIndex = -1;
  first.focus();
}

focusFirstError();
document.addEventListener("htmx:afterSettle", focusFirstError);

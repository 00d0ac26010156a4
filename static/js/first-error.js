/**
 * Moves the focus to the errors: the summary above a form, or its first invalid field. Screen readers
 * announce it at once, and no one has to look for it below the fold.
 */
function focusFirstError() {
  const first = document.querySelector("main form .errors, main form [aria-invalid='true']");
  if (!(first instanceof HTMLElement)) return;
  if (!first.matches("input, select, textarea, button")) first.tabIndex = -1;
  first.focus();
}

focusFirstError();
document.addEventListener("htmx:afterSettle", focusFirstError);

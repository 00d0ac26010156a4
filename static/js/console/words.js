/** Asks before a page is left on which something was typed that is not saved. */

for (const form of document.querySelectorAll("form[data-keep-typed]")) {
  if (form instanceof HTMLFormElement) keepTyped(form);
}

/** @param {HTMLFormElement} form */
function keepTyped(form) {
  // What the server sends back with an error is not saved either.
  let isUnsaved = form.querySelector(".errors, [aria-invalid='true']") !== null;
  form.addEventListener("input", () => (isUnsaved = true));
  form.addEventListener("submit", () => (isUnsaved = false));
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
}

// A <select data-submits> sends its form when it changes; its button (data-submit-fallback) is then not needed.
for (const select of document.querySelectorAll("select[data-submits]")) {
  const form = /** @type {HTMLSelectElement} */ (select).form;
  if (!form) continue;
  for (const button of form.querySelectorAll("[data-submit-fallback]")) button.setAttribute("hidden", "");
  select.addEventListener("change", () => form.requestSubmit());
}

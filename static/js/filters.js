// The filter form submits itself when a choice changes, and keeps empty fields out of the URL.

/** @param {FormData} data */
function dropEmpty(data) {
  for (const [name, value] of [...data.entries()]) if (value === "") data.delete(name);
}

for (const form of document.querySelectorAll("form[data-filters]")) {
  form.addEventListener("formdata", (event) => dropEmpty(/** @type {FormDataEvent} */ (event).formData));
  form.addEventListener("change", () => form.dispatchEvent(new Event("filters-changed")));

  const panel = form.querySelector("details[data-open-on-wide]");
  if (panel instanceof HTMLDetailsElement) {
    const wide = matchMedia("(min-width: 64rem)");
    const fit = () => (panel.open = wide.matches);
    fit();
    wide.addEventListener("change", fit);
    // On a phone the filters cover the results; asking for them leads there.
    form.addEventListener("submit", () => {
      if (wide.matches || !panel.open) return;
      panel.open = false;
      document.getElementById("results")?.scrollIntoView();
    });
  }
}

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = /** @type {CustomEvent} */ (event).detail;
  if (!elt.matches("form[data-filters]")) return;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
});

/**
 * Sends a form marked `data-once` only once, however often its button is pressed. A second one would be
 * harmless, but the visitor would wait for it.
 */
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    // After the other listeners, one of which may have stopped the form.
    window.setTimeout(() => {
      if (event.defaultPrevented) return;
      form.setAttribute("data-sent", "");
      for (const button of form.querySelectorAll("[type=submit]")) button.setAttribute("aria-busy", "true");
    });
  });
}

// After going back from the next page, the form can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    form.removeAttribute("data-sent");
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

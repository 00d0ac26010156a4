// What Unfold lacks for keyboards and screen readers.
//
// It puts click handlers on texts and icons that no key reaches: its menus, filters and colors. Here keys press them.
// Its icons are words of an icon font, which are read out in English: here they are silent, or named by what they do.
// The fields that Select2 draws over lists of choices get the names of their labels.

const PRESSED = "[x-on\\:click]:not(button, input, select, textarea, a[href], label, [role=button])";
const REACHED = "a[href], button, input, select, textarea, [tabindex]";

function mend() {
  document.querySelectorAll(".material-symbols-outlined").forEach(nameSign);
  for (const element of document.querySelectorAll(PRESSED)) {
    if (element.textContent?.trim() && !element.querySelector(REACHED)) {
      element.setAttribute("role", "button");
      element.setAttribute("tabindex", "0");
      element.addEventListener("keydown", press);
    }
  }
  for (const area of document.querySelectorAll("[data-simplebar]:not([data-simplebar-aria-label])")) {
    // Simplebar, which runs later, names every one of them “scrollable content”.
    const heading = document.getElementById(area.closest("fieldset")?.getAttribute("aria-labelledby") ?? "");
    const title = area.parentElement?.querySelector("h2, h3") ?? heading;
    const name = area.id === "nav-sidebar-apps" ? word("menu") : title?.textContent;
    if (name) area.setAttribute("data-simplebar-aria-label", name.trim());
  }
  new MutationObserver(nameChoices).observe(document.body, { childList: true, subtree: true });
  nameChoices();
}

/** @param {Element} sign */
function nameSign(sign) {
  const name = sign.textContent?.trim() ?? "";
  const control = sign.closest("a, button, [role=button], [x-on\\:click]");
  const isAlone = control && control.textContent?.trim() === name && !control.hasAttribute("aria-label");
  const label = isAlone ? control.getAttribute("title") || word(name) : "";
  if (label) control?.setAttribute("aria-label", label);
  if (label || !isAlone) sign.setAttribute("aria-hidden", "true");
}

/**
 * @param {string} sign
 * @returns {string} what a sign does, in the page's language
 */
function word(sign) {
  return document.getElementById("console-words")?.getAttribute(`data-${sign}`) ?? "";
}

/** @param {Event} event */
function press(event) {
  const { key } = /** @type {KeyboardEvent} */ (event);
  if (event.currentTarget instanceof HTMLElement && (key === "Enter" || key === " ")) {
    event.preventDefault();
    event.currentTarget.click();
  }
}

function nameChoices() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = document.querySelector(`label[for="${select.id}"]`)?.textContent?.replace("*", "").trim();
    const drawn = select.nextElementSibling;
    if (!label || !drawn) continue;
    for (const part of drawn.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", label);
    }
    // Backspace does the same, and a list may hold only entries.
    for (const sign of drawn.querySelectorAll(".select2-selection__clear")) sign.setAttribute("aria-hidden", "true");
  }
}

document.addEventListener("DOMContentLoaded", mend);

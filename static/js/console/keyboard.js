// Unfold hangs clicks on texts and signs that no key reaches: its menus, its filters, its colors. Let keys press them.

const PRESSED = "[x-on\\:click]:not(button, input, select, textarea, a[href], label, [role=button])";
const REACHED = "a[href], button, input, select, textarea, [tabindex]";

function mend() {
  for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
    // The sign's name in English is no word for people.
    icon.setAttribute("aria-hidden", "true");
  }
  for (const element of document.querySelectorAll(PRESSED)) {
    if (element.textContent?.trim() && !element.querySelector(REACHED)) {
      element.setAttribute("role", "button");
      element.setAttribute("tabindex", "0");
      element.addEventListener("keydown", press);
    }
  }
}

/** @param {Event} event */
function press(event) {
  const { key } = /** @type {KeyboardEvent} */ (event);
  if (event.currentTarget instanceof HTMLElement && (key === "Enter" || key === " ")) {
    event.preventDefault();
    event.currentTarget.click();
  }
}

document.addEventListener("DOMContentLoaded", mend);

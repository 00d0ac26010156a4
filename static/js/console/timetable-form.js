// @ts-check
/** Opens the form for a show over the timetable; the same form is a page of its own. */

const dialog = () => /** @type {HTMLDialogElement} */ (document.querySelector("#tt-dialog"));

/** @param {string} url */
export async function openForm(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    if (!show(await response.text())) {
      location.assign(url);
    }
  } catch {
    location.assign(url);
  }
}

/**
 * Load the form of a page into the dialog.
 * @param {string} html
 * @returns {boolean} whether it had one
 */
function show(html) {
  const form = new DOMParser().parseFromString(html, "text/html").querySelector("#tt-form");
  if (!(form instanceof HTMLElement)) {
    return false;
  }
  const box = dialog();
  const title = document.createElement("h2");
  title.className = "tt-title";
  title.textContent = box.getAttribute("aria-label");
  box.replaceChildren(title, form);
  form.addEventListener("submit", (event) => void send(/** @type {SubmitEvent} */ (event)));
  form.querySelector("[data-tt-close]")?.addEventListener("click", (event) => {
    event.preventDefault();
    box.close();
  });
  if (!box.open) {
    box.showModal();
  }
  const first = form.querySelector(".errors input, .errors select, select, input:not([type=hidden])");
  if (first instanceof HTMLElement) {
    first.focus();
  }
  return true;
}

/** @param {SubmitEvent} event */
async function send(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button"));
  const body = new FormData(form, event.submitter);
  for (const button of buttons) {
    button.disabled = true;
  }
  try {
    const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    // It is created: the next page says so.
    if (response.type === "opaqueredirect") {
      location.reload();
    } else {
      show(await response.text());
    }
  } catch {
    for (const button of buttons) {
      button.disabled = false;
    }
  }
}

// Suggests events, people, theaters and labels while somebody types into a search field: a combobox whose list the
// server writes. Enter without a choice searches, as it does without this script.

const WAIT_MS = 150;
const FEWEST_LETTERS = 2;
let count = 0;

/** @param {HTMLInputElement} field */
function suggest(field) {
  const list = document.createElement("ul");
  list.id = `suggestions-${(count += 1)}`;
  list.className = "suggestions";
  list.role = "listbox";
  list.ariaLabel = field.dataset.suggestionsName ?? "";
  list.hidden = true;
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.role = "status";
  field.after(list, status);
  field.role = "combobox";
  field.autocomplete = "off";
  field.ariaAutoComplete = "list";
  field.setAttribute("aria-controls", list.id);
  close();

  /** @type {AbortController | undefined} */
  let asking;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;

  function options() {
    return [...list.children].filter((option) => option instanceof HTMLElement);
  }

  function close() {
    for (const option of options()) option.ariaSelected = "false";
    list.hidden = true;
    field.ariaExpanded = "false";
    field.removeAttribute("aria-activedescendant");
  }

  function open() {
    list.hidden = !list.children.length;
    field.ariaExpanded = String(!list.hidden);
  }

  /** @param {number} step */
  function move(step) {
    const all = options();
    const at = all.findIndex((option) => option.ariaSelected === "true");
    // The field itself stands before the first option and after the last.
    const next = ((at < 0 && step < 0 ? all.length : at) + step + all.length + 1) % (all.length + 1);
    all.forEach((option, number) => (option.ariaSelected = String(number === next)));
    const chosen = all[next];
    if (chosen) {
      field.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const typed = field.value.trim();
    asking?.abort();
    if (typed.length < FEWEST_LETTERS) {
      list.replaceChildren();
      return close();
    }
    asking = new AbortController();
    try {
      const address = `${field.dataset.suggestions}?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) return close();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...page.querySelectorAll("[role=option]"));
    } catch {
      // Aborted by the next letter, or there is no network: the form still searches.
      return;
    }
    options().forEach((option, number) => (option.id = `${list.id}-${number}`));
    if (document.activeElement === field) open();
    // The last option only repeats what was typed.
    status.textContent = (field.dataset.suggestionsCount ?? "").replace("0", String(Math.max(options().length - 1, 0)));
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT_MS);
  });
  field.addEventListener("focus", () => {
    if (list.children.length) open();
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const chosen = options().find((option) => option.ariaSelected === "true");
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!list.children.length) return;
      event.preventDefault();
      if (list.hidden) open();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen && !list.hidden) {
      event.preventDefault();
      location.assign(chosen.dataset.href ?? "");
    }
  });
  // The field keeps its focus while an option is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option instanceof HTMLElement) location.assign(option.dataset.href ?? "");
  });
}

for (const field of document.querySelectorAll("input[data-suggestions]")) {
  if (field instanceof HTMLInputElement) suggest(field);
}

/** Tabs: one pane at a time; arrow keys move between the tabs. */

/** @param {HTMLElement} list  the tablist */
export function listenToTabs(list) {
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[role="tab"]')]);
  for (const tab of tabs) tab.addEventListener("click", () => showTab(tab));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.findIndex((tab) => tab === document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = tabs[(at + step + tabs.length) % tabs.length];
    showTab(next);
    next.focus();
  });
}

/** @param {HTMLElement} tab */
export function showTab(tab) {
  for (const other of tab.parentElement?.querySelectorAll('[role="tab"]') ?? []) {
    const isShown = other === tab;
    other.setAttribute("aria-selected", String(isShown));
    other.setAttribute("tabindex", isShown ? "0" : "-1");
    const pane = document.getElementById(other.getAttribute("aria-controls") ?? "");
    if (pane) pane.hidden = !isShown;
  }
}

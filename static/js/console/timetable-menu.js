// @ts-check
/** A menu at a show's block, with links to pages that ask before anything happens. */

const GAP = 4;

/** @param {HTMLElement} block */
export function openMenu(block) {
  const menu = /** @type {HTMLElement} */ (document.querySelector("#tt-menu"));
  const { pk = "", state = "" } = block.dataset;
  const title = /** @type {HTMLElement} */ (menu.querySelector(".tt-menu__title"));
  const words = [...block.querySelectorAll(".tt-time, .tt-name")].map((part) => part.cloneNode(true));
  title.replaceChildren(...words.flatMap((part) => [part, " "]));
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (menu.querySelectorAll("a"))) {
    link.dataset.way ??= link.getAttribute("href") ?? "";
    link.href = link.dataset.way.replace("/0/", `/${pk}/`);
    /** @type {HTMLElement} */ (link.parentElement).hidden = !link.dataset.states?.split(" ").includes(state);
  }
  menu.showPopover();
  const at = block.getBoundingClientRect();
  const top = at.bottom + GAP + menu.offsetHeight <= innerHeight ? at.bottom + GAP : at.top - GAP - menu.offsetHeight;
  menu.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - menu.offsetWidth - GAP))}px`;
  menu.style.top = `${Math.max(GAP, top)}px`;
  /** @type {HTMLElement | null} */ (menu.querySelector("li:not([hidden]) a"))?.focus();
}

/** @param {MouseEvent} event a click on the button of a block, or the menu key or the other mouse button on it */
export function openMenuOf(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const from = target.closest?.(event.type === "click" ? ".tt-more" : ".tt-show");
  const block = /** @type {HTMLElement | null | undefined} */ (from?.closest(".tt-block"));
  if (block) {
    event.preventDefault();
    openMenu(block);
  }
}

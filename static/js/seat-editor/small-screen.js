/** Says once on a phone that a larger screen is better; style shows it only there. */

const STORE = "seat-editor-small-screen";

/** @param {HTMLElement} notice */
export function tellOnce(notice) {
  notice.hidden = localStorage.getItem(STORE) === "told";
  notice.querySelector("button")?.addEventListener("click", () => {
    localStorage.setItem(STORE, "told");
    notice.hidden = true;
  });
}

// @ts-check
/** While the map is open, choosing other tickets or another show loads the matching map. */
const form = document.querySelector("#desk-choice[data-on-map]");
if (form instanceof HTMLFormElement) {
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLElement && target.matches("[name=ticket], [name=show]")) {
      form.requestSubmit(/** @type {HTMLElement | null} */ (form.querySelector("[name=map]")));
    }
  });
}
document.querySelector("#desk-offer")?.scrollIntoView({ block: "nearest" });

// @ts-check
/** While the map is open, other tickets or another show bring the map that belongs to them. */
const form = document.querySelector("#desk-choice[data-on-map]");
if (form instanceof HTMLFormElement) {
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLElement && target.matches("[name=ticket], [name=show]")) {
      form.requestSubmit(/** @type {HTMLElement | null} */ (form.querySelector("[name=map]")));
    }
  });
}
document.querySelector("#desk-offer")?.scrollIntoView({ block: "nearest" });

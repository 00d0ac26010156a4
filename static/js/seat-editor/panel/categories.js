/** The list of categories: names, colors, order, and which are for sale. */
import { addCategory, moveCategory, recolorCategory, removeCategory, renameCategory, setForSale } from "../plan/paint.js";
import { fillCategories } from "./fields.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../scene.js").CategoryMark} CategoryMark */

/** @param {Editor} editor */
export function listenToCategories(editor) {
  const list = /** @type {HTMLElement} */ (document.querySelector("#se-categories"));
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("#se-category"));
  const form = /** @type {HTMLFormElement} */ (document.querySelector("#se-add-category"));
  const sections = /** @type {HTMLElement} */ (document.querySelector("#se-sections"));

  const draw = (/** @type {CategoryMark} */ { name, color, mark, isForSale }, /** @type {number} */ rank) => {
    const item = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
    const part = (/** @type {string} */ which) => /** @type {HTMLInputElement} */ (item.querySelector(`[data-part="${which}"]`));
    const seats = editor.own.seats.filter((seat) => seat.category === name);
    item.dataset.name = name;
    item.querySelector("svg")?.setAttribute("fill", color);
    item.querySelector("use")?.setAttribute("href", `#mark-${mark}`);
    part("color").value = color;
    part("name").value = name;
    part("count").textContent = String(seats.length);
    part("sold").checked = isForSale;
    part("up").disabled = rank === 0;
    part("color").addEventListener("change", () => editor.apply(recolorCategory(editor.plan, name, part("color").value), "category-changed", { category: name }));
    part("name").addEventListener("change", () => {
      const wanted = part("name").value.trim();
      const isTaken = editor.own.categories.some((other) => other.name === wanted && other.name !== name);
      part("name").setCustomValidity(isTaken ? editor.speaker.word("category-twice") : "");
      if (part("name").reportValidity() && wanted) editor.apply(renameCategory(editor.plan, name, wanted), "category-changed", { category: wanted });
    });
    part("sold").addEventListener("change", () => editor.apply(setForSale(editor.plan, name, part("sold").checked), "category-changed", { category: name }));
    part("up").addEventListener("click", () => editor.apply(moveCategory(editor.plan, name, rank - 1), "category-changed", { category: name }));
    part("pick").addEventListener("click", () => editor.select(seats.map(({ key }) => key)));
    part("remove").addEventListener("click", () => {
      const other = editor.own.categories.find((one) => one.name !== name)?.name ?? "";
      editor.apply(removeCategory(editor.plan, name, other), "category-removed", { category: name, other: other || editor.speaker.word("no-category") });
    });
    return item;
  };

  const show = () => {
    // Typing goes on in the field where it was.
    const active = document.activeElement;
    const place = active && list.contains(active) ? [active.closest("li")?.dataset.name, active.getAttribute("data-part")] : null;
    list.replaceChildren(...editor.own.categories.map(draw));
    if (place) /** @type {HTMLElement | null} */ (list.querySelector(`li[data-name="${CSS.escape(place[0] ?? "")}"] [data-part="${place[1]}"]`))?.focus();
    fillCategories(editor.own.categories);
    const names = new Set(editor.own.rows.map(({ section }) => section).filter(Boolean));
    sections.replaceChildren(...[...names].map((name) => new Option(name, name)));
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("name"));
    const name = field.value.trim();
    if (!name) return;
    const isTaken = editor.own.categories.some((category) => category.name === name);
    editor.speaker.say(isTaken ? "category-twice" : "category-added", { category: name });
    if (isTaken) return;
    editor.apply(addCategory(editor.plan, name), "category-added", { category: name });
    field.value = "";
  });
  editor.addEventListener("plan", show);
  show();
}

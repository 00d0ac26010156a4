/** What is true of the room as a whole: where its stage is, and its floors. */
import { addFloor, floorsOf, moveFloor, removeFloor, renameFloor } from "../plan/floors.js";
import { setStageSide, stageSide } from "../plan/stage.js";

/** @typedef {import("../editor.js").Editor} Editor */

/** @param {Editor} editor */
export function listenToRoom(editor) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
  const stage = /** @type {HTMLSelectElement} */ (find("#se-stage-side"));
  const list = find("#se-floors");
  const template = /** @type {HTMLTemplateElement} */ (find("#se-floor"));
  const form = /** @type {HTMLFormElement} */ (find("#se-add-floor"));
  const shown = /** @type {HTMLSelectElement} */ (find("#se-floor-shown"));
  const nameOf = (/** @type {string} */ floor) => floor || editor.speaker.word("ground-floor");

  const draw = (/** @type {string} */ floor, /** @type {number} */ height, /** @type {string[]} */ floors) => {
    const item = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
    const part = (/** @type {string} */ which) => /** @type {HTMLInputElement} */ (item.querySelector(`[data-part="${which}"]`));
    part("name").value = floor;
    part("name").placeholder = nameOf("");
    part("up").disabled = height === floors.length - 1;
    part("name").addEventListener("change", () => {
      const name = part("name").value.trim();
      part("name").setCustomValidity(name !== floor && floors.includes(name) ? editor.speaker.word("floor-twice") : "");
      if (!part("name").reportValidity() || !name) return;
      if (editor.floor === floor) editor.floor = name;
      editor.apply(renameFloor(editor.plan, floor, name), "floor-renamed", { name });
    });
    part("up").addEventListener("click", () => editor.apply(moveFloor(editor.plan, floor, height + 1), "floor-moved", { name: nameOf(floor) }));
    part("remove").addEventListener("click", () => {
      if (editor.floor === floor) editor.showFloor(null);
      const into = floors.find((other) => other !== floor) ?? "";
      editor.apply(removeFloor(editor.plan, floor, into), "floor-removed", { name: nameOf(floor), other: nameOf(into) });
    });
    return item;
  };

  const show = () => {
    const floors = floorsOf(editor.plan);
    stage.value = stageSide(editor.plan);
    list.replaceChildren(...floors.map(draw).reverse());
    for (const select of document.querySelectorAll("select[data-floors]")) {
      const field = /** @type {HTMLSelectElement} */ (select);
      const { value } = field;
      field.replaceChildren(...floors.toReversed().map((floor) => new Option(nameOf(floor), floor)));
      field.value = value;
    }
    shown.hidden = !floors.length;
    shown.replaceChildren(new Option(editor.speaker.word("all-floors"), "all"), ...floors.toReversed().map((floor) => new Option(nameOf(floor), `floor ${floor}`)));
    if (editor.floor !== null && !floors.includes(editor.floor)) editor.showFloor(null);
    shown.value = editor.floor === null ? "all" : `floor ${editor.floor}`;
  };

  stage.addEventListener("change", () => editor.apply(setStageSide(editor.plan, /** @type {any} */ (stage.value)), "stage-set"));
  shown.addEventListener("change", () => editor.showFloor(shown.value === "all" ? null : shown.value.slice("floor ".length)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("name"));
    const name = field.value.trim();
    if (!name) return;
    field.setCustomValidity("");
    if (floorsOf(editor.plan).includes(name)) editor.speaker.say("floor-twice");
    else {
      editor.apply(addFloor(editor.plan, name), "floor-added", { name });
      editor.showFloor(name);
      show();
      field.value = "";
    }
  });
  editor.addEventListener("plan", show);
  editor.addEventListener("floor", show);
  show();
}

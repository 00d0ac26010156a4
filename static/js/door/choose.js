/**
 * The page where shows are chosen: sends what a gate left unsent, and forgets all at the sign-out.
 */
import { Line } from "./line.js";
import { State } from "./state.js";
import { forgetPage, Store } from "./store.js";

const page = /** @type {HTMLElement} */ (document.querySelector("[data-choose]"));
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-sign-out]"));

/** @returns {Promise<Line | null>} */
async function open() {
  try {
    const { person = "", session = "", decisions = "" } = page.dataset;
    const store = await Store.open({ person, session });
    const state = new State(document);
    const paint = () => state.paint(line);
    const line = new Line(store, { decisions }, { onChange: paint, onGone: () => location.reload() });
    await line.start();
    return line;
  } catch {
    return null;
  }
}

const opening = open();

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const line = await opening;
  await line?.refresh();
  const count = line?.waiting.length ?? 0;
  if (count > 0 && !window.confirm(form.dataset.unsent)) return;
  await line?.store.wipe();
  await forgetPage();
  form.submit();
});

/** How many places there are, and what is wrong or doubtful, as it is while one draws; each leads to its place. */
import { count } from "../plan/counts.js";
import { findProblems } from "../plan/problems.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../plan/problems.js").Problem} Problem */

const WAIT_MS = 300;
const MOST_SHOWN = 100;

/** @param {Editor} editor @param {Problem} problem */
function describeProblem({ speaker }, { code, values }) {
  const place = (/** @type {unknown} */ section, /** @type {unknown} */ row, /** @type {unknown} */ number) =>
    [section, row && speaker.word("row", { row: String(row) }), number && speaker.word("seat", { number: String(number) })].filter(Boolean).join(", ");
  return speaker.word(code === "missing" ? `problem-missing-${values.field}` : `problem-${code}`, {
    ...values,
    place: place(values.section, values.row, values.number) || String(values.name ?? ""),
    other: place(values.other_section, values.other_row, ""),
  });
}

/**
 * @param {Editor} editor
 * @param {(keys: string[]) => void} showMe
 */
export function listenToCheck(editor, showMe) {
  const { speaker } = editor;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
  const [tab, summary, list, counts] = [find("#se-tab-check"), find("#se-problems-summary"), find("#se-problems"), find("#se-counts")];
  let timer = 0;

  const draw = (/** @type {Problem} */ problem) => {
    const item = document.createElement("li");
    item.className = problem.isError ? "se-problem is-error" : "se-problem";
    const kind = document.createElement("strong");
    kind.textContent = speaker.word(problem.isError ? "problem-error" : "problem-doubt");
    const words = document.createElement("bdi");
    words.textContent = describeProblem(editor, problem);
    item.append(kind, " ", words);
    if (problem.keys.length) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "se-button";
      button.textContent = speaker.word("problem-show");
      button.setAttribute("aria-label", `${button.textContent}: ${words.textContent}`);
      button.addEventListener("click", () => showMe(problem.keys));
      item.append(button);
    }
    return item;
  };

  const line = (/** @type {string} */ name, /** @type {number} */ number) => {
    const [term, value] = [document.createElement("dt"), document.createElement("dd")];
    term.append(Object.assign(document.createElement("bdi"), { textContent: name }));
    value.textContent = String(number);
    return [term, value];
  };

  const show = () => {
    const { seats, places, categories, flags } = count(editor.plan);
    counts.replaceChildren(
      ...line(speaker.word("all-seats"), seats),
      ...line(speaker.word("all-places"), places),
      ...categories.flatMap((category) => line(category.name || speaker.word("no-category"), category.places)),
      ...Object.entries(flags).flatMap(([flag, number]) => (number ? line(speaker.word(flag), number) : [])),
    );
    const problems = findProblems(editor.plan);
    const errors = problems.filter(({ isError }) => isError).length;
    const items = problems.slice(0, MOST_SHOWN).map(draw);
    if (problems.length > MOST_SHOWN) {
      const more = document.createElement("li");
      more.textContent = speaker.word("problem-more", { count: problems.length - MOST_SHOWN });
      items.push(more);
    }
    list.replaceChildren(...items);
    summary.textContent = problems.length ? speaker.word("problem-count", { errors, doubts: problems.length - errors }) : speaker.word("problem-none");
    tab.dataset.count = problems.length ? String(problems.length) : "";
    tab.classList.toggle("is-error", errors > 0);
  };

  editor.addEventListener("plan", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(show, WAIT_MS);
  });
  show();
}

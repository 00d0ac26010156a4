/**
 * Follow an export on its page: ask how far it is, and show the page anew when it has ended.
 * Without this script the page says it when it is loaded again.
 */
const PAUSE = 1500;

/** @typedef {{ open: boolean, percent: number | null, text: string }} State */

const page = document.querySelector("[data-export]");
if (page instanceof HTMLElement) {
  const said = page.querySelector("[data-export-text]");
  const bar = page.querySelector("progress");
  const ask = async () => {
    try {
      const answer = await fetch(page.dataset.export ?? "", { headers: { Accept: "application/json" } });
      if (answer.ok) {
        /** @type {State} */
        const state = await answer.json();
        if (!state.open) {
          location.reload();
          return;
        }
        if (said && said.textContent !== state.text) said.textContent = state.text;
        if (bar && state.percent !== null) bar.value = state.percent;
      }
    } catch {
      // The network is away for a moment; the next question may be answered.
    }
    setTimeout(ask, PAUSE);
  };
  setTimeout(ask, PAUSE);
}

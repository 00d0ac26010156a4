/**
 * Follow an export on its page: poll its progress, and reload the page when it has ended. Without this
 * script, reload by hand.
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
      // The network is down for a moment; the next request may succeed.
    }
    setTimeout(ask, PAUSE);
  };
  setTimeout(ask, PAUSE);
}

/**
 * Waits for a payment's answer: polls the state of its page, less and less often, and reloads it once the
 * state has changed. Without scripts the page reloads itself.
 */
const FIRST = 1500;
const AT_MOST = 15_000;
const PATIENCE = 60_000;

const box = document.querySelector("[data-payment-state]");
const started = Date.now();
let wait = FIRST;
let timer = 0;

async function ask() {
  try {
    const response = await fetch(`${location.pathname}?state`, { cache: "no-store" });
    if (response.ok) {
      const { state } = await response.json();
      if (state !== box?.getAttribute("data-payment-state")) {
        location.reload();
        return;
      }
    }
  } catch {
    // No answer is no news: keep asking.
  }
  const patient = document.querySelector("[data-patience]");
  if (patient instanceof HTMLElement && Date.now() - started > PATIENCE) patient.hidden = false;
  wait = Math.min(AT_MOST, wait * 1.25);
  plan();
}

function plan() {
  window.clearTimeout(timer);
  if (!document.hidden) timer = window.setTimeout(ask, wait);
}

if (box) {
  plan();
  document.addEventListener("visibilitychange", () => {
    wait = FIRST;
    plan();
  });
}

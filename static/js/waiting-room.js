/**
 * Waits in line: asks for its place again and again, says it, and goes on once it is this visitor's turn.
 * Without scripts the page loads itself again.
 */
const RETRY_SECONDS = 5;
// A screen reader hears of a change at most this often; the page itself changes at once.
const SAY_AFTER = 60_000;

const box = document.querySelector("[data-line]");
const title = document.title;
let first = 0;
let said = 0;

/** @param {string} name */
function part(name) {
  return /** @type {HTMLElement | null} */ (box?.querySelector(`[data-${name}]`) ?? null);
}

/**
 * @param {string} name
 * @param {string} text
 */
function write(name, text) {
  const element = part(name);
  if (!element || element.textContent === text) return;
  element.textContent = text;
  element.hidden = text === "";
}

/** @param {{ state: string, headline: string, detail: string, message: string, ahead: number }} turn */
function show(turn) {
  const status = box?.querySelector("[role=status]");
  const now = Date.now();
  const isNews = now - said > SAY_AFTER;
  if (isNews) said = now;
  status?.setAttribute("aria-live", isNews ? "polite" : "off");
  write("headline", turn.headline);
  write("detail", turn.detail);
  write("message", turn.message);
  const failure = part("failure");
  if (failure) failure.hidden = true;
  const progress = part("progress");
  if (progress instanceof HTMLProgressElement) {
    first = Math.max(first, turn.ahead + 1);
    progress.hidden = turn.state !== "waiting";
    progress.value = 1 - turn.ahead / first;
  }
  document.title = turn.state === "waiting" ? `${turn.headline} – ${title}` : title;
}

async function ask() {
  let seconds = RETRY_SECONDS;
  try {
    const response = await fetch(box?.getAttribute("data-line") ?? "", { cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    const turn = await response.json();
    if (turn.state === "admitted" || turn.state === "open") {
      location.reload();
      return;
    }
    if (turn.state === "crowded") {
      location.search = `?plain&${location.search.slice(1)}`;
      return;
    }
    show(turn);
    seconds = turn.seconds;
  } catch {
    const failure = part("failure");
    if (failure) failure.hidden = false;
  }
  // Not all at the same moment.
  window.setTimeout(ask, seconds * 1000 * (0.85 + 0.3 * Math.random()));
}

if (box) void ask();

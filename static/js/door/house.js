/**
 * The house manager's page: asks for the numbers every few seconds, and shows them when they have changed. Without
 * scripts, a reload shows them.
 */

const EVERY_SECONDS = 5;

const numbers = /** @type {HTMLElement} */ (document.querySelector("[data-house]"));
const stale = /** @type {HTMLElement} */ (document.querySelector("[data-stale]"));
const pause = /** @type {HTMLElement} */ (document.querySelector("[data-pause]"));

let version = "";

function isPaused() {
  return pause.getAttribute("aria-pressed") === "true";
}

async function ask() {
  const headers = { "HX-Request": "true", ...(version ? { "If-None-Match": version } : {}) };
  try {
    const response = await fetch(location.href, { headers, signal: AbortSignal.timeout(EVERY_SECONDS * 1000) });
    // Signed out, no longer staff, or the last of the shows is over: the page that says so.
    if (response.redirected || response.status === 403) return location.reload();
    if (response.ok) {
      version = response.headers.get("ETag") ?? "";
      const html = await response.text();
      if (!isPaused()) show(html);
    }
    stale.hidden = response.ok || response.status === 304;
  } catch {
    stale.hidden = false;
  }
}

/** @param {string} html */
function show(html) {
  // The link that has the focus keeps it.
  const links = [...numbers.querySelectorAll("a")];
  const place = links.findIndex((link) => link === document.activeElement);
  numbers.innerHTML = html;
  if (place >= 0) numbers.querySelectorAll("a")[place]?.focus({ preventScroll: true });
}

pause.addEventListener("click", () => {
  pause.setAttribute("aria-pressed", String(!isPaused()));
  if (!isPaused()) void ask();
});

window.setInterval(() => {
  if (!isPaused() && !document.hidden) void ask();
}, EVERY_SECONDS * 1000);

document.addEventListener("visibilitychange", () => {
  if (!isPaused() && !document.hidden) void ask();
});

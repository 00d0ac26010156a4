/**
 * Numbers that renew themselves: asks for them every few seconds, and shows them when they have changed. Without
 * scripts, a reload shows them.
 *
 * Around them is `data-renew`, their address, and `data-seconds`. A button `data-pause` keeps them as they are, and
 * `data-stale` is shown while no answer comes.
 */

const numbers = /** @type {HTMLElement} */ (document.querySelector("[data-renew]"));
const stale = /** @type {HTMLElement | null} */ (document.querySelector("[data-stale]"));
const pause = /** @type {HTMLElement} */ (document.querySelector("[data-pause]"));
const seconds = Number(numbers.dataset.seconds);

let version = "";
pause.hidden = false;

function isPaused() {
  return pause.getAttribute("aria-pressed") === "true";
}

async function ask() {
  const headers = { "HX-Request": "true", ...(version ? { "If-None-Match": version } : {}) };
  let isAnswered = false;
  try {
    const signal = AbortSignal.timeout(seconds * 1000);
    const response = await fetch(numbers.dataset.renew || location.href, { headers, signal });
    // Signed out, no longer staff, or the last of the shows is over: the page that says so.
    if (response.redirected || response.status === 403) return location.reload();
    if (response.ok) {
      version = response.headers.get("ETag") ?? "";
      const html = await response.text();
      if (!isPaused()) show(html);
    }
    isAnswered = response.ok || response.status === 304;
  } catch {
    // No network, or too slow: asked again in a moment.
  }
  if (stale) stale.hidden = isAnswered;
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
}, seconds * 1000);

document.addEventListener("visibilitychange", () => {
  if (!isPaused() && !document.hidden) void ask();
});

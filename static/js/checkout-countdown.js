/**
 * Counts down a hold by the server's clock: an element has `data-countdown` (the end) and `data-now` (the
 * server's time when it wrote the page). It is announced two minutes and one minute before the end; at the
 * end the page reloads and shows the state of the hold.
 */
import { gettext, ngettext } from "./seat-map/words.js";

const SAY_AT = [120, 60];
const SHORT = 120;

/** @param {number} seconds */
function clock(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = [hours ? String(minutes).padStart(2, "0") : minutes, String(seconds % 60).padStart(2, "0")].join(":");
  return hours ? `${hours}:${two}` : two;
}

/** @param {HTMLElement} node */
function count(node) {
  const end = Date.parse(node.dataset.countdown ?? "");
  // The visitor's clock may be wrong; only how much time has passed counts, also while asleep.
  const ahead = Date.parse(node.dataset.now ?? "") - Date.now();
  const loud = document.createElement("span");
  loud.className = "visually-hidden";
  loud.setAttribute("role", "status");
  const time = document.createElement("time");
  node.replaceChildren(time, loud);
  let last = Infinity;
  const timer = window.setInterval(tick, 1000);

  function tick() {
    const left = Math.max(0, Math.ceil((end - Date.now() - ahead) / 1000));
    time.textContent = gettext("%(time)s left", { time: clock(left) });
    node.classList.toggle("is-short", left <= SHORT);
    for (const moment of SAY_AT) {
      if (last > moment && left <= moment && last !== Infinity) {
        loud.textContent = ngettext(
          "One minute left to complete your booking.",
          "%(count)s minutes left to complete your booking.",
          moment / 60,
        );
      }
    }
    last = left;
    if (left === 0) {
      window.clearInterval(timer);
      location.reload();
    }
  }
  tick();
}

for (const node of document.querySelectorAll("[data-countdown]")) {
  if (node instanceof HTMLElement && Date.parse(node.dataset.countdown ?? "") > Date.parse(node.dataset.now ?? "")) count(node);
}

/**
 * Tickets side by side, one a screen: buttons and arrow keys do what a swipe does. Without scripts they are one below
 * the other.
 */
import { keepScreenOn } from "./screen.js";

const strip = /** @type {HTMLElement} */ (document.querySelector("[data-strip]"));
const controls = /** @type {HTMLElement} */ (document.querySelector("[data-controls]"));
const position = /** @type {HTMLElement} */ (controls.querySelector("[data-position]"));
const [previous, next] = /** @type {HTMLButtonElement[]} */ ([...controls.querySelectorAll("button")]);
const tickets = /** @type {HTMLElement[]} */ ([...strip.children]);
const isRightToLeft = getComputedStyle(strip).direction === "rtl";
let shown = 0;

/** @param {number} index */
function go(index) {
  const ticket = tickets[Math.max(0, Math.min(index, tickets.length - 1))];
  const { left } = ticket.getBoundingClientRect();
  strip.scrollBy({ left: left - strip.getBoundingClientRect().left });
}

function paint() {
  const words = position.dataset.position ?? "";
  position.textContent = words.replace("{number}", String(shown + 1)).replace("{count}", String(tickets.length));
  // Not disabled: a button that has the focus would lose it at the last ticket.
  previous.setAttribute("aria-disabled", String(shown === 0));
  next.setAttribute("aria-disabled", String(shown === tickets.length - 1));
}

const watch = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) shown = tickets.indexOf(/** @type {HTMLElement} */ (target));
    }
    paint();
  },
  { root: strip, threshold: 0.6 },
);
for (const ticket of tickets) watch.observe(ticket);

previous.addEventListener("click", () => go(shown - 1));
next.addEventListener("click", () => go(shown + 1));
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const forward = isRightToLeft ? "ArrowLeft" : "ArrowRight";
  const back = isRightToLeft ? "ArrowRight" : "ArrowLeft";
  const targets = new Map([[forward, shown + 1], [back, shown - 1], ["Home", 0], ["End", tickets.length - 1]]);
  const index = targets.get(event.key);
  if (index === undefined) return;
  event.preventDefault();
  go(index);
});
controls.hidden = tickets.length < 2;
paint();
void keepScreenOn(/** @type {HTMLElement} */ (document.querySelector("[data-screen-on]")));

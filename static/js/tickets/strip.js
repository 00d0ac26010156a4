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
// Where a key or a button leads while the strip still moves: the next one goes on from there.
/** @type {number | null} */
let aim = null;

/** @param {number} index */
function go(index) {
  aim = Math.max(0, Math.min(index, tickets.length - 1));
  const { left } = tickets[aim].getBoundingClientRect();
  // Not scrollBy, which stops at the next ticket (`scroll-snap-stop`).
  strip.scrollTo({ left: strip.scrollLeft + left - strip.getBoundingClientRect().left });
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
    if (shown === aim) aim = null;
    paint();
  },
  { root: strip, threshold: 0.6 },
);
for (const ticket of tickets) watch.observe(ticket);

/** @param {number} steps */
function step(steps) {
  go((aim ?? shown) + steps);
}

previous.addEventListener("click", () => step(-1));
next.addEventListener("click", () => step(1));
strip.addEventListener("pointerdown", () => {
  aim = null;
});
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const forward = isRightToLeft ? "ArrowLeft" : "ArrowRight";
  const back = isRightToLeft ? "ArrowRight" : "ArrowLeft";
  if (event.key === forward) step(1);
  else if (event.key === back) step(-1);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(tickets.length - 1);
  else return;
  event.preventDefault();
});
controls.hidden = tickets.length < 2;
paint();
void keepScreenOn(/** @type {HTMLElement} */ (document.querySelector("[data-screen-on]")));

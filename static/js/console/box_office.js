/**
 * The counter by keyboard and touch: single keys, steppers, change to give back, and a cart that is held
 * while its page is open and released when it is left. Every form works without it.
 */

const STORE = "box-office-keys";
/** How often an open page reports that it is still open. */
const KEEP_EVERY = 120_000;

/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => document.querySelector(selector);

// The console hides its pages until its own scripts have run, too late for the browser's autofocus.
find("[autofocus]")?.focus();

// Single keys

const keysOn = /** @type {HTMLInputElement | null} */ (find("#bo-keys-on"));
const areKeysOn = () => localStorage.getItem(STORE) !== "off";
if (keysOn) {
  keysOn.checked = areKeysOn();
  keysOn.addEventListener("change", () => localStorage.setItem(STORE, keysOn.checked ? "on" : "off"));
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  // Letters mean nothing in a number field, so the keys work from there too.
  if (target instanceof HTMLInputElement && ["number", "checkbox", "radio"].includes(target.type)) return false;
  return target.matches("input, select, textarea, [contenteditable]");
}

/** @param {HTMLDetailsElement} way */
function openWay(way) {
  way.open = true;
  const first = way.querySelector("[data-first]") ?? way.querySelector("button");
  if (first instanceof HTMLElement) first.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") {
    const way = document.activeElement?.closest("details.bo-way[open]");
    if (way instanceof HTMLDetailsElement) {
      way.open = false;
      way.querySelector("summary")?.focus();
    }
    return;
  }
  if (!areKeysOn() || event.key.length !== 1 || isTyping(event.target)) return;
  const isNumberField = event.target instanceof HTMLInputElement && event.target.type === "number";
  if (isNumberField && /[0-9]/.test(event.key)) return;
  const key = event.key.toLowerCase();
  const way = document.querySelector(`details[data-way="${CSS.escape(key)}"]`);
  if (way instanceof HTMLDetailsElement) {
    event.preventDefault();
    openWay(way);
    return;
  }
  const target = find(`[data-key="${CSS.escape(key)}"]`);
  if (target) {
    event.preventDefault();
    if (target instanceof HTMLInputElement) target.focus();
    else target.click();
    return;
  }
  // A digit starts a new choice, wherever the focus is.
  const quantity = /** @type {HTMLInputElement | null} */ (document.querySelector("#bo-best input[type=number]"));
  if (quantity && /[0-9]/.test(key)) {
    quantity.focus();
    quantity.select();
  }
});

for (const way of document.querySelectorAll("details.bo-way > summary")) {
  way.addEventListener("click", () => {
    // After the details have opened.
    setTimeout(() => {
      const details = way.parentElement;
      if (details instanceof HTMLDetailsElement && details.open) openWay(details);
    });
  });
}

// Steppers, and choices that submit their form at once

for (const button of document.querySelectorAll("#bo-best [data-step]")) {
  button.addEventListener("click", () => {
    const input = button.parentElement?.querySelector("input");
    if (input) input.value = String(Math.max(0, Number(input.value) + Number(/** @type {HTMLElement} */ (button).dataset.step)));
  });
}
for (const field of document.querySelectorAll("select[data-send]")) {
  field.addEventListener("change", () => /** @type {HTMLSelectElement} */ (field).form?.requestSubmit());
}
for (const button of document.querySelectorAll("[data-all]")) {
  button.addEventListener("click", () => {
    for (const box of button.closest("form")?.querySelectorAll("input[type=checkbox]") ?? []) {
      /** @type {HTMLInputElement} */ (box).checked = true;
    }
  });
}
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

// Money

/** @param {string} text @returns {number} */
function readAmount(text) {
  const bare = text.replace(/[\s'’]/g, "");
  const point = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  const digits = point < 0 ? bare : `${bare.slice(0, point).replace(/[.,]/g, "")}.${bare.slice(point + 1)}`;
  return /^\d*\.?\d*$/.test(digits) && digits !== "" ? Number(digits) : NaN;
}

const cash = find("#bo-cash");
const given = /** @type {HTMLInputElement | null} */ (find("#bo-given"));
const change = find("#bo-change");
if (cash && given && change) {
  const format = new Intl.NumberFormat(document.documentElement.lang || "en", {
    style: "currency",
    currency: cash.dataset.currency ?? "EUR",
  });
  const paint = () => {
    const back = readAmount(given.value) - Number(cash.dataset.total);
    change.textContent = Number.isNaN(back) ? "–" : format.format(back);
    change.classList.toggle("is-off", back < 0);
  };
  given.addEventListener("input", paint);
  paint();
}

const counted = /** @type {HTMLInputElement | null} */ (find("#bo-counted"));
const pieces = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-piece]"))];
for (const piece of pieces) {
  piece.addEventListener("input", () => {
    // In thousandths, so that no fraction is lost.
    const total = pieces.reduce((sum, one) => sum + Math.round(Number(one.dataset.piece) * 1000) * Number(one.value), 0);
    const digits = pieces.some((one) => (one.dataset.piece ?? "").includes(".")) ? 2 : 0;
    if (counted) counted.value = (total / 1000).toFixed(digits);
  });
}

// The cart

const sale = find("#bo-sale");
if (sale?.dataset.cart) {
  let isSending = false;
  const token = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=csrfmiddlewaretoken]"))?.value ?? "";
  const say = (/** @type {string} */ action) => {
    const body = new FormData();
    body.append("action", action);
    body.append("cart", sale.dataset.cart ?? "");
    body.append("csrfmiddlewaretoken", token);
    return navigator.sendBeacon(sale.dataset.address ?? location.pathname, body);
  };
  say("keep");
  window.setInterval(() => say("keep"), KEEP_EVERY);
  document.addEventListener("submit", () => {
    isSending = true;
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    // The cart stays on the way to the map or another show, and back.
    if (link?.search.includes("cart=")) isSending = true;
  });
  window.addEventListener("pagehide", () => {
    if (!isSending) say("leave");
  });
}
// A page from the browser's cache does not know what was sold since.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

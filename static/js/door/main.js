/**
 * The page at a gate: sends each scan without leaving the page, and keeps the field ready for the next one. Without
 * scripts its forms are sent as they are.
 */
import { allowSound, isSilent, setSilent, signal } from "./signals.js";

// A lost call is sent again with the same key, so that it admits once.
const RETRY_SECONDS = [1, 2];

const answer = /** @type {HTMLElement} */ (document.querySelector("[data-answer]"));
const live = /** @type {HTMLElement} */ (document.querySelector("[data-live]"));
const scanForm = /** @type {HTMLFormElement} */ (document.querySelector("form[data-scan]"));
const field = /** @type {HTMLInputElement} */ (scanForm.elements.namedItem("text"));
const failure = /** @type {HTMLTemplateElement} */ (document.querySelector("template[data-failure]"));
// On a touch screen a field with the focus would raise the keyboard over the answer.
const keepsFocus = matchMedia("(pointer: fine)").matches;

// Scans are answered in their order.
/** @type {Promise<void>} */
let queue = Promise.resolve();

function makeKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {number} seconds */
function wait(seconds) {
  return new Promise((resolve) => window.setTimeout(resolve, seconds * 1000));
}

/**
 * @param {string} address
 * @param {FormData} body
 * @returns {Promise<string | null>} null if there is no answer
 */
async function send(address, body) {
  for (const seconds of [...RETRY_SECONDS, null]) {
    try {
      const response = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
      // Signed out, no longer staff, or the last of the shows is over: the page that says so.
      if (response.redirected || response.status === 403) {
        location.reload();
        return null;
      }
      if (response.ok) return await response.text();
    } catch {
      // No network: tried again below.
    }
    if (seconds !== null) await wait(seconds);
  }
  return null;
}

function getReady() {
  if (keepsFocus) field.focus();
}

/** @param {string | null} html */
function show(html) {
  if (html === null) answer.replaceChildren(failure.content.cloneNode(true));
  else answer.innerHTML = html;
  signal(answer.querySelector("[data-tone]")?.getAttribute("data-tone") ?? "plain");
  const words = answer.querySelector("[data-say]")?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  // Emptied first: otherwise two tickets with the same answer would be announced once.
  live.textContent = "";
  window.setTimeout(() => {
    live.textContent = words;
  }, 50);
  window.scrollTo(0, 0);
  getReady();
}

/** @param {HTMLFormElement} form */
function submit(form) {
  const body = new FormData(form);
  if (form === scanForm) {
    if (!field.value.trim()) return;
    body.set("key", makeKey());
    form.reset();
  }
  queue = queue.then(async () => show(await send(form.action, body)));
}

/**
 * Checks a code that the camera has seen.
 *
 * @param {string} text
 */
function scan(text) {
  const body = new FormData(scanForm);
  body.set("text", text);
  body.set("is_scanned", "on");
  body.set("key", makeKey());
  queue = queue.then(async () => show(await send(scanForm.action, body)));
}

document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.hasAttribute("data-door")) return;
  event.preventDefault();
  allowSound();
  submit(event.target);
});

document.addEventListener("pointerdown", allowSound);

// A hand scanner types, wherever the focus is.
document.addEventListener("keydown", (event) => {
  allowSound();
  const isTyped = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  const isElsewhere = !(event.target instanceof Element && event.target.closest("input, textarea, select"));
  if (isTyped && isElsewhere) field.focus();
});

const sound = document.querySelector("[data-sound]");
sound?.setAttribute("aria-pressed", String(!isSilent()));
sound?.addEventListener("click", () => {
  setSilent(!isSilent());
  sound.setAttribute("aria-pressed", String(!isSilent()));
  if (!isSilent()) signal("good");
});

/** @type {(() => void) | null} */
let endCamera = null;
const cameraSwitch = /** @type {HTMLElement | null} */ (document.querySelector("[data-camera-switch]"));
cameraSwitch?.addEventListener("click", async () => {
  const box = /** @type {HTMLElement} */ (document.querySelector("[data-camera]"));
  const refused = /** @type {HTMLElement} */ (document.querySelector("[data-camera-failure]"));
  if (endCamera) {
    endCamera();
    endCamera = null;
    box.hidden = true;
    cameraSwitch.setAttribute("aria-pressed", "false");
    return;
  }
  const video = /** @type {HTMLVideoElement} */ (box.querySelector("video"));
  box.hidden = video.hidden = false;
  refused.hidden = true;
  try {
    // Only who chooses the camera loads a megabyte of decoder.
    const { startCamera } = await import("./camera.js");
    endCamera = await startCamera(video, cameraSwitch.dataset.decoder ?? "", cameraSwitch.dataset.wasm ?? "", scan);
    cameraSwitch.setAttribute("aria-pressed", "true");
  } catch {
    video.hidden = true;
    refused.hidden = false;
  }
});

getReady();

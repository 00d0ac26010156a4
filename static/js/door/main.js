/**
 * The page at a gate: checks each scan without leaving the page, and keeps the field ready for the next one. The site
 * decides while it answers, the device by its own list while it does not. Without scripts the forms are sent as they
 * are.
 */
import { canVerify } from "./codes.js";
import { Gate } from "./gate.js";
import { Line } from "./line.js";
import { LocalAnswers } from "./local-answers.js";
import { allowSound, isSilent, setSilent, signal } from "./signals.js";
import { State } from "./state.js";
import { Store } from "./store.js";

/** @typedef {import("./decide.js").Direction} Direction */

// After that, the device decides.
const ANSWER_WITHIN_MS = 3_000;
// Where it cannot, a lost call is sent again with the same key, so that it admits once.
const RETRY_SECONDS = [1, 2];

const page = /** @type {HTMLElement} */ (document.querySelector("[data-gate]"));
const answer = /** @type {HTMLElement} */ (document.querySelector("[data-answer]"));
const live = /** @type {HTMLElement} */ (document.querySelector("[data-live]"));
const scanForm = /** @type {HTMLFormElement} */ (document.querySelector("form[data-scan]"));
const field = /** @type {HTMLInputElement} */ (scanForm.elements.namedItem("text"));
const failure = /** @type {HTMLTemplateElement} */ (document.querySelector("template[data-failure]"));
// On a touch screen a field with the focus would raise the keyboard over the answer.
const keepsFocus = matchMedia("(pointer: fine)").matches;
const state = new State(document);

// Scans are answered in their order.
/** @type {Promise<void>} */
let queue = Promise.resolve();
let waiting = 0;
/** @type {(() => void) | null} */
let endCamera = null;
// A new version of the site has come: the page is loaded again when nobody is at it.
let isOldVersion = false;

function readGate() {
  const query = new URLSearchParams(location.search);
  /** @type {Direction} */
  const direction = query.get("direction") === "out" ? "out" : "in";
  return { name: (query.get("gate") ?? "").slice(0, 60), direction };
}

function makeKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {number} seconds */
function wait(seconds) {
  return new Promise((resolve) => window.setTimeout(resolve, seconds * 1000));
}

/** @returns {Promise<Gate | null>} null where the browser keeps nothing */
async function openGate() {
  try {
    const { person = "", session = "", list, decisions = "" } = page.dataset;
    const store = await Store.open({ person, session });
    const line = new Line(store, { list, decisions }, { onChange: () => paint(line), onGone: leave });
    const verifies = await canVerify();
    if (!verifies) state.warn("no-signatures");
    await line.start();
    return new Gate(line, new LocalAnswers(document), verifies);
  } catch {
    state.warn("no-store");
    return null;
  }
}

/** @param {Line} line */
function paint(line) {
  state.paint(line);
  if (isOldVersion && line.isOnline && !endCamera && waiting === 0 && !field.value) location.reload();
}

/** The page itself says why: signed out, or the last of the shows is over. */
function leave() {
  if (navigator.onLine) location.reload();
}

const gateReady = openGate();

/**
 * @param {string} address
 * @param {FormData} body
 * @param {number[]} retries  after how many seconds each
 * @returns {Promise<string | null>} null if there is no answer
 */
async function ask(address, body, retries) {
  for (const seconds of [...retries, null]) {
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const response = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" }, signal });
      // Signed out, no longer staff, or the last of the shows is over: the page that says so.
      if (response.redirected || response.status === 403) {
        await (await gateReady)?.line.refresh();
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

/** @param {string | null} [again]  which button had the focus: who counts by keyboard presses it many times */
function getReady(again) {
  const button = again ? answer.querySelector(`[data-again="${again}"]:enabled`) : null;
  if (button instanceof HTMLElement) button.focus();
  else if (keepsFocus) field.focus();
}

/** @param {string | Node | null} content  of the site, of the device, or of neither */
function show(content) {
  const again = document.activeElement?.getAttribute("data-again");
  if (typeof content === "string") answer.innerHTML = content;
  else answer.replaceChildren(content ?? failure.content.cloneNode(true));
  signal(answer.querySelector("[data-tone]")?.getAttribute("data-tone") ?? "plain");
  const words = answer.querySelector("[data-say]")?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  // Emptied first: otherwise two tickets with the same answer would be announced once.
  live.textContent = "";
  window.setTimeout(() => {
    live.textContent = words;
  }, 50);
  window.scrollTo(0, 0);
  getReady(again);
}

/** @param {string} address @param {FormData} body */
async function check(address, body) {
  const gate = await gateReady;
  if (gate === null) return show(await ask(address, body, RETRY_SECONDS));
  const { line } = gate;
  const { name, direction } = readGate();
  if (line.asksSite) {
    const html = await ask(address, body, line.list ? [] : RETRY_SECONDS);
    if (html !== null) {
      show(html);
      return gate.remember(answer.querySelector("[data-key]"), name);
    }
    line.lose();
  }
  const own = await gate.answer(body, { name, direction });
  show(own ?? (line.isOnline ? await ask(address, body, []) : null));
}

/** @param {string} address @param {FormData} body */
function enqueue(address, body) {
  waiting += 1;
  const checked = queue.then(() => check(address, body));
  queue = checked.catch(() => show(null)).finally(() => {
    waiting -= 1;
  });
}

/** @param {HTMLFormElement} form */
function submit(form) {
  const body = new FormData(form);
  if (form === scanForm) {
    if (!field.value.trim()) return;
    form.reset();
  }
  if (!body.has("undo")) body.set("key", makeKey());
  enqueue(form.action, body);
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
  enqueue(scanForm.action, body);
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

document.querySelector("[data-seen]")?.addEventListener("click", async () => {
  const line = (await gateReady)?.line;
  await line?.see((line.list?.conflicts ?? []).map(({ id }) => id));
  getReady();
});

// The way is switched without leaving the page, so that it needs no network.
const way = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-way]"));
function paintWay() {
  const { direction } = readGate();
  scanForm.action = location.href;
  if (!way) return;
  const opposite = new URL(location.href);
  opposite.searchParams.set("direction", direction === "out" ? "in" : "out");
  way.href = opposite.href;
  const now = way.querySelector("[data-way-now]");
  if (now) now.textContent = (direction === "out" ? way.dataset.out : way.dataset.in) ?? "";
}
way?.addEventListener("click", (event) => {
  event.preventDefault();
  history.replaceState(null, "", way.href);
  paintWay();
  getReady();
});
paintWay();

const sound = document.querySelector("[data-sound]");
sound?.setAttribute("aria-pressed", String(!isSilent()));
sound?.addEventListener("click", () => {
  setSilent(!isSilent());
  sound.setAttribute("aria-pressed", String(!isSilent()));
  if (!isSilent()) signal("good");
});

/** @type {((isOn: boolean) => Promise<void>) | null} */
let switchLight = null;
const lightSwitch = /** @type {HTMLElement} */ (document.querySelector("[data-light-switch]"));
lightSwitch.addEventListener("click", async () => {
  const isOn = lightSwitch.getAttribute("aria-pressed") !== "true";
  await switchLight?.(isOn);
  lightSwitch.setAttribute("aria-pressed", String(isOn));
});

const cameraSwitch = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-camera-switch]"));
cameraSwitch?.addEventListener("click", async () => {
  const box = /** @type {HTMLElement} */ (document.querySelector("[data-camera]"));
  const refused = /** @type {HTMLElement} */ (document.querySelector("[data-camera-failure]"));
  if (endCamera) {
    endCamera();
    endCamera = null;
    box.hidden = lightSwitch.hidden = true;
    lightSwitch.setAttribute("aria-pressed", "false");
    cameraSwitch.setAttribute("aria-pressed", "false");
    return;
  }
  const video = /** @type {HTMLVideoElement} */ (box.querySelector("video"));
  box.hidden = video.hidden = false;
  refused.hidden = true;
  try {
    // Only who chooses the camera loads a megabyte of decoder.
    const { startCamera } = await import("./camera.js");
    const { decoder = "", wasm = "" } = cameraSwitch.dataset;
    const camera = await startCamera(video, decoder, wasm, scan);
    endCamera = camera.end;
    switchLight = camera.light;
    lightSwitch.hidden = switchLight === null;
    cameraSwitch.setAttribute("aria-pressed", "true");
  } catch {
    video.hidden = true;
    refused.hidden = false;
  }
});

// Until here, a press would do nothing.
if (cameraSwitch) cameraSwitch.disabled = false;

if ("serviceWorker" in navigator) {
  const { worker = "", scope } = page.dataset;
  let hasWorker = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first one comes after the page that asks for it.
    isOldVersion = hasWorker;
    hasWorker = true;
  });
  // Refused over plain http, and in some private windows: then the page needs a network.
  navigator.serviceWorker.register(worker, { scope }).catch(() => {});
}
// Kept even when the device runs out of room.
if (matchMedia("(display-mode: standalone)").matches) void navigator.storage?.persist();

getReady();

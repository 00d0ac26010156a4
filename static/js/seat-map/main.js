/**
 * Sets up the seat page: has the map that `first-view.js` has drawn, list and basket show the one choice.
 * Until this has run, and wherever it can't, the page is a list in a form that books as well.
 */
import { Basket } from "./basket.js";
import { drawn, find } from "./first-view.js";
import { listenToKeys } from "./keyboard.js";
import { Legend, listenToFilter } from "./legend.js";
import { SeatList } from "./list.js";
import { watchAvailability } from "./live.js";
import { PanZoom } from "./pan-zoom.js";
import { SeatView } from "./seat-view.js";
import { Sections } from "./sections.js";
import { Tip } from "./tip.js";
import { formatMoney, gettext, joinWords, ngettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {import("./party.js").Party} Party */
/** @typedef {import("./choice.js").Change} Change */

/** Below this many pixels on screen between two seats, people miss the one they mean (WCAG 2.5.8). */
const TOO_NEAR = 24;
/** Pixels between two seats to which a first click on a crowded map zooms. */
const COMFORTABLE = 36;

async function start() {
  const { page, hall, choice, party, counts, drawing, overview } = await drawn;
  const { svg } = drawing;
  const frame = find("#hall-frame");
  const status = find("#seat-status");
  const alert = find("#seat-alert");
  const form = /** @type {HTMLFormElement} */ (document.querySelector("#hold-form"));

  const say = (/** @type {string} */ words) => {
    status.textContent = words;
  };
  const warn = (/** @type {string} */ words, /** @type {{words: string, url: string}[]} */ ways = []) => {
    alert.hidden = !words;
    alert.textContent = words;
    if (!ways.length) return;
    const list = document.createElement("ul");
    list.className = "cluster";
    for (const way of ways) {
      const link = Object.assign(document.createElement("a"), { href: way.url, textContent: way.words });
      list.append(document.createElement("li"));
      list.lastElementChild?.append(link);
    }
    alert.append(list);
    alert.scrollIntoView({ block: "nearest" });
    alert.focus({ preventScroll: true });
  };

  const choose = (/** @type {Seat} */ seat) => {
    const refusal = choice.toggle(seat.id);
    if (refusal === "limit") {
      warn(
        page.full ?? ngettext(
          "One person may have %(count)s ticket for this show. Remove a seat to take another one.",
          "One person may have %(count)s tickets for this show. Remove a seat to take another one.",
          choice.limit,
        ),
        page.atLimit ? [page.atLimit] : [],
      );
    } else if (refusal === "taken") say(gettext("%(seat)s is taken.", { seat: hall.label(seat) }));
    else if (refusal === "unsold") say(gettext("%(seat)s is not for sale.", { seat: hall.label(seat) }));
    else warn("");
  };

  // The counter has its own meaning for a seat that is pressed on the map.
  const chooseOnMap = (/** @type {Seat} */ seat) => {
    if (svg.dispatchEvent(new CustomEvent("seatchoose", { detail: seat, cancelable: true }))) choose(seat);
  };

  drawing.nameSeats();
  const view = new PanZoom(frame, svg, hall);
  const list = new SeatList(find("#seat-list") ?? document.createElement("div"), hall, choice, drawing, counts, choose);
  const basket = new Basket(form, hall, choice, { namesLimit: !page.full, keepsCompanions: page.keepsCompanions });
  const tip = new Tip(frame, drawing, view);
  const seatView = new SeatView(find("#seat-view"), hall, page.isScreen, page.photos);
  svg.addEventListener("seatlook", (event) => {
    const seat = /** @type {CustomEvent<Seat>} */ (event).detail;
    const words = seatView.show(seat);
    const node = drawing.nodes.get(seat.id);
    // At the counter, a seat may be described already: for whom it is kept.
    if (words && !node?.hasAttribute("aria-description")) node?.setAttribute("aria-description", words);
  });

  choice.addEventListener("change", (event) => {
    const change = /** @type {CustomEvent<Change>} */ (event).detail;
    for (const id of new Set(change.seats)) {
      drawing.paint(id);
      list.paint(id);
    }
    drawing.paintAreas();
    drawing.number(view.sight, view.pitch);
    list.count();
    basket.paint();
    fillSteppers(choice);
    remember(choice);
    const lost = [...(change.lost ?? []).map((seat) => hall.label(seat)), ...(change.lostAreas ?? [])];
    if (lost.length) {
      warn(gettext("Someone else was faster, so removed from your choice: %(places)s.", { places: joinWords(lost) }));
    }
    const total = formatMoney(choice.total, hall.currency);
    const count = ngettext("%(count)s ticket", "%(count)s tickets", choice.count);
    if (change.added) seatView.show(change.added);
    if (change.added) say(gettext("%(seat)s chosen. %(count)s, %(total)s.", { seat: hall.label(change.added), count, total }));
    if (change.removed) say(gettext("%(seat)s removed. %(count)s, %(total)s.", { seat: hall.label(change.removed), count, total }));
  });

  const seatAt = (/** @type {{x: number, y: number}} */ { x, y }, /** @type {number} */ reach) => {
    const seat = hall.nearest(x, y, hall.pitch * reach);
    return seat && drawing.shown.has(seat.row.at) ? seat : null;
  };
  let isExplained = false;
  const explainOnce = () => {
    if (isExplained) return;
    isExplained = true;
    const words = gettext("The seats were too small to press, so the map came closer. Press again to choose.");
    say(words);
    tip.say(words);
  };

  view.addEventListener("rest", () => drawing.number(view.sight, view.pitch));
  view.addEventListener("drag", () => tip.hide());
  /** @type {import("./hall.js").Seat | undefined} */
  let tapped;
  view.addEventListener("tap", (event) => {
    const { point, isTouch } = /** @type {CustomEvent} */ (event).detail;
    const at = view.toMap(point.x, point.y);
    const seat = seatAt(at, isTouch ? 0.85 : 0.55);
    tapped = undefined;
    if (!seat) return;
    if (view.pitch < TOO_NEAR) {
      view.show(sectionBox(hall, seat), COMFORTABLE, at);
      explainOnce();
      return;
    }
    tapped = seat;
    chooseOnMap(seat);
    if (isTouch) tip.show(seat);
  });
  view.addEventListener("doubletap", (event) => {
    const { point, isTouch, isShifted } = /** @type {CustomEvent} */ (event).detail;
    const at = view.toMap(point.x, point.y);
    if (sections?.isOpening) return;
    const seat = seatAt(at, 0.55);
    // Two neighbors in quick succession are two choices; one seat twice is one, which the second tap must not undo.
    if (!seat || view.pitch < TOO_NEAR) view.zoomSmoothly(isShifted ? 0.5 : 2, point);
    else if (seat === tapped) svg.dispatchEvent(new CustomEvent("seatagain", { detail: seat }));
    else chooseOnMap(seat);
  });
  svg.addEventListener("click", (event) => {
    const area = event.target instanceof Element ? event.target.closest("[data-area]") : null;
    if (area && !view.isDragging) openArea(Number(area.getAttribute("data-area")));
  });
  svg.addEventListener("keydown", (event) => {
    const area = event.target instanceof Element ? event.target.closest("[data-area]") : null;
    if (!area || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    openArea(Number(area.getAttribute("data-area")));
  });
  const enter = listenToKeys(hall, drawing, view, chooseOnMap, (seat) => sections?.reach([seat]));
  const sections =
    overview &&
    new Sections(hall, drawing, overview, counts, view, {
      bar: find("#section-bar"),
      list: find("#section-list"),
      keepsAddress: "keepsAddress" in form.dataset,
      say,
      onOpen(at, isByKey) {
        seatView.showSection(at);
        enter(at, isByKey);
      },
    });
  sections?.follow();
  if (!sections && hall.sections.length) seatView.showSection(0);
  listenToButtons(view);
  const legend = new Legend(hall, choice, party);
  const lists = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#seat-list-view"));
  listenToFilter("[data-only-category]", "onlyCategory", "only", [svg, ...lists], (wanted) => {
    const name = hall.category.get(Number(wanted))?.name;
    const left = legend.left(Number(wanted));
    say(name ? gettext("Only %(category)s: %(left)s.", { category: name, left }) : gettext("All categories"));
  });
  listenToFilter("[data-only-flag]", "onlyFlag", "onlyFlag", [svg, ...lists]);
  if (!page.types) listenToParty(party, choice, say);
  party.addEventListener("change", () => {
    sections?.paint();
    list.count();
  });
  if (sections) find("[data-zoom-fit]").addEventListener("click", () => sections.close());
  listenToSteppers(choice);
  listenToBest(choice, hall, say, warn, (seats) => {
    sections?.reach(seats);
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (const { x, y } of seats) {
      box.left = Math.min(box.left, x - hall.pitch * 4);
      box.right = Math.max(box.right, x + hall.pitch * 4);
      box.top = Math.min(box.top, y - hall.pitch * 4);
      box.bottom = Math.max(box.bottom, y + hall.pitch * 4);
    }
    if (view.pitch < TOO_NEAR) view.show(box, COMFORTABLE, { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 });
    else view.reveal((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  });

  basket.paint();
  fillSteppers(choice);
  watchAvailability(
    page.availability,
    page.now.version,
    (now) => {
      const isOutdated = !hall.knows(now);
      find("#seat-outdated").hidden = !isOutdated;
      if (!isOutdated) choice.update(now.taken, now.areas);
    },
    (isReachable) => {
      find("#seat-offline").hidden = isReachable;
    },
  );
  document.documentElement.dataset.seatMap = "ready";

  form.addEventListener("submit", (event) => {
    if (choice.count === 0) {
      event.preventDefault();
      warn(gettext("Choose at least one seat first."));
    }
  });
  return { hall, choice, drawing, view, say, warn, full: page.full ?? "" };
}

/** @typedef {Awaited<ReturnType<typeof start>>} SeatPage */

/**
 * @param {Hall} hall
 * @param {Seat} seat
 */
function sectionBox(hall, seat) {
  const seats = hall.sections.find(({ rows }) => rows.includes(seat.row))?.rows.flatMap((row) => row.seats) ?? [seat];
  return {
    left: Math.min(...seats.map(({ x }) => x)) - hall.pitch,
    right: Math.max(...seats.map(({ x }) => x)) + hall.pitch,
    top: Math.min(...seats.map(({ y }) => y)) - hall.pitch,
    bottom: Math.max(...seats.map(({ y }) => y)) + hall.pitch,
  };
}

/**
 * Keep the choice in the URL, so that reloading, going back and sharing restore it.
 * @param {Choice} choice
 */
function remember(choice) {
  const form = /** @type {HTMLFormElement} */ (document.querySelector("#hold-form"));
  // The counter's page has its own URL.
  if ("keepsAddress" in form.dataset) return;
  const query = new URLSearchParams();
  // A form that is sent by GET says in its URL what else it is about.
  if (form.method === "get") {
    for (const field of form.querySelectorAll(":scope > input[type=hidden]")) {
      const { name, value } = /** @type {HTMLInputElement} */ (field);
      query.append(name, value);
    }
  }
  for (const [id, type] of choice.seats) {
    query.append("seat", String(id));
    const seat = choice.hall.seats.get(id);
    if (seat && choice.hall.offersOf(seat.category)[0]?.type.id !== type) query.append(`type-${id}`, String(type));
  }
  for (const [key, quantity] of choice.places) query.append(`area-${key}`, String(quantity));
  history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
}

/** @param {number} area */
function openArea(area) {
  const input = document.querySelector(`input[name^="area-${area}-"]`);
  if (!(input instanceof HTMLInputElement)) return;
  input.closest("[data-stepper]")?.scrollIntoView({ block: "center" });
  input.focus({ preventScroll: true });
}

/** @param {Choice} choice */
function listenToSteppers(choice) {
  for (const stepper of document.querySelectorAll("[data-stepper]")) {
    const input = stepper.querySelector("input");
    if (!input) continue;
    const [, area, type] = input.name.split("-").map(Number);
    const set = (/** @type {number} */ quantity) => {
      input.value = String(choice.setPlaces(area, type, quantity));
    };
    input.addEventListener("change", () => set(Number(input.value)));
    for (const button of stepper.querySelectorAll("button")) {
      button.addEventListener("click", () => set(Number(input.value) + Number(button.dataset.step)));
    }
  }
}

/** @param {Choice} choice */
function fillSteppers(choice) {
  for (const input of document.querySelectorAll("[data-stepper] input")) {
    if (!(input instanceof HTMLInputElement)) continue;
    input.value = String(choice.places.get(input.name.slice("area-".length)) ?? 0);
  }
  for (const words of document.querySelectorAll("[data-area-free]")) {
    const free = choice.free.get(Number(words.getAttribute("data-area-free"))) ?? 0;
    words.textContent = free ? ngettext("%(count)s place free", "%(count)s places free", free) : gettext("sold out");
  }
}

/** @param {PanZoom} view */
function listenToButtons(view) {
  find("[data-zoom-in]").addEventListener("click", () => view.zoomSmoothly(1.6));
  find("[data-zoom-out]").addEventListener("click", () => view.zoomSmoothly(1 / 1.6));
  find("[data-zoom-fit]").addEventListener("click", () => view.fit());
}

/**
 * Let the party be said in the form for the best seats, and be taken back.
 * @param {Party} party
 * @param {Choice} choice
 * @param {(words: string) => void} say
 */
function listenToParty(party, choice, say) {
  const form = document.querySelector("#best-form");
  const line = find("#party");
  if (!(form instanceof HTMLFormElement) || !line) return;
  form.querySelector("[data-party]")?.addEventListener("click", () => {
    party.read(new FormData(form));
    form.closest("details")?.removeAttribute("open");
    line.focus({ preventScroll: true });
    line.scrollIntoView({ block: "center" });
  });
  form.addEventListener("submit", () => party.read(new FormData(form)));
  line.querySelector("button")?.addEventListener("click", () => {
    party.set(0);
    form.closest("details")?.querySelector("summary")?.focus();
  });
  party.addEventListener("change", () => {
    choice.types = party.inTurn;
    line.hidden = !party.count;
    const words = line.querySelector("[data-party-words]");
    if (words) words.textContent = party.count ? gettext("Prices for %(party)s", { party: party.describe() }) : "";
    say(party.count ? gettext("Prices for %(party)s", { party: party.describe() }) : gettext("Prices for single tickets"));
  });
}

/**
 * @typedef {object} Proposal
 * @property {number[]} seats
 * @property {(number | null)[]} types  ticket types of the seats, if the party has said them
 * @property {string} message
 * @property {string} proposal  what the hold says of them: that other seats will do as well
 * @property {{words: string, url: string}[]} ways  what else a party can do for which no seats are left
 */

/**
 * @param {Choice} choice
 * @param {Hall} hall
 * @param {(words: string) => void} say
 * @param {(words: string, ways?: Proposal["ways"]) => void} warn
 * @param {(seats: Seat[]) => void} onFound
 */
function listenToBest(choice, hall, say, warn, onFound) {
  const form = document.querySelector("#best-form");
  const field = document.querySelector("#hold-form [name=proposal]");
  if (!(form instanceof HTMLFormElement) || !(field instanceof HTMLInputElement)) return;
  /** @type {number[]} */
  let proposed = [];
  const find = async () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) query.append(name, String(value));
    const button = form.querySelector("button[type=submit]");
    button?.setAttribute("aria-disabled", "true");
    try {
      const response = await fetch(`${form.action}?${query}`, { headers: { Accept: "application/json" } });
      const found = /** @type {Proposal} */ (await response.json());
      form.closest("details")?.removeAttribute("open");
      proposed = found.seats;
      field.value = found.proposal;
      if (!found.seats.length) {
        warn(found.message, found.ways);
        return;
      }
      choice.replace(found.seats, found.types);
      warn("");
      say(found.message);
      onFound(found.seats.flatMap((id) => hall.seats.get(id) ?? []));
    } catch {
      warn(gettext("The server is not answering. Please try again in a moment."));
    } finally {
      button?.removeAttribute("aria-disabled");
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void find();
  });
  choice.addEventListener("change", (event) => {
    const { lost = [] } = /** @type {CustomEvent<Change>} */ (event).detail;
    const left = new Set([...choice.seats.keys(), ...lost.map(({ id }) => id)]);
    // Proposed seats that the visitor has not changed since were taken: other ones will do as well.
    if (lost.length && left.size === proposed.length && proposed.every((id) => left.has(id))) void find();
  });
}

// A page from the browser's cache does not know of a hold made since.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

/** What the counter builds on; null where the map can't be shown. */
export const started = start().catch((error) => {
  // The list that the server wrote stays in place and books as well.
  console.error(error);
  find("#seat-map").hidden = true;
  const list = find("#seat-list-view");
  if (list) list.hidden = false;
  return null;
});

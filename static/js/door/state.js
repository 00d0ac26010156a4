/**
 * Says how the device stands: whether the site answers, how old the list is, what waits to be sent, which conflicts
 * there are, and whether its clock is wrong.
 */
import { fill } from "./local-answers.js";
import { signal } from "./signals.js";

/** @typedef {import("./line.js").Line} Line */

const MINUTE_MS = 60_000;

/** @param {Element | null} place @param {string} text */
function say(place, text) {
  // Said again, it would be read out again.
  if (place && place.textContent !== text) place.textContent = text;
}

/** @param {string} name  in whatever script */
function setApart(name) {
  const part = document.createElement("bdi");
  part.textContent = name;
  return part;
}

export class State {
  /** @param {Document} page */
  constructor(page) {
    this.root = /** @type {HTMLElement} */ (page.querySelector("[data-state]"));
    this.conflicts = /** @type {HTMLElement | null} */ (page.querySelector("[data-conflicts]"));
    /** What was shown last. @type {string} */
    this.shown = "";
  }

  /** @param {string} name  of a warning that stays */
  warn(name) {
    this.root.hidden = false;
    this.root.querySelector(`[data-${name}]`)?.removeAttribute("hidden");
  }

  /** @param {Line} line */
  paint(line) {
    const { root } = this;
    const words = root.dataset;
    root.hidden = false;
    root.classList.toggle("is-offline", !line.isOnline);
    const alone = line.list ? words.offline : words.offlineAlone;
    say(root.querySelector("[data-connection]"), (line.isOnline ? words.online : alone) ?? "");
    say(root.querySelector("[data-age]"), this.#age(line));
    const count = line.waiting.length;
    say(root.querySelector("[data-waiting]"), count > 0 ? fill(words.waiting ?? "", { count }) : "");
    const warning = /** @type {HTMLElement} */ (root.querySelector("[data-clock-warning]"));
    warning.hidden = !line.clock.isWrong;
    const minutes = Math.round(Math.abs(line.clock.error) / MINUTE_MS);
    say(warning, line.clock.isTurnedBack ? (words.turned ?? "") : fill(words.clock ?? "", { minutes }));
    this.#paintConflicts(line);
  }

  /** @param {Line} line */
  #age(line) {
    const words = this.root.dataset;
    if (!line.kept) return (line.addresses.list && words.noList) || "";
    const minutes = Math.floor((line.clock.now() - line.kept.checkedAt) / MINUTE_MS);
    return minutes < 1 ? (words.new ?? "") : fill(words.minutes ?? "", { minutes });
  }

  /** @param {Line} line */
  #paintConflicts(line) {
    if (!this.conflicts) return;
    const seen = new Set(line.kept?.seen);
    const open = (line.list?.conflicts ?? []).filter(({ id }) => !seen.has(id));
    const shown = open.map(({ id }) => id).join(" ");
    if (shown === this.shown) return;
    const isNew = open.some(({ id }) => !this.shown.split(" ").includes(String(id)));
    this.shown = shown;
    this.conflicts.hidden = open.length === 0;
    this.conflicts.querySelector("ul")?.replaceChildren(
      ...open.map(({ place, reason, gates }) => {
        const row = document.createElement("li");
        row.append(setApart(place), `: ${reason}`);
        for (const { gate, at } of gates) row.append(` · ${at} `, setApart(gate));
        return row;
      }),
    );
    if (isNew) signal("warn");
  }
}

/**
 * Writes what the device decided by itself, from the page's own templates, as the site would write it.
 */
import { mayOverrule } from "./decide.js";

/** @typedef {import("./decide.js").Decision} Decision */
/** @typedef {import("./decide.js").Direction} Direction */
/** @typedef {import("./decide.js").Passage} Passage */
/** @typedef {import("./decide.js").Ticket} Ticket */
/** @typedef {"good" | "out" | "warn" | "bad" | "plain"} Tone */

const SIGNS = { good: "✓", out: "←", warn: "!", bad: "✕", plain: "↶" };
const MILD = ["other_show", "too_early", "show_moved", "not_inside", "no_reentry"];

/** @param {string} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (all, name) => String(values[name] ?? all));
}

/** @param {Decision} decision @param {Direction} direction @returns {Tone} */
function toneOf({ result, reason }, direction) {
  if (result === "admitted") return direction === "out" ? "out" : "good";
  return result === "already_in" || MILD.includes(reason) ? "warn" : "bad";
}

/**
 * Copies a template and fills its slots; a line whose slot stays empty goes.
 *
 * @param {HTMLTemplateElement} template
 * @param {Record<string, string>} texts
 */
function write(template, texts) {
  const part = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  for (const slot of part.querySelectorAll("[data-slot]")) {
    const text = texts[slot.getAttribute("data-slot") ?? ""];
    if (text) slot.textContent = text;
    else slot.closest("[data-line]")?.remove();
  }
  return part;
}

/** @param {DocumentFragment} part @param {string} name @param {string} value */
function setField(part, name, value) {
  part.querySelector(`[name=${name}]`)?.setAttribute("value", value);
}

export class LocalAnswers {
  /** @param {Document} page */
  constructor(page) {
    const find = (/** @type {string} */ name) =>
      /** @type {HTMLTemplateElement} */ (page.querySelector(`template[data-local=${name}]`));
    this.answer = find("answer");
    this.found = find("found");
    this.row = find("row");
    /** Sentences, with %(name)s in them, and one for each reason. @type {Record<string, string>} */
    this.words = JSON.parse(page.getElementById("door-words")?.textContent ?? "{}");
    this.language = page.documentElement.lang || "en";
  }

  /**
   * @param {Decision} decision
   * @param {{ id: string, direction: Direction, party: [number, number] }} scan
   */
  write(decision, { id, direction, party: [inside, all] }) {
    const { words } = this;
    const { ticket, show, entry, reason, result } = decision;
    const tone = toneOf(decision, direction);
    const asksProof = tone === "good" && ticket?.proof;
    const part = this.#writeAnswer(tone, {
      sign: SIGNS[tone],
      head: words[result !== "admitted" ? (result === "already_in" ? result : "stop") : tone === "out" ? "out" : "admitted"],
      why: reason && words[`reason.${reason}`],
      opens: show && ["too_early", "show_moved"].includes(reason) ? fill(words.opens, { time: show.opens }) : "",
      since: show && entry ? this.#since(entry, show.time_zone) : "",
      gate: entry?.gate ? ` · ${entry.gate}` : "",
      unlisted: decision.isUnlisted && result === "admitted" ? words.unlisted : "",
      place: ticket?.place ?? "",
      reduced: asksProof ? ticket.type : "",
      proof: asksProof ? `(${ticket.proof})` : "",
      type: asksProof ? "" : (ticket?.type ?? ""),
      access: ticket?.access ? words[ticket.access] : "",
      name: ticket?.name ?? "",
      party: all > 1 ? fill(words.party, { inside, party: all }) : "",
      title: show?.title ?? "",
      starts: show?.starts ?? "",
      hall: show?.place ?? "",
    });
    if (result === "admitted") setField(part, "undo", id);
    else part.querySelector("[data-undo]")?.remove();
    if (ticket && mayOverrule(decision, direction)) setField(part, "ticket", ticket.code);
    else part.querySelector("[data-overrule]")?.remove();
    return part;
  }

  writeUndone() {
    return this.#writePlain("plain", { sign: SIGNS.plain, head: this.words.undone });
  }

  writeTooLate() {
    return this.#writePlain("bad", { sign: SIGNS.bad, head: this.words.stop, why: this.words.too_late });
  }

  /**
   * @param {Ticket[]} tickets
   * @param {{ wanted: string, direction: Direction, isInside: (ticket: Ticket) => boolean }} search
   */
  writeFound(tickets, { wanted, direction, isInside }) {
    const { words } = this;
    const number = tickets.length;
    if (number === 0) {
      const texts = { sign: "?", head: words.not_found, why: fill(words.not_found_for, { wanted }) };
      return this.#writePlain("warn", texts);
    }
    const part = write(this.found, { head: fill(number === 1 ? words.found_one : words.found_more, { number }) });
    for (const ticket of tickets) {
      const act = direction === "out" ? words.let_out : isInside(ticket) ? words.is_in : words.admit;
      const { place, type } = ticket;
      const row = write(this.row, { place, who: ticket.name || ticket.booking, type, act, label: `: ${place}` });
      setField(row, "ticket", ticket.code);
      part.querySelector("ul")?.append(row);
    }
    return part;
  }

  /** @param {Tone} tone @param {Record<string, string>} texts */
  #writePlain(tone, texts) {
    const part = this.#writeAnswer(tone, texts);
    for (const one of part.querySelectorAll("[data-undo], [data-overrule]")) one.remove();
    return part;
  }

  /** @param {Tone} tone @param {Record<string, string>} texts */
  #writeAnswer(tone, texts) {
    const part = write(this.answer, texts);
    const root = /** @type {HTMLElement} */ (part.firstElementChild);
    root.classList.add(`door-answer--${tone}`);
    root.dataset.tone = tone;
    return part;
  }

  /** @param {Passage} passage @param {string} timeZone */
  #since(passage, timeZone) {
    const style = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const clock = new Intl.DateTimeFormat(this.language, { timeZone, ...style });
    return fill(this.words.since, { time: clock.format(Date.parse(passage.at)) });
  }
}

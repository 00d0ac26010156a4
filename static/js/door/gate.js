/**
 * Decides at a gate while the site does not answer, and remembers what the site decided while it did.
 */
import { isCode, readCode } from "./codes.js";
import { countParty, decide, decideTicket, findTickets, lastPassage, mayOverrule } from "./decide.js";

/** @typedef {import("./decide.js").Decision} Decision */
/** @typedef {import("./decide.js").Direction} Direction */
/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./local-answers.js").LocalAnswers} LocalAnswers */

// As long as the site allows it.
const UNDO_MS = 60_000;

export class Gate {
  /**
   * @param {Line} line
   * @param {LocalAnswers} answers
   * @param {boolean} verifies  whether the browser verifies signatures
   */
  constructor(line, answers, verifies) {
    this.line = line;
    this.answers = answers;
    this.verifies = verifies;
  }

  /**
   * @param {FormData} body  of a form of the page
   * @param {{ name: string, direction: Direction }} gate
   * @returns {Promise<DocumentFragment | null>} null if only the site can tell
   */
  async answer(body, gate) {
    const { list } = this.line;
    const get = (/** @type {string} */ name) => String(body.get(name) ?? "");
    if (body.has("undo")) return this.#undo(get("undo"));
    // What is no scan, such as the count of people without tickets, is for the site alone.
    if (!list || !(body.has("text") || body.has("ticket"))) return null;
    const [text, wanted, id] = [get("text").trim(), get("ticket"), get("key")];
    const scans = [...this.line.scans.values()];
    const now = this.line.clock.now();
    if (!wanted && !body.has("is_scanned") && !isCode(text)) {
      return this.answers.writeFound(findTickets(text, list).slice(0, 20), {
        wanted: text,
        direction: gate.direction,
        isInside: (ticket) => lastPassage(ticket, scans)?.direction === "in",
      });
    }
    const found = list.tickets.find((one) => one.code === wanted);
    if (wanted && !found) return null;
    const decision = found
      ? decideTicket(found, list, scans, gate.direction, now)
      : decide(await readCode(text, list.keys, this.verifies), list, scans, gate.direction, now);
    const note = mayOverrule(decision, gate.direction) ? get("note").trim() : "";
    if (note) decision.result = "admitted";
    const { ticket } = decision;
    if (ticket) {
      const { result, reason } = decision;
      const at = new Date(now).toISOString();
      const scan = { id, ticket: ticket.code, gate: gate.name, direction: gate.direction, at, result, reason, note };
      await this.line.keep({ ...scan, isSent: false, sentAt: 0 });
    }
    const after = [...this.line.scans.values()];
    const party = ticket?.booking ? countParty(ticket, list, after) : [0, 0];
    return this.answers.write(decision, { id, direction: gate.direction, party: /** @type {[number, number]} */ (party) });
  }

  /**
   * Keeps an admission of the site's until the list shows it: without a network the ticket would admit again.
   *
   * @param {Element | null} answer
   * @param {string} gate
   */
  async remember(answer, gate) {
    if (!(answer instanceof HTMLElement)) return;
    const { key = "", ticket = "", direction, result } = answer.dataset;
    if (result === "undone" && this.line.scans.has(key)) await this.line.drop(key);
    if (result !== "admitted") return;
    const at = new Date(this.line.clock.now()).toISOString();
    const passed = /** @type {Direction} */ (direction);
    const scan = { id: key, ticket, gate, direction: passed, at, result: /** @type {const} */ ("admitted") };
    await this.line.keep({ ...scan, reason: "", note: "", isSent: true, sentAt: Date.now() });
  }

  /** @param {string} id */
  async #undo(id) {
    const scan = this.line.scans.get(id);
    // What the site knows, it takes back itself.
    if (!scan || scan.isSent) return null;
    const at = Date.parse(scan.at);
    const isAgain = [...this.line.scans.values()].some((one) => one.ticket === scan.ticket && Date.parse(one.at) > at);
    if (isAgain || this.line.clock.now() - at > UNDO_MS) return this.answers.writeTooLate();
    await this.line.drop(id);
    return this.answers.writeUndone();
  }
}

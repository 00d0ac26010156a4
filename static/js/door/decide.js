/**
 * Decides about a ticket from the list that the device keeps and from what it has decided since: the same reasons, in
 * the same order, as `door/check_in.py`. Nothing here asks for anything.
 */

/** @typedef {import("./codes.js").ReadCode} ReadCode */
/** @typedef {"in" | "out"} Direction */
/** @typedef {{ direction: Direction, at: string, gate: string }} Passage */
/**
 * @typedef {object} Ticket
 * @property {string} code
 * @property {string} show
 * @property {string} booking
 * @property {string} stands_for  the code of the ticket as which its print still admits, if it was replaced
 * @property {string} refusal  why it admits nobody whenever it is shown, or nothing
 * @property {string} place
 * @property {string} seat  row and number
 * @property {"" | "wheelchair" | "companion"} access
 * @property {string} type
 * @property {string} proof
 * @property {boolean} is_moved
 * @property {Passage | null} passed
 * @property {string} [name]
 */
/**
 * @typedef {object} Show
 * @property {string} code
 * @property {string} theater_slug
 * @property {string} title
 * @property {string} place
 * @property {string} starts
 * @property {string} opens
 * @property {string} time_zone
 * @property {string} opens_at
 * @property {string} ends_at
 * @property {boolean} allows_reentry
 * @property {boolean} may_overrule
 */
/** @typedef {{ id: number, place: string, reason: string, gates: { gate: string, at: string }[] }} Conflict */
/**
 * @typedef {object} List
 * @property {string} expires_at
 * @property {{ person: string, session: string }} holder
 * @property {import("./codes.js").PublicKey[]} keys
 * @property {Show[]} shows
 * @property {Ticket[]} tickets
 * @property {Conflict[]} conflicts
 */
/**
 * A decision of this device, or one of the site's that the list does not show yet.
 * @typedef {object} Scan
 * @property {string} id
 * @property {string} ticket
 * @property {string} gate
 * @property {Direction} direction
 * @property {string} at  by the site's clock
 * @property {"admitted" | "already_in" | "not_valid"} result
 * @property {string} reason
 * @property {string} note
 * @property {boolean} isSent
 * @property {number} sentAt  by the device's own clock
 */
/**
 * @typedef {object} Decision
 * @property {"admitted" | "already_in" | "not_valid"} result
 * @property {string} reason
 * @property {Ticket | null} ticket
 * @property {Show | null} show
 * @property {Passage | null} entry  how a ticket that is already in came in
 * @property {boolean} isUnlisted  sold after the list was made
 */

// Refusals in spite of which staff may let a valid ticket in; a ticket for another show is the site's to decide.
const YIELDING = ["too_early", "show_moved", "over", "no_reentry"];
const NOTHING = { ticket: null, show: null, entry: null, isUnlisted: false };

/** @param {Ticket} ticket */
function isValid(ticket) {
  return !ticket.refusal && !ticket.stands_for;
}

/**
 * @param {Ticket} ticket
 * @param {Iterable<Scan>} scans
 * @returns {Passage | null} how it passed last, as far as this device knows
 */
export function lastPassage(ticket, scans) {
  let last = ticket.passed;
  for (const scan of scans) {
    if (scan.ticket !== ticket.code || scan.result !== "admitted") continue;
    if (!last || Date.parse(scan.at) >= Date.parse(last.at)) last = scan;
  }
  return last;
}

/**
 * @param {ReadCode} code
 * @param {List} list
 * @param {Iterable<Scan>} scans
 * @param {Direction} direction
 * @param {number} now
 * @returns {Decision}
 */
export function decide(code, list, scans, direction, now) {
  if (code.reason) return { ...NOTHING, result: "not_valid", reason: code.reason };
  const listed = list.tickets.find((one) => one.code === code.ticket);
  if (listed?.stands_for) {
    return decide({ ...code, ticket: listed.stands_for, show: "", isVerified: false }, list, scans, direction, now);
  }
  if (listed) return decideTicket(listed, list, scans, direction, now);
  if (!list.shows.some((one) => one.code === code.show)) {
    return { ...NOTHING, result: "not_valid", reason: direction === "out" ? "not_inside" : "other_show" };
  }
  if (!code.isVerified) return { ...NOTHING, result: "not_valid", reason: "unknown" };
  // Ours, and not canceled when the list was made: sold since.
  const sold = { code: code.ticket, show: code.show, place: "", seat: "", access: /** @type {""} */ (""), type: "" };
  const ticket = { ...sold, booking: "", stands_for: "", refusal: "", proof: "", is_moved: false, passed: null };
  return { ...decideTicket(ticket, list, scans, direction, now), isUnlisted: true };
}

/**
 * @param {Ticket} ticket
 * @param {List} list
 * @param {Iterable<Scan>} scans
 * @param {Direction} direction
 * @param {number} now
 * @returns {Decision}
 */
export function decideTicket(ticket, list, scans, direction, now) {
  const show = /** @type {Show} */ (list.shows.find((one) => one.code === ticket.show));
  const last = lastPassage(ticket, scans);
  const isInside = last?.direction === "in";
  /** @param {string} reason @returns {Decision} */
  const refuse = (reason) => ({ ...NOTHING, result: "not_valid", reason, ticket, show });
  /** @type {Decision} */
  const admitted = { ...NOTHING, result: "admitted", reason: "", ticket, show };
  if (direction === "out") return isInside ? admitted : refuse("not_inside");
  if (ticket.refusal) return refuse(ticket.refusal);
  if (now >= Date.parse(show.ends_at)) return refuse("over");
  if (isInside) return { ...NOTHING, result: "already_in", reason: "", ticket, show, entry: last };
  if (now < Date.parse(show.opens_at)) return refuse(ticket.is_moved ? "show_moved" : "too_early");
  if (last && !show.allows_reentry) return refuse("no_reentry");
  return admitted;
}

/** @param {Decision} decision @param {Direction} direction */
export function mayOverrule(decision, direction) {
  const yields = decision.result === "already_in" || YIELDING.includes(decision.reason);
  return yields && direction === "in" && Boolean(decision.show?.may_overrule);
}

/**
 * @param {Ticket} ticket
 * @param {List} list
 * @param {Scan[]} scans
 * @returns {[number, number]} how many of its booking are inside, of how many for the same show
 */
export function countParty(ticket, list, scans) {
  const party = list.tickets.filter(
    (one) => one.booking === ticket.booking && one.show === ticket.show && isValid(one),
  );
  return [party.filter((one) => lastPassage(one, scans)?.direction === "in").length, party.length];
}

/** @param {string} text */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * Finds valid tickets by the code of a booking or a ticket, a seat, or the beginnings of the words of a name where
 * the list has names; with all others of the same bookings.
 *
 * @param {string} text
 * @param {List} list
 * @returns {Ticket[]}
 */
export function findTickets(text, list) {
  const wanted = fold(text).trim();
  const packed = wanted.replace(/[^\p{L}\p{N}]/gu, "");
  if (!packed) return [];
  const parts = wanted.split(/\s+/);
  /** @param {Ticket} ticket */
  const isMeant = (ticket) => {
    if ([ticket.code, ticket.booking, ticket.seat.replace(" ", "")].some((one) => fold(one) === packed)) return true;
    const words = fold(ticket.name ?? "").split(/[^\p{L}\p{N}]+/u);
    return parts.every((part) => words.some((word) => word.startsWith(part)));
  };
  const valid = list.tickets.filter(isValid);
  const bookings = new Set(valid.filter(isMeant).map((ticket) => ticket.booking));
  return valid.filter((ticket) => bookings.has(ticket.booking));
}

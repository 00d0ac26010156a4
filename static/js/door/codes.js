/**
 * Reads the text of a ticket's QR code: what it names, and whether one of the site's keys signed it.
 * The same rules as `bookings/tickets/codes.py`.
 */

/** @typedef {{ kid: string, x: string }} PublicKey  a JSON Web Key */
/**
 * @typedef {object} ReadCode
 * @property {"" | "unreadable" | "other_issuer" | "forged"} reason
 * @property {string} ticket
 * @property {string} show
 * @property {boolean} isVerified
 */

const FORM = /^M1\.([A-Z2-7]{6})\.([A-Z0-9]{1,16})\.([A-Z0-9]{1,12})\.([A-Z2-7]{103})$/;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALGORITHM = "Ed25519";
// What people type to find a ticket is shorter than what a scanner reads.
const LONGEST_SEARCH = 60;

/** @param {string} text */
export function isCode(text) {
  return text.toUpperCase().startsWith("M1.") || text.includes("://") || text.length > LONGEST_SEARCH;
}

/** @returns {Promise<boolean>} whether this browser can verify signatures */
export async function canVerify() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), ALGORITHM, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} text  base32 without padding */
function decodeBase32(text) {
  const bytes = [];
  let bits = 0;
  let held = 0;
  for (const digit of text) {
    held = (held << 5) | DIGITS.indexOf(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  // Spare bits that are not zero are another spelling of the same signature.
  return held === 0 ? new Uint8Array(bytes) : null;
}

/**
 * @param {string} text
 * @param {PublicKey[]} keys
 * @param {boolean} verifies  false where the browser cannot
 * @returns {Promise<ReadCode>}
 */
export async function readCode(text, keys, verifies) {
  const form = FORM.exec(text.trim().toUpperCase());
  const nothing = { ticket: "", show: "", isVerified: false };
  if (!form) return { ...nothing, reason: "unreadable" };
  const [whole, kid, ticket, show, signature] = form;
  const key = keys.find((one) => one.kid === kid);
  if (!key) return { ...nothing, reason: "other_issuer" };
  const raw = decodeBase32(signature);
  if (!raw) return { ...nothing, reason: "forged" };
  if (verifies) {
    const claim = new TextEncoder().encode(whole.slice(0, -signature.length - 1));
    const jwk = { kty: "OKP", crv: ALGORITHM, x: key.x };
    const imported = await crypto.subtle.importKey("jwk", jwk, ALGORITHM, false, ["verify"]);
    if (!(await crypto.subtle.verify(ALGORITHM, imported, raw, claim))) return { ...nothing, reason: "forged" };
  }
  return { reason: "", ticket, show, isVerified: verifies };
}

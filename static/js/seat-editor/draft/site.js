/** Calls the site about a draft, and says why there is no answer to work with. */

/** @typedef {{id: number, url: string, edit: string, state: string, version: number, revision: number, edited_by: string, edited_at: string}} Found */
/** @typedef {{page: string, name: string, is_self: boolean, since: string, selection: string[]}} Person */
/** @typedef {"offline" | "signed-out" | "closed"} Trouble  `closed`: the draft is no longer open to this person */

const TROUBLES = /** @type {Record<number, Trouble>} */ ({ 401: "signed-out", 403: "signed-out", 404: "closed", 429: "offline" });
/** A large room is a tenth as much, which counts where the network is slow. */
const MIN_PACKED_BYTES = 20_000;
/** Browsers let a page that is left send no more than 64 KB. */
const MAX_LAST_BYTES = 60_000;

export class Site {
  /** @param {typeof fetch} [send] */
  constructor(send = (...call) => fetch(...call)) {
    this.send = send;
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {string} [body]
   * @returns {Promise<{status: number, content: any} | {trouble: Trouble}>}
   */
  async call(method, url, body) {
    try {
      const packed = body !== undefined && body.length > MIN_PACKED_BYTES ? await pack(body) : null;
      const answer = await this.send(url, { method, body: packed ?? body, redirect: "manual", headers: headers(body, packed !== null) });
      // Whose sign-in has ended is led to the sign-in page.
      if (answer.type === "opaqueredirect") return { trouble: "signed-out" };
      const trouble = answer.status >= 500 ? "offline" : TROUBLES[answer.status];
      return trouble ? { trouble } : { status: answer.status, content: await answer.json() };
    } catch {
      return { trouble: "offline" };
    }
  }

  /** Send something small while the page goes; there is nobody to take the answer. @param {string} method @param {string} url @param {string} body */
  sendLast(method, url, body) {
    if (body.length > MAX_LAST_BYTES || new TextEncoder().encode(body).length > MAX_LAST_BYTES) return;
    this.send(url, { method, body, keepalive: true, redirect: "manual", headers: headers(body) }).catch(() => {});
  }
}

/** @param {string} [body] @param {boolean} [isPacked] @returns {Record<string, string>} */
function headers(body, isPacked = false) {
  const token = /(?:^|;\s*)csrftoken=([^;]*)/.exec(globalThis.document?.cookie ?? "")?.[1] ?? "";
  return {
    Accept: "application/json",
    "X-CSRFToken": token,
    ...(body ? { "Content-Type": "application/json" } : {}),
    ...(isPacked ? { "Content-Encoding": "gzip" } : {}),
  };
}

/** @param {string} text @returns {Promise<Blob | null>} null where the browser can't */
async function pack(text) {
  if (!("CompressionStream" in globalThis)) return null;
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).blob();
}

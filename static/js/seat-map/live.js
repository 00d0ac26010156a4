/** Polls which places are taken while the page is visible: less often when the server has trouble. */

const EVERY = 3000;
const AT_MOST = 60_000;

/** @typedef {{version: string, taken: number[], areas: Record<string, number>}} Availability */

/**
 * @param {string} url
 * @param {string} known  the version that the page was made with
 * @param {(now: Availability) => void} onNews
 * @param {(isReachable: boolean) => void} onReach  told when the server stops or starts to answer
 */
export function watchAvailability(url, known, onNews, onReach) {
  let version = `"${known}"`;
  let wait = EVERY;
  let timer = 0;
  let isAsking = false;

  const plan = () => {
    clearTimeout(timer);
    // Jitter, so that a full house does not ask all at once.
    if (!document.hidden) timer = window.setTimeout(ask, wait * (0.85 + Math.random() * 0.3));
  };

  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    try {
      const headers = { "If-None-Match": version };
      const response = await fetch(url, { headers, cache: "no-store", credentials: "omit" });
      if (response.status === 200) {
        version = response.headers.get("ETag") ?? "";
        onNews(await response.json());
      } else if (response.status !== 304) {
        throw new Error(`The server answers ${response.status}.`);
      }
      if (wait !== EVERY) onReach(true);
      wait = EVERY;
    } catch {
      if (wait === EVERY) onReach(false);
      wait = Math.min(AT_MOST, wait * 2);
    } finally {
      isAsking = false;
      plan();
    }
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) ask();
  });
  plan();
}

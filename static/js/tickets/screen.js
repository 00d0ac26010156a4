/**
 * Keeps the screen on while the page is in view, where the browser can.
 *
 * @param {HTMLElement} note  shown while it does
 */
export async function keepScreenOn(note) {
  const ask = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      note.hidden = false;
      lock.addEventListener("release", () => {
        note.hidden = true;
      });
    } catch {
      // On a low battery, for example: the screen goes dark as ever.
      note.hidden = true;
    }
  };
  // The browser ends it with each look at something else.
  document.addEventListener("visibilitychange", ask);
  await ask();
}

/** Has this device keep the coming tickets (`templates/bookings/tickets-worker.js`). Loaded where there are some. */
const script = /** @type {HTMLElement} */ (document.querySelector("script[data-tickets-worker]"));
const { ticketsWorker = "" } = script.dataset;

if ("serviceWorker" in navigator) {
  const { serviceWorker } = navigator;
  serviceWorker.register(ticketsWorker).catch(() => {
    // Refused over plain http, and in some private windows: then tickets need a network.
  });
  void serviceWorker.ready.then(({ active }) => active?.postMessage("keep"));
}
// Kept even when the device runs out of room.
if (matchMedia("(display-mode: standalone)").matches) void navigator.storage?.persist();

export {};

// Passes a page on by what the device offers, or else copies its address. Without this script there is a link that
// begins a mail.

/** @param {HTMLElement} box */
function prepare(box) {
  const { share: url = "", title = "", copied = "", failed = "" } = box.dataset;
  const [offer, copy] = /** @type {HTMLButtonElement[]} */ ([...box.querySelectorAll("button")]);
  const mail = /** @type {HTMLAnchorElement} */ (box.querySelector("[data-mail]"));
  const status = /** @type {HTMLElement} */ (box.querySelector("[role=status]"));

  if (navigator.canShare?.({ url, title })) {
    offer.hidden = false;
    mail.hidden = true;
    // Who closes the device's list of ways has seen it: that is no failure to speak of.
    offer.addEventListener("click", () => navigator.share({ url, title }).catch(() => {}));
  } else if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      status.textContent = await navigator.clipboard.writeText(url).then(
        () => copied,
        () => failed,
      );
    });
  }
}

for (const box of document.querySelectorAll("[data-share]")) prepare(/** @type {HTMLElement} */ (box));

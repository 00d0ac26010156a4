// Photos open in a dialog over the page, one at a time: by its buttons or the arrow keys to the next one. Without this
// script each photo is a link to its large picture.

/** @param {HTMLElement} list */
function prepare(list) {
  const links = /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll("a")]);
  const dialog = /** @type {HTMLDialogElement} */ (list.parentElement?.querySelector("dialog"));
  const picture = /** @type {HTMLImageElement} */ (dialog.querySelector("img"));
  const caption = /** @type {HTMLElement} */ (dialog.querySelector("figcaption"));
  const title = /** @type {HTMLElement} */ (dialog.querySelector("[role=status]"));
  const turners = /** @type {HTMLButtonElement[]} */ ([...dialog.querySelectorAll("[data-turn]")]);
  let place = 0;

  /** @param {number} next */
  function show(next) {
    place = next;
    const link = links[place];
    picture.src = link.href;
    picture.alt = link.querySelector("img")?.alt ?? "";
    caption.textContent = link.parentElement?.querySelector("figcaption")?.textContent ?? "";
    title.textContent = (list.dataset.of ?? "").replace("{number}", `${place + 1}`).replace("{count}", `${links.length}`);
  }

  /** @param {number} step */
  function turn(step) {
    show((place + step + links.length) % links.length);
  }

  for (const [number, link] of links.entries()) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(number);
      dialog.showModal();
    });
  }
  for (const button of turners) {
    button.hidden = links.length === 1;
    button.addEventListener("click", () => turn(Number(button.dataset.turn)));
  }
  dialog.addEventListener("keydown", ({ key }) => {
    const onward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (key === "ArrowRight" || key === "ArrowLeft") turn(key === onward ? 1 : -1);
  });
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  // A click beside the picture is on the dialog itself.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => links[place].focus());
}

for (const list of document.querySelectorAll("[data-photos]")) prepare(/** @type {HTMLElement} */ (list));

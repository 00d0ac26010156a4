// A trailer loads from its host only when someone asks for it.
for (const box of document.querySelectorAll("[data-trailer]")) {
  const link = box.querySelector("a");
  link?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    const { trailer, title } = /** @type {HTMLElement} */ (box).dataset;
    frame.src = trailer ?? "";
    frame.title = title ?? "";
    frame.allow = "autoplay; fullscreen; picture-in-picture";
    frame.allowFullscreen = true;
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.className = "trailer__frame";
    box.replaceChildren(frame);
    frame.focus();
  });
}

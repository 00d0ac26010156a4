// Shows a poster as soon as it is chosen, cropped as on the pages, and warns if it is too small or too wide.
const SHAPE = 2 / 3;
const WIDTH = 800;

for (const place of document.querySelectorAll("[data-poster]")) {
  const root = /** @type {HTMLElement} */ (place);
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector("input[type=file][name=poster]"));
  const image = /** @type {HTMLImageElement} */ (root.querySelector("img"));
  const said = /** @type {HTMLElement} */ (root.querySelector("[data-poster-said]"));
  input?.addEventListener("change", () => {
    const file = input.files?.[0];
    said.textContent = "";
    if (!file) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      image.src = String(reader.result);
      root.hidden = false;
    });
    reader.readAsDataURL(file);
  });
  image.addEventListener("load", () => {
    if (!image.src.startsWith("data:")) return;
    const { naturalWidth: width, naturalHeight: height } = image;
    const words = [`${width} × ${height}.`];
    if (width / height > SHAPE * 1.03) words.push(root.dataset.sides ?? "");
    else if (width / height < SHAPE / 1.03) words.push(root.dataset.ends ?? "");
    if (width < WIDTH) words.push(root.dataset.small ?? "");
    said.textContent = words.join(" ");
  });
  image.addEventListener("error", () => {
    if (image.src.startsWith("data:")) said.textContent = root.dataset.broken ?? "";
  });
}

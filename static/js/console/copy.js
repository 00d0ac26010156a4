/** Puts a button beside each text that is to be copied as it is. Without a clipboard it is selected by a click. */

for (const list of document.querySelectorAll("[data-copy]")) {
  if (!(list instanceof HTMLElement) || !navigator.clipboard) continue;
  const { copy = "", copied = "" } = list.dataset;
  for (const text of list.querySelectorAll("[data-copy-text]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "programme-link";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent ?? "");
      button.textContent = copied;
    });
    text.after(button);
  }
}

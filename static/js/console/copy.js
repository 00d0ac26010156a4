/** Puts a button beside each text that is to be copied as it is. Without a clipboard it is selected by a click. */

for (const list of document.querySelectorAll("[data-copy]")) {
  if (!(list instanceof HTMLElement) || !navigator.clipboard) continue;
  const { copy = "", copied = "" } = list.dataset;
  for (const text of list.querySelectorAll("[data-copy-text]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "programme-link";
    const name = text.textContent ?? "";
    button.textContent = copy;
    button.setAttribute("aria-label", `${copy}: ${name}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(name);
      button.textContent = copied;
      button.setAttribute("aria-label", `${copied}: ${name}`);
    });
    text.after(button);
  }
}

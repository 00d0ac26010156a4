// The price grid: arrow keys move, a block from a spreadsheet can be pasted, a cell can be filled down or right.
// Without this module the grid is a table of plain fields that saves as well.

/** @typedef {{ row: number, column: number }} Place */

for (const grid of document.querySelectorAll("[data-price-grid]")) {
  enliven(/** @type {HTMLElement} */ (grid));
}

/** @param {HTMLElement} grid */
function enliven(grid) {
  const cells = [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]);
  const said = /** @type {HTMLElement} */ (grid.querySelector("[data-price-said]"));
  /** @type {Place} */
  let last = { row: 0, column: 0 };
  for (const part of grid.querySelectorAll("[data-price-help], [data-price-tools]")) part.removeAttribute("hidden");

  /** @param {EventTarget | null} target @returns {Place | null} */
  const placeOf = (target) => {
    for (const [row, inputs] of cells.entries()) {
      const column = inputs.indexOf(/** @type {HTMLInputElement} */ (target));
      if (column >= 0) return { row, column };
    }
    return null;
  };

  /** @param {number} row @param {number} column */
  const go = (row, column) => {
    const input = cells[row]?.[column];
    input?.focus();
    input?.select();
    return Boolean(input);
  };

  /** @param {HTMLInputElement} input @param {string} value */
  const put = (input, value) => {
    if (input.value === value) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /** @param {Place} from @param {"down" | "right"} direction */
  const fill = (from, direction) => {
    const value = cells[from.row][from.column].value;
    const rest =
      direction === "down"
        ? cells.slice(from.row + 1).map((row) => row[from.column])
        : cells[from.row].slice(from.column + 1);
    for (const input of rest) put(input, value);
    said.textContent = `${said.dataset.pasted} ${rest.length}`;
  };

  grid.addEventListener("focusin", (event) => {
    last = placeOf(event.target) ?? last;
  });

  grid.addEventListener("input", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    input.toggleAttribute("data-changed", input.value !== input.defaultValue);
  });

  grid.addEventListener("keydown", (event) => {
    const place = placeOf(event.target);
    if (!place || event.altKey) return;
    const input = cells[place.row][place.column];
    if (event.ctrlKey || event.metaKey) {
      const direction = { d: "down", r: "right" }[event.key.toLowerCase()];
      if (direction && !event.shiftKey) {
        event.preventDefault();
        fill(place, /** @type {"down" | "right"} */ (direction));
      }
      return;
    }
    if (event.shiftKey) return;
    const isWhole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const forward = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    /** @type {Record<string, [number, number, boolean]>} */
    const moves = {
      ArrowDown: [1, 0, true],
      ArrowUp: [-1, 0, true],
      ArrowRight: [0, forward, isWhole || input.selectionStart === input.value.length],
      ArrowLeft: [0, -forward, isWhole || input.selectionEnd === 0],
    };
    const move = moves[event.key];
    if (move && move[2] && go(place.row + move[0], place.column + move[1])) event.preventDefault();
  });

  grid.addEventListener("paste", (event) => {
    const place = placeOf(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!place || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const block = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    let filled = 0;
    let outside = 0;
    for (const [down, line] of block.entries()) {
      for (const [across, value] of line.entries()) {
        const input = cells[place.row + down]?.[place.column + across];
        if (!input) {
          outside += 1;
          continue;
        }
        put(input, value.trim());
        filled += 1;
      }
    }
    said.textContent = `${said.dataset.pasted} ${filled}.${outside ? ` ${said.dataset.outside}` : ""}`;
  });

  for (const button of grid.querySelectorAll("[data-fill]")) {
    button.addEventListener("click", () => {
      fill(last, /** @type {"down" | "right"} */ (/** @type {HTMLElement} */ (button).dataset.fill));
      cells[last.row][last.column].focus();
    });
  }
}

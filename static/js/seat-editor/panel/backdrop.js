/** The picture to trace: chosen, placed by hand or by numbers, scaled by two points of a known distance, and faded. */
import { backdropOf, calibrate, setBackdrop } from "../plan/backdrop.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("../pointer.js").Tool} Tool */
/** @typedef {import("../view.js").Point} Point */

export class BackdropPanel {
  /** @type {Map<string, HTMLImageElement>} */
  #images = new Map();
  /** Two points of a known distance. @type {Point[]} */
  #line = [];

  /**
   * @param {Editor} editor
   * @param {import("../canvas.js").Overlay} overlay
   * @param {() => void} repaint
   * @param {{url: string, token: string}} page  where pictures are kept
   */
  constructor(editor, overlay, repaint, page) {
    this.editor = editor;
    this.overlay = overlay;
    this.repaint = repaint;
    this.page = page;
    this.adding = /** @type {HTMLFormElement} */ (document.querySelector("#se-add-backdrop"));
    this.form = /** @type {HTMLFormElement} */ (document.querySelector("#se-backdrop"));
    this.length = /** @type {HTMLElement} */ (document.querySelector("#se-line-length"));
    this.adding.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#add();
    });
    // Unfold looks for its own field beside each file's, and fails where there is none.
    this.adding.addEventListener("change", (event) => event.stopPropagation(), true);
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => this.#fade(/** @type {HTMLInputElement} */ (event.target)));
    this.form.addEventListener("change", (event) => this.#change(/** @type {HTMLInputElement} */ (event.target)));
    editor.addEventListener("plan", () => this.show());
    this.show();
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  show() {
    const backdrop = backdropOf(this.editor.plan);
    this.form.hidden = !backdrop;
    this.overlay.backdrop = null;
    if (backdrop) {
      for (const name of /** @type {const} */ (["opacity", "x", "y", "scale", "rotation"])) {
        this.#field(name).value = String(Math.round(backdrop[name] * 1e4) / 1e4);
      }
      const image = this.#image(backdrop.id);
      if (image.complete && image.naturalWidth) this.overlay.backdrop = { ...backdrop, image };
    }
    this.repaint();
  }

  /** @param {string} id */
  #image(id) {
    let image = this.#images.get(id);
    if (!image) {
      image = new Image();
      image.addEventListener("load", () => this.show());
      image.addEventListener("error", () => this.editor.speaker.say("backdrop-gone"));
      image.src = `${this.page.url}${encodeURIComponent(id)}/`;
      this.#images.set(id, image);
    }
    return image;
  }

  async #add() {
    const { editor, page } = this;
    editor.speaker.say("backdrop-sent");
    try {
      const headers = { "X-CSRFToken": page.token };
      const response = await fetch(page.url, { method: "POST", headers, body: new FormData(this.adding) });
      const answer = await response.json();
      if (!response.ok) {
        editor.speaker.tell(answer.problems.map((/** @type {{message: string}} */ { message }) => message).join(" "));
        return;
      }
      const { left, top, right } = editor.own.box;
      const scale = (right - left) / answer.width;
      editor.apply(setBackdrop(editor.plan, { id: answer.id, x: left, y: top, scale, rotation: 0 }), "backdrop-added", { count: answer.pages });
    } catch (error) {
      console.error(error);
      editor.speaker.say("not-answered");
    }
  }

  /** Show at once how strong it is. @param {HTMLInputElement} field */
  #fade(field) {
    if (field.name !== "opacity" || !this.overlay.backdrop) return;
    this.overlay.backdrop.opacity = Number(field.value);
    this.repaint();
  }

  /** @param {HTMLInputElement} field */
  #change(field) {
    if (!field.reportValidity() || field.value === "") return;
    if (field.name !== "length") {
      this.editor.apply(setBackdrop(this.editor.plan, { [field.name]: Number(field.value) }), "backdrop-placed");
      return;
    }
    const [from, to] = this.#line;
    const meters = Number(field.value);
    this.#line = [];
    this.length.hidden = true;
    field.value = "";
    this.editor.use("select");
    this.editor.apply(calibrate(this.editor.plan, from, to, meters), "backdrop-scaled");
  }

  remove() {
    this.editor.apply(setBackdrop(this.editor.plan, null), "backdrop-removed");
  }

  /** Moves the picture, and nothing else. @returns {Tool} */
  moveTool() {
    const at = (/** @type {Point} */ from, /** @type {Point} */ to) => {
      const backdrop = backdropOf(this.editor.plan);
      return backdrop && { x: backdrop.x + to.x - from.x, y: backdrop.y + to.y - from.y };
    };
    return {
      drag: (touch, start) => {
        const place = at(start.point, touch.point);
        if (place && this.overlay.backdrop) Object.assign(this.overlay.backdrop, place);
        this.repaint();
      },
      drop: (touch, start) => {
        const place = at(start.point, touch.point);
        if (place) this.editor.apply(setBackdrop(this.editor.plan, place), "backdrop-placed");
      },
      cancel: () => this.show(),
    };
  }

  /** Takes two points, and asks how far they are from each other. @returns {Tool} */
  calibrateTool() {
    const ask = () => {
      this.length.hidden = false;
      this.editor.speaker.say("backdrop-line");
      this.#field("length").focus();
    };
    return {
      tap: ({ point }) => {
        this.#line = this.#line.length === 1 ? [...this.#line, point] : [point];
        this.repaint();
        if (this.#line.length === 2) ask();
      },
      drag: ({ point }, start) => {
        this.#line = [start.point, point];
        this.repaint();
      },
      drop: ask,
      cancel: () => {
        this.#line = [];
        this.length.hidden = true;
        this.repaint();
      },
      paint: (context, pixel, theme) => {
        context.strokeStyle = context.fillStyle = theme.accent;
        context.lineWidth = pixel * 2;
        context.beginPath();
        for (const { x, y } of this.#line) context.lineTo(x, y);
        context.stroke();
        for (const { x, y } of this.#line) context.fillRect(x - pixel * 4, y - pixel * 4, pixel * 8, pixel * 8);
      },
    };
  }
}

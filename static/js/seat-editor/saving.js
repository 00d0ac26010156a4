/** Saves the draft when asked to, and warns before unsaved changes are left. */
import { toJson } from "./plan/document.js";

/** @typedef {import("./editor.js").Editor} Editor */

export class Saving {
  /**
   * @param {Editor} editor
   * @param {{url: string, revision: number}} draft
   * @param {HTMLFormElement} form  with the token
   * @param {HTMLElement} state
   */
  constructor(editor, draft, form, state) {
    this.editor = editor;
    this.draft = draft;
    this.form = form;
    this.state = state;
    this.saved = editor.plan;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    editor.addEventListener("plan", () => this.#show(this.isSaved ? "saved" : "unsaved"));
    window.addEventListener("beforeunload", (event) => {
      if (!this.isSaved) event.preventDefault();
    });
  }

  get isSaved() {
    return this.saved === this.editor.plan;
  }

  async save() {
    const { plan, speaker } = this.editor;
    this.#show("saving");
    const token = String(new FormData(this.form).get("csrfmiddlewaretoken"));
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    try {
      const response = await fetch(`${this.draft.url}?revision=${this.draft.revision}`, { method: "PUT", headers, body: toJson(plan) });
      const answer = await response.json();
      if (!response.ok) {
        this.#show("unsaved");
        speaker.tell(answer.message ?? answer.problems[0].message);
        return;
      }
      this.draft.revision = answer.revision;
      this.saved = plan;
      this.#show(this.isSaved ? "saved" : "unsaved");
      speaker.say("saved");
    } catch {
      this.#show("unsaved");
      speaker.say("not-saved");
    }
  }

  /** @param {string} name */
  #show(name) {
    this.state.textContent = this.editor.speaker.word(name);
  }
}

/** Shows how the draft is saved, who else is here, and what others have changed; and asks what only a person can decide. */
import { newId } from "../plan/document.js";
import { ConflictDialog } from "./conflicts.js";
import { Keep } from "./keep.js";
import { People } from "./people.js";
import { Draft } from "./save.js";
import { Typing } from "./typing.js";

/** @typedef {import("../editor.js").Editor} Editor */
/** @typedef {import("./save.js").State} State */
/** @typedef {import("./save.js").Details} Details */
/** @typedef {import("./site.js").Person} Person */
/** @typedef {{map: number, hall: number, person: string, url: string, revision: number, by: string, at: string, edit: string, signIn: string}} Page */

const MAX_PEOPLE = 4;
/** States that a screen reader is told of; the others come and go with each change. @type {State[]} */
const TOLD = ["offline", "signed-out", "conflict", "published", "refused", "closed"];

/** @template {HTMLElement} [T=HTMLElement] @param {string} selector @returns {T} */
function find(selector) {
  return /** @type {T} */ (document.querySelector(selector));
}

export class DraftLine {
  /** @type {State | null} */
  #told = null;
  #colors = new People();

  /**
   * @param {Editor} editor
   * @param {Page} page
   * @param {() => void} reveal  bring what is selected into view
   * @param {(others: import("../paint-others.js").Other[]) => void} showOthers  on the drawing
   */
  constructor(editor, page, reveal, showOthers) {
    this.editor = editor;
    this.page = page;
    this.showOthers = showOthers;
    this.speaker = editor.speaker;
    this.state = find("#se-state");
    this.notice = find("#se-notice");
    this.list = find("#se-people");
    const id = newId();
    const typing = new Typing(find("#main"));
    this.draft = new Draft({
      map: page.map,
      url: page.url,
      revision: page.revision,
      by: page.by,
      at: page.at,
      plan: editor.plan,
      page: id,
      keep: Keep.open({ person: page.person, hall: page.hall, page: id }),
      onState: (state, details) => this.#showState(state, details),
      onRemote: (remote) => this.#bring(remote),
      onPeople: (people) => this.#showPeople(people),
      onMoved: (edit) => location.assign(edit),
      askToRestore: () => this.#askToRestore(),
      selection: () => editor.selection,
      isBusy: () => typing.isOn,
    });
    this.dialog = new ConflictDialog(
      find("#se-conflicts"),
      this.speaker,
      (choice) => this.draft.resolve(choice),
      (key) => {
        editor.select([key]);
        reveal();
      },
    );
    this.#listen();
    void this.draft.start();
  }

  async save() {
    if (await this.draft.flush()) this.speaker.say("saved");
  }

  #listen() {
    const { draft, editor } = this;
    editor.addEventListener("plan", () => draft.change(editor.plan));
    document.addEventListener("visibilitychange", () => void draft.setHidden(document.hidden));
    window.addEventListener("pagehide", () => draft.leave());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) void draft.ask();
    });
    window.addEventListener("online", () => void draft.ask());
    window.addEventListener("beforeunload", (event) => {
      if (draft.hasUnsent && !draft.isKept) event.preventDefault();
    });
    for (const link of document.querySelectorAll("[data-after-saving]")) {
      link.addEventListener("click", (event) => void this.#follow(/** @type {HTMLAnchorElement} */ (link), /** @type {MouseEvent} */ (event)));
    }
  }

  /** Save before a link is followed; where what is not saved would be missed, stay here. @param {HTMLAnchorElement} link @param {MouseEvent} event */
  async #follow(link, event) {
    const { draft } = this;
    if (!draft.hasUnsent || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const isSaved = await draft.flush();
    if (isSaved || (draft.isKept && link.dataset.afterSaving !== "needed")) location.assign(link.href);
    else this.speaker.tell(this.state.textContent ?? "");
  }

  /** @param {State} state @param {Details} details */
  #showState(state, details) {
    const { draft, speaker } = this;
    const text = speaker.word(state === "offline" && !draft.isKept ? "draft-offline-unkept" : `draft-${state}`);
    this.state.textContent = text;
    this.state.dataset.state = state;
    if (TOLD.includes(state) && state !== this.#told) speaker.tell(text);
    this.#told = state;
    if (state !== "conflict") this.dialog.close();
    this.#showNotice(state, details);
  }

  /** @param {State} state @param {Details} details */
  #showNotice(state, { found, conflicts = [], problems = [] }) {
    const { draft, speaker, page } = this;
    const who = this.#name(found?.edited_by ?? "", found?.edited_at);
    /** @type {[string, (HTMLElement | null)[]] | null} */
    let shown = null;
    if (state === "conflict") {
      const text = speaker.word("draft-conflicts", { count: conflicts.length, who });
      shown = [text, [this.#button("draft-decide", () => this.dialog.show(conflicts, found?.edited_by ?? ""))]];
    } else if (state === "published") {
      const version = found?.version ?? "";
      shown = draft.hasUnsent
        ? [speaker.word("draft-published-unsent", { version }), [this.#button("draft-continue", () => void draft.continueAsNext())]]
        : [speaker.word("draft-published-all", { version }), [this.#link("draft-next", found?.edit ?? page.edit)]];
    } else if (state === "signed-out") {
      shown = [speaker.word(draft.isKept ? "draft-kept" : "draft-not-kept"), [this.#link("draft-sign-in", page.signIn, "_blank")]];
    } else if (state === "closed") {
      shown = [speaker.word(draft.isKept ? "draft-kept" : "draft-not-kept"), []];
    } else if (state === "refused") {
      shown = [problems.join(" · "), []];
    }
    this.notice.hidden = !shown;
    if (!shown) return;
    const text = document.createElement("span");
    text.textContent = shown[0];
    text.dir = "auto";
    this.notice.replaceChildren(text, ...shown[1].filter((one) => one !== null));
  }

  /** @param {string} name @param {() => void} act */
  #button(name, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "se-button";
    button.textContent = this.speaker.word(name);
    button.addEventListener("click", act);
    return button;
  }

  /** @param {string} name @param {string} address @param {string} [target] */
  #link(name, address, target = "") {
    const link = document.createElement("a");
    link.className = "se-button";
    Object.assign(link, { href: address, target, textContent: this.speaker.word(name) });
    return link;
  }

  /** @param {import("./save.js").Remote} remote */
  #bring({ bring, by, at, isRestored, differences }) {
    const before = this.editor.plan;
    this.editor.rebase(bring);
    if (this.editor.plan === before) return;
    const { added, removed, changed, sections } = differences;
    const count = added + removed + changed;
    const who = this.#name(by, at);
    const name = isRestored ? "draft-restored" : count ? "draft-brought" : "draft-brought-other";
    const where = sections.length ? ` (${sections.slice(0, 3).join(", ")}${sections.length > 3 ? ", …" : ""})` : "";
    this.speaker.tell(this.speaker.word(name, { who, count }) + where);
  }

  /** Return who it was and when, set apart from the sentence around it. @param {string} name @param {string} [at] */
  #name(name, at) {
    const who = name ? `\u2068${name}\u2069` : this.speaker.word("draft-someone");
    return at ? `${who} (${at})` : who;
  }

  async #askToRestore() {
    return window.confirm(this.speaker.word("draft-earlier"));
  }

  /** @param {Person[]} people */
  #showPeople(people) {
    this.#colors.meet(people);
    this.showOthers(people.map((person) => ({ name: this.#nameOf(person), color: this.#colors.colorOf(person), keys: person.selection })));
    const shown = people.slice(0, MAX_PEOPLE).map((person) => this.#chip(person));
    if (people.length > MAX_PEOPLE) {
      const more = document.createElement("li");
      more.textContent = `+${people.length - MAX_PEOPLE}`;
      shown.push(more);
    }
    const texts = shown.map(({ textContent }) => textContent).join();
    if (texts === this.list.dataset.shown) return;
    this.list.dataset.shown = texts;
    this.list.hidden = people.length === 0;
    this.list.replaceChildren(...shown);
  }

  /** @param {Person} person */
  #nameOf({ name, is_self: isSelf }) {
    return isSelf ? this.speaker.word("draft-self") : name;
  }

  /** @param {Person} person */
  #chip(person) {
    const { since, selection } = person;
    const chip = document.createElement("li");
    chip.className = "se-person";
    chip.style.setProperty("--person", this.#colors.colorOf(person));
    chip.title = this.speaker.word("draft-since", { since });
    const label = document.createElement("bdi");
    label.textContent = this.#nameOf(person);
    chip.append(label);
    const seat = selection.map((key) => this.editor.own.byKey.get(key)).find(Boolean);
    if (seat) {
      const where = document.createElement("small");
      const row = seat.row.label && this.speaker.word("row", { row: seat.row.label });
      where.textContent = [seat.row.section, row].filter(Boolean).join(", ");
      where.dir = "auto";
      chip.append(where);
    }
    return chip;
  }
}

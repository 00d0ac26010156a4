/** A site that stores a draft as the real one does, a network that can be cut, and a device that keeps things. */
import { Draft } from "../../../static/js/seat-editor/draft/save.js";
import { open } from "../../../static/js/seat-editor/plan/document.js";
import { plain } from "./builders.js";

/** @typedef {import("../../../static/js/seat-editor/plan/document.js").Plan} Plan */

export class FakeSite {
  revision = 1;
  state = "draft";
  version = 1;
  id = 7;
  by = "";
  isDown = false;
  /** Whether the answer gets lost after the site has stored what was sent. */
  losesAnswers = false;
  /** How long the site takes. */
  delay = 0;
  /** What is answered instead. @type {number | null} */
  status = null;
  /** @type {string[]} */
  calls = [];
  /** @type {Map<string, any>} */
  editors = new Map();

  /** @param {any} document */
  constructor(document) {
    this.document = plain(document);
  }

  describe() {
    const { id, state, version, revision, by } = this;
    return { id, url: `/${id}/draft/`, edit: `/${id}/edit/`, state, version, revision, edited_by: by, edited_at: "12:00" };
  }

  /** @param {string} person @returns {typeof fetch} */
  sendAs(person) {
    return /** @type {any} */ (
      async (/** @type {string} */ url, /** @type {any} */ { method, body, keepalive }) => {
        this.calls.push(`${method} ${url}${keepalive ? " at last" : ""}`);
        await (this.delay ? new Promise((done) => setTimeout(done, this.delay)) : null);
        if (this.isDown) throw new TypeError("no network");
        if (this.status === 302) return { type: "opaqueredirect", status: 0 };
        if (this.status) return answer(this.status, { problems: [{ message: "No.", where: "zones" }] });
        const found = this.#answer(person, method, url, body && JSON.parse(body));
        if (this.losesAnswers && method === "PUT") throw new TypeError("no answer");
        return found;
      }
    );
  }

  /** @param {string} person @param {string} method @param {string} url @param {any} body */
  #answer(person, method, url, body) {
    if (method === "GET") return answer(200, { ...this.describe(), document: plain(this.document) });
    if (url.endsWith("/next/")) {
      if (this.state === "draft") return answer(409, { ...this.describe(), document: plain(this.document) });
      Object.assign(this, { id: 8, version: 2, revision: 1, state: "draft", document: body, by: person });
      return answer(201, this.describe());
    }
    if (method === "POST") {
      if (body.is_leaving) this.editors.delete(body.page);
      else this.editors.set(body.page, { page: body.page, name: person, is_self: false, since: 0, selection: body.selection });
      return answer(200, { ...this.describe(), editors: [...this.editors.values()].filter(({ page }) => page !== body.page) });
    }
    if (this.state !== "draft" || url !== `/${this.id}/draft/?revision=${this.revision}`) {
      return answer(409, { ...this.describe(), document: plain(this.document) });
    }
    Object.assign(this, { document: body, revision: this.revision + 1, by: person });
    return answer(200, this.describe());
  }
}

/** @param {number} status @param {unknown} content */
function answer(status, content) {
  return { type: "basic", status, json: async () => content };
}

/** What devices keep, by the hall; it outlives pages. */
export class FakeDevice {
  /** @type {Map<string, any>} */
  kept = new Map();
  isBroken = false;

  /** @param {string} page */
  keepFor(page) {
    return {
      read: async () => [...this.kept].filter(([other]) => other !== page).map(([, kept]) => kept),
      write: async (/** @type {any} */ kept) => {
        if (this.isBroken) throw new Error("no room");
        this.kept = new Map([[page, kept]]);
      },
      clear: async () => void this.kept.clear(),
    };
  }
}

let pages = 0;

/**
 * Open the editor, with a history of every plan, as the page has it.
 * @param {FakeSite} site
 * @param {string} person
 * @param {FakeDevice} [device]
 * @param {boolean} [willRestore]
 */
export async function openEditor(site, person, device = new FakeDevice(), willRestore = true) {
  const page = `page-${++pages}`;
  const editor = {
    plan: open(site.document),
    /** @type {Plan[]} */
    history: [],
    /** @type {string[]} */
    states: [],
    /** @type {any[]} */
    remotes: [],
    /** @type {any[]} */
    people: [],
    /** @type {string[]} */
    moved: [],
    isAsked: 0,
    willRestore,
    draft: /** @type {Draft} */ (/** @type {unknown} */ (null)),
    /** @param {(plan: Plan) => Plan} operation */
    edit(operation) {
      editor.history.push(editor.plan);
      editor.plan = operation(editor.plan);
      editor.draft.change(editor.plan);
    },
    undo() {
      editor.plan = /** @type {Plan} */ (editor.history.pop());
      editor.draft.change(editor.plan);
    },
  };
  editor.draft = new Draft({
    map: site.id,
    url: `/${site.id}/draft/`,
    revision: site.revision,
    plan: editor.plan,
    page,
    keep: device.keepFor(page),
    onState: (state) => editor.states.at(-1) !== state && editor.states.push(state),
    onRemote: (remote) => {
      editor.plan = remote.bring(editor.plan);
      editor.history = editor.history.map(remote.bring);
      editor.remotes.push(remote);
      editor.draft.change(editor.plan);
    },
    onPeople: (people) => (editor.people = people),
    onMoved: (url) => editor.moved.push(url),
    askToRestore: async () => {
      editor.isAsked++;
      return editor.willRestore;
    },
    send: site.sendAs(person),
  });
  await editor.draft.start();
  return editor;
}

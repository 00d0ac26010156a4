/**
 * Saves a draft by itself, and brings in what others save at the same time.
 *
 * The site counts what it has stored in revisions, and takes a plan only if it was made from the newest one.
 * Otherwise it answers with that one, which is merged into the plan here, and saved again. What could not be sent is
 * kept on the device (`keep.js`). Where both have changed the same thing, nothing is sent until somebody chooses.
 */
import { decide } from "../plan/decide.js";
import { findDifferences } from "../plan/differences.js";
import { open } from "../plan/document.js";
import { merge } from "../plan/merge.js";
import { isSame, share } from "../plan/same.js";
import { Site } from "./site.js";

/** @typedef {import("../plan/document.js").Plan} Plan */
/** @typedef {import("../plan/merge.js").Conflict} Conflict */
/** @typedef {import("../plan/merge-values.js").Choice} Choice */
/** @typedef {ReadonlyMap<string, Choice>} Choices  by the ids of conflicts */
/** @typedef {import("./site.js").Found} Found */
/** @typedef {import("./site.js").Person} Person */
/** @typedef {import("./keep.js").Kept} Kept */
/**
 * @typedef {"saved" | "waiting" | "saving" | "conflict" | "published" | "refused" | import("./site.js").Trouble} State
 * `waiting`: there are changes to send; `refused`: the site can't store this plan
 */
/**
 * @typedef {object} Details
 * @property {Conflict[]} [conflicts]
 * @property {Found} [found]  what is there now
 * @property {string[]} [problems]  why it was refused
 */
/**
 * @typedef {object} Remote  what has come in
 * @property {(plan: Plan) => Plan} bring  brings it into the plan, and into those of the history
 * @property {string} by
 * @property {string} at
 * @property {boolean} isRestored  from this device
 * @property {import("../plan/differences.js").Differences} differences
 */

export const SAVE_AFTER_MS = 1_000;
export const SAVE_WITHIN_MS = 5_000;
export const ASK_EVERY_MS = 4_000;
const RETRY_MS = [2_000, 4_000, 8_000, 16_000, 30_000];
const KEEP_AFTER_MS = 250;
const MAX_SELECTED = 100;

export class Draft {
  /** @type {State} */
  state = "saved";
  /** @type {Details} */
  details = {};
  /** Whether what is not sent is kept on this device. */
  isKept = true;
  /** What has come in and conflicts. @type {{theirs: Plan, found: Found} | null} */
  #pending = null;
  /** Plans that were sent, and whose answers were lost: the site may have one of them. @type {Plan[]} */
  #sent = [];
  #isSaving = false;
  #isHidden = false;
  /** The page of the next version's draft, if the changes go there. @type {string | null} */
  #next = null;
  #failures = 0;
  /** When the oldest change was made that is not sent. @type {number | null} */
  #changedAt = null;
  /** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
  #timers = {};
  /** @type {{plan: Plan, text: string} | null} */
  #baseText = null;

  /**
   * @param {object} options
   * @param {number} options.map  the map's id
   * @param {string} options.url  of the draft's calls
   * @param {number} options.revision
   * @param {string} [options.by]  who saved it last
   * @param {string} [options.at]  when
   * @param {Plan} options.plan  as the site has it
   * @param {string} options.page  the id of this open page
   * @param {Pick<import("./keep.js").Keep, "read" | "write" | "clear">} options.keep
   * @param {(state: State, details: Details) => void} options.onState
   * @param {(remote: Remote) => void} options.onRemote  has to bring it into the plan and its history
   * @param {(people: Person[]) => void} [options.onPeople]
   * @param {(edit: string) => void} [options.onMoved]  once the changes are in the next version's draft, with its page
   * @param {() => Promise<boolean>} [options.askToRestore]  whether to bring back what was meant for an earlier version
   * @param {() => Iterable<string>} [options.selection]  keys of what is selected
   * @param {() => boolean} [options.isBusy]  whether what comes in has to wait for a moment
   * @param {typeof fetch} [options.send]
   */
  constructor({ map, url, revision, by, at, plan, page, keep, onState, onRemote, onPeople, onMoved, askToRestore, selection, isBusy, send }) {
    this.map = map;
    this.url = url;
    this.revision = revision;
    this.saved = { edited_by: by ?? "", edited_at: at ?? "" };
    /** What the site has, as far as is known here. */
    this.base = plan;
    this.plan = plan;
    this.page = page;
    this.keep = keep;
    this.onState = onState;
    this.onRemote = onRemote;
    this.onPeople = onPeople ?? (() => {});
    this.onMoved = onMoved ?? (() => {});
    this.askToRestore = askToRestore ?? (() => Promise.resolve(true));
    this.selection = selection ?? (() => []);
    this.isBusy = isBusy ?? (() => false);
    this.site = new Site(send);
  }

  get hasUnsent() {
    return this.plan !== this.base;
  }

  /** Bring back what earlier pages could not send, and begin to ask for what others do. */
  async start() {
    const kept = await this.keep.read().catch(() => []);
    const isWanted = kept.every(({ map }) => map === this.map) || (await this.askToRestore());
    for (const one of kept) if (isWanted || one.map === this.map) this.#restore(one);
    if (kept.length) await this.#write();
    await this.ask();
  }

  /** Take a new plan, and save it soon. @param {Plan} plan */
  change(plan) {
    if (plan === this.plan) return;
    this.plan = plan;
    this.#timers.keep ??= setTimeout(() => this.#write(), KEEP_AFTER_MS);
    if (this.#pending) this.#checkAgain();
    else if (this.state !== "published" && this.state !== "closed") this.#schedule();
  }

  /** Send now what is not sent; return true once all is. */
  async flush() {
    if (this.hasUnsent) await this.#save();
    return !this.hasUnsent;
  }

  /** Decide conflicts: all alike, or each by its id; those that are not named stay mine. @param {Choice | Choices} choice */
  resolve(choice) {
    if (!this.#pending) return;
    const { theirs, found } = this.#pending;
    const choices = typeof choice === "string" ? decide(this.base, this.plan, theirs, choice) : choice;
    this.#settle(theirs, found, decide(this.base, this.plan, theirs, "mine", choices));
  }

  /** Make what is here the draft of the next version, after this one was published. */
  async continueAsNext() {
    if (this.state !== "published") return;
    const { plan } = this;
    const answer = await this.#call("POST", `${this.url}next/`, JSON.stringify(plan));
    if (!answer) return;
    const { status, content } = answer;
    if (status !== 201 && status !== 409) return this.#refuse(content);
    this.#next = content.edit;
    this.map = content.id;
    this.url = content.url;
    if (status === 409) return this.#receive(content);
    this.base = plan;
    this.revision = content.revision;
    this.#schedule();
  }

  /** Say that this page is there, and learn who else is and whether they have saved. */
  async ask() {
    clearTimeout(this.#timers.ask);
    if (this.#isHidden || this.state === "closed") return;
    const selection = [...this.selection()].slice(0, MAX_SELECTED);
    const answer = await this.#call("POST", this.url, JSON.stringify({ page: this.page, selection }));
    if (answer?.status === 200) {
      /** @type {Found & {editors: Person[]}} */
      const found = answer.content;
      this.onPeople(found.editors);
      if (this.#isNews(found)) await this.#fetchNewest();
      else if (this.state === "offline" || this.state === "signed-out") await this.#resume();
    }
    clearTimeout(this.#timers.ask);
    if (!this.#isHidden) this.#timers.ask = setTimeout(() => this.ask(), ASK_EVERY_MS);
  }

  /** The page is hidden, or seen again. @param {boolean} isHidden */
  async setHidden(isHidden) {
    this.#isHidden = isHidden;
    if (!isHidden) return this.ask();
    clearTimeout(this.#timers.ask);
    await Promise.all([this.#write(), this.flush()]);
  }

  /** The page is left: send what is small enough; the rest is kept. */
  leave() {
    this.#write();
    if (this.hasUnsent && !this.#pending) {
      this.site.sendLast("PUT", `${this.url}?revision=${this.revision}`, JSON.stringify(this.plan));
    }
    this.site.sendLast("POST", this.url, JSON.stringify({ page: this.page, is_leaving: true }));
  }

  /** @param {Found} found */
  #isNews({ state, revision }) {
    if (this.#isSaving || this.state === "published") return false;
    return state !== "draft" || revision > (this.#pending?.found.revision ?? this.revision);
  }

  async #fetchNewest() {
    const answer = await this.#call("GET", this.url);
    // In the meantime a save may have begun, whose answer will tell.
    if (answer?.status === 200 && this.#isNews(answer.content)) this.#receive(answer.content);
  }

  async #resume() {
    if (this.#pending) this.#checkAgain();
    else if (this.hasUnsent) await this.flush();
    else this.#show("saved");
  }

  #schedule() {
    if (this.#isSaving) return;
    if (!this.hasUnsent) return this.#finish();
    this.#changedAt ??= Date.now();
    const retry = RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1];
    const wait = retry ?? Math.min(SAVE_AFTER_MS, Math.max(this.#changedAt + SAVE_WITHIN_MS - Date.now(), 0));
    clearTimeout(this.#timers.save);
    this.#timers.save = setTimeout(() => this.#save(), wait);
    if (!retry) this.#show("waiting");
  }

  async #save() {
    clearTimeout(this.#timers.save);
    if (this.#isSaving || this.#pending || this.state === "published" || this.state === "closed") return;
    const { plan } = this;
    this.#isSaving = true;
    this.#changedAt = null;
    this.#sent.push(plan);
    if (!this.#failures) this.#show("saving");
    const answer = await this.#call("PUT", `${this.url}?revision=${this.revision}`, JSON.stringify(plan));
    this.#isSaving = false;
    if (!answer) {
      if (this.state === "offline") this.#schedule();
    } else if (answer.status === 200) {
      this.base = plan;
      this.revision = answer.content.revision;
      this.#sent = [];
      this.#schedule();
    } else if (answer.status === 409) {
      this.#receive(answer.content);
    } else {
      this.#refuse(answer.content);
    }
  }

  /** All is sent, or undone until it is what the site has. */
  #finish() {
    clearTimeout(this.#timers.save);
    this.#changedAt = null;
    this.#clearKept();
    this.#show("saved");
    if (this.#next) this.onMoved(this.#next);
  }

  /** Take what the site has now. @param {Found & {document: any}} content */
  #receive({ document, ...found }) {
    if (this.isBusy()) {
      clearTimeout(this.#timers.save);
      if (this.hasUnsent) this.#timers.save = setTimeout(() => this.#save(), ASK_EVERY_MS);
      return this.#show(this.hasUnsent ? "waiting" : "saved");
    }
    const theirs = share(this.base, open(document));
    if (found.state !== "draft") {
      this.#take(theirs, found);
      return this.#show("published", { found });
    }
    const own = this.#sent.find((plan) => isSame(plan, theirs));
    if (own) {
      this.base = own;
      this.revision = found.revision;
      this.#sent = [];
      return this.#schedule();
    }
    const { conflicts } = merge(this.base, this.plan, theirs);
    if (!conflicts.length) return this.#settle(theirs, found);
    this.#pending = { theirs, found };
    clearTimeout(this.#timers.save);
    // What conflicts stays as it is here, until it is decided.
    this.#bring(theirs, found, decide(this.base, this.plan, theirs, "mine"));
    this.#show("conflict", { conflicts, found });
  }

  /** Look whether there is still a conflict. */
  #checkAgain() {
    if (!this.#pending) return;
    const { theirs, found } = this.#pending;
    const { conflicts } = merge(this.base, this.plan, theirs);
    if (conflicts.length) this.#show("conflict", { conflicts, found });
    else this.#settle(theirs, found);
  }

  /** @param {Plan} theirs @param {Found} found @param {Choices} [choices] */
  #settle(theirs, found, choices) {
    this.#pending = null;
    this.#take(theirs, found, choices);
    this.#schedule();
  }

  /** Go on from what the site has, with the changes that were made here. @param {Plan} theirs @param {Found} found @param {Choices} [choices] */
  #take(theirs, found, choices) {
    this.#bring(theirs, found, choices);
    this.base = theirs;
    this.revision = found.revision;
    this.#sent = [];
    this.#write();
  }

  /** @param {Plan} theirs @param {Found} found @param {Choices} [choices] */
  #bring(theirs, found, choices) {
    const [base, mine] = [this.base, this.plan];
    const merged = merge(base, mine, theirs, choices).plan;
    const plan = isSame(merged, theirs) ? theirs : merged;
    this.plan = plan;
    this.onRemote({
      bring: (one) => (one === mine ? plan : merge(base, one, theirs, choices).plan),
      by: found.edited_by,
      at: found.edited_at,
      isRestored: false,
      differences: findDifferences(mine, plan),
    });
  }

  /** Merge what an earlier page could not send into the plan. @param {Kept} kept */
  #restore(kept) {
    const base = open(JSON.parse(kept.base));
    const here = this.plan;
    const theirs = this.base;
    const [mine, shared] = [share(base, open(JSON.parse(kept.plan))), share(base, here)];
    const { conflicts } = merge(base, mine, shared);
    const { plan } = merge(base, mine, shared, decide(base, mine, shared, "mine"));
    if (isSame(plan, here)) return;
    this.plan = plan;
    this.onRemote({
      bring: (one) => (one === here ? plan : one),
      by: "",
      at: "",
      isRestored: true,
      differences: findDifferences(here, plan),
    });
    if (!conflicts.length || this.#pending) return this.#schedule();
    const { map: id, url, revision, saved } = this;
    const found = { id, url, edit: "", state: "draft", version: 0, revision, ...saved };
    this.#pending = { theirs, found };
    this.base = base;
    clearTimeout(this.#timers.save);
    this.#show("conflict", { conflicts, found });
  }

  /** Keep on the device what is not sent. */
  async #write() {
    clearTimeout(this.#timers.keep);
    this.#timers.keep = undefined;
    if (!this.hasUnsent) return this.#clearKept();
    if (this.#baseText?.plan !== this.base) this.#baseText = { plan: this.base, text: JSON.stringify(this.base) };
    const kept = { map: this.map, revision: this.revision, base: this.#baseText.text, plan: JSON.stringify(this.plan) };
    const isKept = await this.keep.write(kept).then(() => true, () => false);
    if (isKept === this.isKept) return;
    this.isKept = isKept;
    this.onState(this.state, this.details);
  }

  #clearKept() {
    clearTimeout(this.#timers.keep);
    this.#timers.keep = undefined;
    this.keep.clear().catch(() => {});
  }

  /**
   * Call the site; null where there is no answer to work with, which the state says.
   * @param {string} method
   * @param {string} url
   * @param {string} [body]
   */
  async #call(method, url, body) {
    const answer = await this.site.call(method, url, body);
    if (!("trouble" in answer)) {
      this.#failures = 0;
      return answer;
    }
    if (answer.trouble === "offline") this.#failures++;
    if (answer.trouble !== "offline" || (this.state !== "conflict" && this.state !== "published")) this.#show(answer.trouble);
    return null;
  }

  /** @param {{problems?: {message: string, where: string}[]}} content */
  #refuse({ problems = [] }) {
    this.#show("refused", { problems: problems.map(({ message, where }) => (where ? `${where}: ${message}` : message)) });
  }

  /** @param {State} state @param {Details} [details] */
  #show(state, details = {}) {
    this.state = state;
    this.details = details;
    this.onState(state, details);
  }
}

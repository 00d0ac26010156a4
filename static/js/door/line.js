/**
 * The line to the site: fetches the list, sends what was decided without a network, and knows whether it is there.
 */
import { Clock } from "./clock.js";
import { forgetPage } from "./store.js";

/** @typedef {import("./decide.js").Scan} Scan */
/** @typedef {import("./store.js").Kept} Kept */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {"signed-out" | "over"} Gone */

const LOOK_EVERY_MS = 5_000;
const REFRESH_AFTER_MS = 60_000;
const TRY_AFTER_MS = 10_000;
const GIVE_UP_AFTER_MS = 10_000;
const BATCH = 50;
// As long as the site takes reports of what is past.
const UNSENT_SECONDS = 2 * 86_400;

function readToken() {
  return /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

export class Line {
  /**
   * @param {Store} store
   * @param {{ list?: string, decisions: string }} addresses  without a list, it only sends
   * @param {{ onChange: () => void, onGone: (why: Gone) => void }} tell
   */
  constructor(store, addresses, tell) {
    this.store = store;
    this.addresses = addresses;
    this.tell = tell;
    this.isOnline = navigator.onLine;
    this.clock = new Clock();
    /** @type {Map<string, Scan>} */
    this.scans = new Map();
    /** @type {Kept | null} */
    this.kept = null;
    this.query = new URL(addresses.list ?? "", location.href).search;
    // Other tabs of this device decide by the same scans.
    this.channel = new BroadcastChannel("door");
    this.triedAt = 0;
    /** @type {Promise<void> | null} */
    this.running = null;
  }

  /** Reads what the device keeps, then asks the site. */
  async start() {
    const [kept, scans] = await Promise.all([this.store.readList(), this.store.readScans()]);
    // The site is told in the order of the scans.
    scans.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    this.scans = new Map(scans.map((scan) => [scan.id, scan]));
    if (kept) {
      this.clock = new Clock(kept.error, kept.checkedAt);
      for (const scan of scans) this.clock.pass(Date.parse(scan.at));
      this.kept = kept;
      await this.#forgetOld();
      // A gate of other shows decides nothing by it.
      if (this.kept?.query !== this.query) this.kept = null;
    }
    this.channel.onmessage = ({ data }) => this.#apply(data);
    window.addEventListener("online", () => void this.refresh());
    window.addEventListener("offline", () => this.lose());
    window.setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#noteUnsent();
    this.tell.onChange();
    void this.refresh();
  }

  get list() {
    return this.kept?.list ?? null;
  }

  /** @returns {Scan[]} */
  get waiting() {
    return [...this.scans.values()].filter((scan) => !scan.isSent);
  }

  /** Until all is sent, the site knows less than the device. */
  get asksSite() {
    return this.isOnline && this.waiting.length === 0;
  }

  lose() {
    this.isOnline = false;
    this.triedAt = Date.now();
    this.tell.onChange();
  }

  /** @param {Scan} scan */
  async keep(scan) {
    this.clock.pass(Date.parse(scan.at));
    await this.store.writeScans([scan]);
    this.#share([[scan.id, scan]]);
  }

  /** @param {string} id */
  async drop(id) {
    await this.store.removeScans([id]);
    this.#share([[id, null]]);
  }

  /** @param {number[]} ids  of conflicts that staff have seen */
  async see(ids) {
    if (!this.kept) return;
    this.kept.seen = ids;
    await this.store.writeList(this.kept);
    this.tell.onChange();
  }

  /** Sends what waits, then fetches the list. Called while it runs, it is the same call. */
  refresh() {
    this.running ??= this.#refresh().finally(() => {
      this.running = null;
      this.tell.onChange();
    });
    return this.running;
  }

  /** @param {[string, Scan | null][]} changes  null for one that was taken back */
  #share(changes) {
    this.channel.postMessage(changes);
    this.#apply(changes);
  }

  /** @param {[string, Scan | null][]} changes */
  #apply(changes) {
    for (const [id, scan] of changes) {
      if (scan) this.scans.set(id, scan);
      else this.scans.delete(id);
    }
    this.#noteUnsent();
    this.tell.onChange();
  }

  /** Lets the site know at a sign-out that scans wait, which would be lost (`door/clear_site_data.py`). */
  #noteUnsent() {
    const age = this.waiting.length > 0 ? UNSENT_SECONDS : 0;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `door_unsent=${this.store.person}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  }

  #look() {
    const since = Date.now() - this.triedAt;
    // A clock that was turned back would wait for ever.
    const isDue = since > (this.isOnline && this.waiting.length === 0 ? REFRESH_AFTER_MS : TRY_AFTER_MS) || since < 0;
    if (isDue) void this.refresh();
    void this.#forgetOld();
    this.tell.onChange();
  }

  async #forgetOld() {
    if (this.list && this.clock.now() > Date.parse(this.list.expires_at)) await this.#end("over");
  }

  async #refresh() {
    this.triedAt = Date.now();
    try {
      await this.#send();
      await this.#fetchList();
    } catch {
      this.lose();
    }
  }

  async #send() {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH);
      const decisions = batch.map(({ at, isSent, sentAt, ...rest }) => ({ ...rest, scanned_at: at }));
      const response = await fetch(this.addresses.decisions, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": readToken() },
        body: JSON.stringify({ sent_at: new Date(Date.now()).toISOString(), decisions }),
        signal: AbortSignal.timeout(GIVE_UP_AFTER_MS),
      });
      // The list says whether the person is signed out, or the page is old.
      if (response.status === 401 || response.status === 403) return;
      if (!response.ok) throw new Error(`The site answers ${response.status}.`);
      // Whoever undid one meanwhile has taken it away.
      const sent = batch.filter((scan) => this.scans.has(scan.id)).map((scan) => ({ ...scan, isSent: true, sentAt: Date.now() }));
      await this.store.writeScans(sent);
      this.#share(sent.map((scan) => [scan.id, scan]));
    }
  }

  async #fetchList() {
    if (!this.addresses.list) return;
    const askedAt = Date.now();
    const response = await fetch(this.addresses.list, {
      headers: this.kept ? { "If-None-Match": this.kept.etag } : {},
      cache: "no-store",
      signal: AbortSignal.timeout(GIVE_UP_AFTER_MS),
    });
    if (response.status === 401) return void (await this.#end("signed-out"));
    if (response.status === 403) {
      // No longer staff of any theater: nothing that waits could be sent.
      await this.store.wipe();
      return void (await this.#end("signed-out"));
    }
    if (response.status === 404) return void (await this.#end("over"));
    if (!response.ok && response.status !== 304) throw new Error(`The site answers ${response.status}.`);
    const list = response.ok ? await response.json() : this.kept?.list;
    this.clock.measure(response.headers.get("Door-Time") ?? "", askedAt, Date.now());
    const { error } = this.clock;
    const etag = response.headers.get("ETag") ?? "";
    this.kept = { list, query: this.query, etag, checkedAt: this.clock.now(), error, seen: this.kept?.seen ?? [] };
    await this.store.writeList(this.kept);
    const shown = [...this.scans.values()].filter((scan) => scan.isSent && scan.sentAt < askedAt).map(({ id }) => id);
    await this.store.removeScans(shown);
    for (const id of shown) this.scans.delete(id);
    this.isOnline = true;
  }

  /** @param {Gone} why */
  async #end(why) {
    this.kept = null;
    await Promise.all([this.store.forgetList(), forgetPage()]);
    this.tell.onGone(why);
  }
}

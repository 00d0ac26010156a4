/**
 * What the device keeps of drafts that could not be sent: for each open page the plan, and what it was made from. It
 * belongs to one person, and to one hall. At the sign-out the site has the browser clear it (`door/clear_site_data.py`).
 */

/** @typedef {{map: number, revision: number, base: string, plan: string}} Kept */
/** @typedef {Kept & {page: string, hall: number}} Entry */

const NAME = "seat-editor";
const STORES = ["holder", "unsent"];
const ONE = "one";

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("holder", { keyPath: "id" });
    request.result.createObjectStore("unsent", { keyPath: "page" });
  };
  return done(request);
}

export class Keep {
  /** What pages that are gone have left. @type {Entry[]} */
  #left = [];

  /**
   * @param {Promise<IDBDatabase>} database
   * @param {number} hall
   * @param {string} page  the id of this open page
   */
  constructor(database, hall, page) {
    this.database = database;
    this.hall = hall;
    this.page = page;
    // Where a device keeps nothing, each call says so.
    database.catch(() => {});
  }

  /**
   * Open what belongs to this person, and forget what belonged to anybody else.
   * @param {{person: string, hall: number, page: string}} holder
   */
  static open({ person, hall, page }) {
    // Held for as long as the page lives, so that others know it.
    navigator.locks?.request(`${NAME} ${page}`, () => new Promise(() => {})).catch(() => {});
    const database = openDatabase().then(async (opened) => {
      const found = await done(opened.transaction("holder").objectStore("holder").get(ONE));
      if (found?.person === person) return opened;
      await write(opened, STORES, (transaction) => {
        for (const name of STORES) transaction.objectStore(name).clear();
        transaction.objectStore("holder").put({ id: ONE, person });
      });
      return opened;
    });
    return new Keep(database, hall, page);
  }

  /** @returns {Promise<Kept[]>} what pages of this hall that are gone could not send */
  async read() {
    const database = await this.database;
    /** @type {Entry[]} */
    const all = await done(database.transaction("unsent").objectStore("unsent").getAll());
    this.#left = [];
    for (const entry of all) {
      if (entry.hall === this.hall && entry.page !== this.page && (await isGone(entry.page))) this.#left.push(entry);
    }
    return this.#left;
  }

  /** Keep what this page has not sent; what it has taken over from others is in it. @param {Kept} kept */
  async write(kept) {
    const pages = this.#forget();
    await write(await this.database, ["unsent"], (transaction) => {
      const store = transaction.objectStore("unsent");
      store.put({ ...kept, hall: this.hall, page: this.page });
      for (const page of pages) store.delete(page);
    });
  }

  async clear() {
    const pages = this.#forget();
    await write(await this.database, ["unsent"], (transaction) => {
      for (const page of [this.page, ...pages]) transaction.objectStore("unsent").delete(page);
    });
  }

  #forget() {
    const pages = this.#left.map(({ page }) => page);
    this.#left = [];
    return pages;
  }
}

/** Return whether an open page is closed by now, or has crashed. @param {string} page @returns {Promise<boolean>} */
async function isGone(page) {
  if (!navigator.locks) return true;
  return navigator.locks.request(`${NAME} ${page}`, { ifAvailable: true }, (lock) => lock !== null);
}

/**
 * @param {IDBDatabase} database
 * @param {string[]} stores
 * @param {(transaction: IDBTransaction) => void} change
 * @returns {Promise<void>} once it is on the disk
 */
function write(database, stores, change) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    change(transaction);
    transaction.commit();
  });
}

/**
 * What the device keeps: one list of tickets, and the scans that the list does not show yet. Each is sealed by a key
 * that scripts can use and not read (AES-GCM), and belongs to one sign-in.
 */

/** @typedef {import("./decide.js").List} List */
/** @typedef {import("./decide.js").Scan} Scan */
/** @typedef {{ person: string, session: string }} Holder */
/** @typedef {{ list: List, query: string, etag: string, checkedAt: number, error: number, seen: number[] }} Kept */
/** @typedef {{ id: string, iv: Uint8Array<ArrayBuffer>, data: ArrayBuffer }} Sealed */

const NAME = "door";
const STORES = ["holder", "list", "scans"];
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
    for (const name of STORES) request.result.createObjectStore(name, { keyPath: "id" });
  };
  return done(request);
}

export class Store {
  /**
   * @param {IDBDatabase} database
   * @param {CryptoKey} key
   * @param {string} person
   */
  constructor(database, key, person) {
    this.database = database;
    this.key = key;
    this.person = person;
  }

  /**
   * Opens what belongs to this sign-in. Of an earlier one of the same person only scans are left, which have to be
   * sent; of anybody else nothing.
   *
   * @param {Holder} holder
   */
  static async open(holder) {
    const database = await openDatabase();
    const found = await done(database.transaction("holder").objectStore("holder").get(ONE));
    const stores = found?.person !== holder.person ? STORES : found.session !== holder.session ? ["list"] : [];
    let { key } = found ?? {};
    if (!key || stores.includes("holder")) {
      key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    }
    const store = new Store(database, key, holder.person);
    await store.#write(STORES, (transaction) => {
      for (const name of stores) transaction.objectStore(name).clear();
      transaction.objectStore("holder").put({ id: ONE, key, ...holder });
    });
    return store;
  }

  /** @returns {Promise<Kept | null>} */
  async readList() {
    const sealed = await done(this.database.transaction("list").objectStore("list").get(ONE));
    return sealed ? this.#unseal(sealed) : null;
  }

  /** @param {Kept} kept */
  async writeList(kept) {
    const sealed = await this.#seal(ONE, kept);
    await this.#write(["list"], (transaction) => transaction.objectStore("list").put(sealed));
  }

  async forgetList() {
    await this.#write(["list"], (transaction) => transaction.objectStore("list").clear());
  }

  /** @returns {Promise<Scan[]>} */
  async readScans() {
    const sealed = await done(this.database.transaction("scans").objectStore("scans").getAll());
    return Promise.all(sealed.map((one) => this.#unseal(one)));
  }

  /** @param {Scan[]} scans */
  async writeScans(scans) {
    const sealed = await Promise.all(scans.map((one) => this.#seal(one.id, one)));
    await this.#write(["scans"], (transaction) => {
      for (const one of sealed) transaction.objectStore("scans").put(one);
    });
  }

  /** @param {string[]} ids */
  async removeScans(ids) {
    await this.#write(["scans"], (transaction) => {
      for (const id of ids) transaction.objectStore("scans").delete(id);
    });
  }

  async wipe() {
    await this.#write(STORES, (transaction) => {
      for (const name of STORES) transaction.objectStore(name).clear();
    });
  }

  /**
   * @param {string[]} stores
   * @param {(transaction: IDBTransaction) => void} change
   * @returns {Promise<void>} once it is on the disk: the battery may be empty a moment later
   */
  #write(stores, change) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(stores, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      change(transaction);
    });
  }

  /** @param {string} id @param {unknown} value @returns {Promise<Sealed>} */
  async #seal(id, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = new TextEncoder().encode(JSON.stringify(value));
    return { id, iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, data) };
  }

  /** @param {Sealed} sealed @returns {Promise<any>} */
  async #unseal({ iv, data }) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, data)));
  }
}

/** Forgets the page that the service worker keeps for a start without a network. */
export async function forgetPage() {
  if ("caches" in window) await caches.delete("door-page");
}

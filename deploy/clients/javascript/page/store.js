/**
 * What stays in this browser between visits: IndexedDB of this appliance's address. Whoever can read the browser's
 * profile can read it, the secret key too, and so can any script of the same address.
 */

import { MemoryStore } from "../src/index.js";

const DATABASE = "cipherstream-try";
const TABLE = "kept";

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class BrowserStore {
  #database;

  async open() {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    this.#database = await settled(request);
    return this;
  }

  #table(mode) {
    return this.#database.transaction(TABLE, mode).objectStore(TABLE);
  }

  get(name) {
    return settled(this.#table("readonly").get(name));
  }

  set(name, value) {
    return settled(this.#table("readwrite").put(value, name));
  }

  delete(name) {
    return settled(this.#table("readwrite").delete(name));
  }
}

/** {store, lasting}: not lasting where the browser stores nothing, as in some private windows. */
export async function openStore() {
  try {
    return { store: await new BrowserStore().open(), lasting: true };
  } catch {
    return { store: new MemoryStore(), lasting: false };
  }
}

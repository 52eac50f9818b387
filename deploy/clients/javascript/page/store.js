/**
 * What stays in this browser between visits: IndexedDB of this appliance's address. The secret key is stored under
 * AES-GCM with a key that the browser keeps and no script can read, so that a copy of the database alone is no copy of it.
 */

import { MemoryStore } from "../src/index.js";

const DATABASE = "cipherstream-try";
const TABLE = "kept";
const LOCK = "lock";
const LOCKED = "secret";

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function database() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  return settled(request);
}

class BrowserStore {
  #database;
  #lock;

  async open() {
    this.#database = await database();
    this.#lock = await this.#read(LOCK);
    if (!this.#lock) {
      const algorithm = { name: "AES-GCM", length: 256 };
      this.#lock = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
      await this.#write(LOCK, this.#lock);
    }
    return this;
  }

  #read(name) {
    return settled(this.#database.transaction(TABLE).objectStore(TABLE).get(name));
  }

  #write(name, value) {
    return settled(this.#database.transaction(TABLE, "readwrite").objectStore(TABLE).put(value, name));
  }

  async get(name) {
    const value = await this.#read(name);
    if (name !== LOCKED || !value) {
      return value;
    }
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: value.iv }, this.#lock, value.sealed);
    return new Uint32Array(plain);
  }

  async set(name, value) {
    if (name !== LOCKED) {
      await this.#write(name, value);
      return;
    }
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#lock, value);
    await this.#write(name, { iv, sealed });
  }

  delete(name) {
    return settled(this.#database.transaction(TABLE, "readwrite").objectStore(TABLE).delete(name));
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

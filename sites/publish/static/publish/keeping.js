// What a browser keeps of words that the server has not acknowledged: one entry for each person,
// chapter and open page, in IndexedDB, written through to the disk, so that a browser which crashes
// has them (localStorage is written seconds later).

const STORE = "words";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("esensi-writing", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(asked.error);
  });
}

/** Give the entries of one person in one chapter. Where the browser keeps nothing (a private window
 * of some), every call answers false or nothing, and none fails. */
export class Keeping {
  #prefix;
  #base = opened().catch(() => null);
  #last = Promise.resolve();

  constructor(person, chapter) {
    this.#prefix = `${person} ${chapter} `;
  }

  /** Keep what a page has; true as soon as it is on the disk. */
  keep(page, words) {
    return this.#inTurn((store) => store.put({ ...words, page, key: this.#prefix + page }));
  }

  /** Forget what a page had: it has arrived, or is not wanted. */
  forget(page) {
    return this.#inTurn((store) => store.delete(this.#prefix + page));
  }

  /** Give what pages left behind that are open no longer. */
  async left() {
    const base = await this.#base;
    if (!base) return [];
    const open = await openPages();
    const range = IDBKeyRange.bound(this.#prefix, `${this.#prefix}\uffff`);
    const rows = await new Promise((resolve) => {
      const asked = base.transaction(STORE).objectStore(STORE).getAll(range);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve([]);
    });
    return rows.filter((row) => !open.has(row.page));
  }

  /** One after another: what was typed last is what stays. */
  #inTurn(act) {
    return (this.#last = this.#last.then(async () => {
      const base = await this.#base;
      if (!base) return false;
      return new Promise((resolve) => {
        const change = base.transaction(STORE, "readwrite", { durability: "strict" });
        change.oncomplete = () => resolve(true);
        change.onerror = change.onabort = () => resolve(false);
        act(change.objectStore(STORE));
      });
    }).catch(() => false));
  }
}

const LOCK = "esensi-writing ";

/** Say for as long as the page is open that it is. */
export function isOpen(page) {
  navigator.locks?.request(LOCK + page, () => new Promise(() => {})).catch(() => {});
}

async function openPages() {
  const found = await navigator.locks?.query().catch(() => null);
  return new Set((found?.held ?? []).map(({ name }) => name.replace(LOCK, "")));
}

// What a door keeps in this browser (IndexedDB). `kept`: the browser's name for itself, and the day's list with its key.
// `blocks`: the numbers of this browser's own. `entries`: who came in by this door, until the book knows of them.
// Nothing here names anybody. The list goes when the day is over or nobody is signed in, entries only once handed in.
const Store = (() => {
  const NAME = "antre-door", VERSION = 1, PAGES = "door-page", MARGIN_MS = 5000;
  let opened = null;

  const done = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  const make = database => {
    database.createObjectStore("kept");
    database.createObjectStore("blocks", { keyPath: ["date", "letter", "first"] });
    database.createObjectStore("entries", { keyPath: "nonce" });
  };

  const open = () => opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => make(request.result);
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opened = null; }; // a newer page waits for it
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });

  // One transaction: `work` gets the stores and awaits nothing but their requests.
  const within = async (names, mode, work) => {
    const transaction = (await open()).transaction(names, mode);
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const answer = await work(...names.map(name => transaction.objectStore(name)));
    await ended;
    return answer;
  };

  const day = () => within(["kept"], "readonly", kept => done(kept.get("day")));

  // A new list has everybody whom the book knew when it was made: of them nothing need be remembered beside it.
  const keepDay = list => within(["kept", "entries", "blocks"], "readwrite", async (kept, entries, blocks) => {
    kept.put(list, "day");
    for (const one of await done(entries.getAll()))
      if (one.known < list.now - MARGIN_MS && !(one.refused && one.date === list.date)) entries.delete(one.nonce);
    for (const one of await done(blocks.getAll())) if (one.date < list.date) blocks.delete([one.date, one.letter, one.first]);
  });

  const forgetDay = async () => {
    await within(["kept"], "readwrite", kept => done(kept.delete("day")));
    await globalThis.caches?.delete(PAGES);
  };

  const browser = name => within(["kept"], "readwrite", async kept => {
    const known = await done(kept.get("browser"));
    if (!known) kept.put(name, "browser");
    return known ?? name;
  });

  const blocks = date => within(["blocks"], "readonly", async all =>
    (await done(all.getAll())).filter(one => one.date === date));

  const addBlock = (date, letter, block) => within(["blocks"], "readwrite", async all => {
    const key = [date, letter, block.first];
    if (!await done(all.get(key))) all.put({ date, letter, ...block, next: block.first });
  });

  const entries = async () => (await within(["entries"], "readonly", all => done(all.getAll())))
    .sort((one, other) => one.at < other.at ? -1 : 1); // they are kept by their nonces, and handed in as people came

  // Let somebody in, with the next number of the letter if there is one: in one transaction, so that two windows of one
  // browser give neither one number twice nor one ticket two numbers.
  const admit = (entry, letter) => within(["entries", "blocks"], "readwrite", async (all, numbers) => {
    const before = (await done(all.getAll())).find(one => one.date === entry.date && one.mark === entry.mark);
    if (before) return { entry: before, again: before.nonce !== entry.nonce };
    const block = (await done(numbers.getAll()))
      .find(one => one.date === entry.date && one.letter === letter && one.next <= one.last);
    if (block) numbers.put({ ...block, next: block.next + 1 });
    const made = { ...entry, number: block ? `${letter}-${String(block.next).padStart(3, "0")}` : null };
    all.put(made);
    return { entry: made, again: false };
  });

  // Somebody whom the network let in: the list in this browser does not have it yet.
  const noteKnown = entry => within(["entries"], "readwrite", async all => {
    const before = (await done(all.getAll())).some(one => one.date === entry.date && one.mark === entry.mark);
    if (!before) all.put(entry);
  });

  // What became of those who were handed in; `known` is when the book knew of them.
  const settle = (answers, known) => within(["entries"], "readwrite", async all => {
    for (const { nonce, number, outcome } of answers) {
      const entry = await done(all.get(nonce));
      if (entry) all.put({ ...entry, known, ...(outcome === "refused" ? { refused: true } : { number }) });
    }
  });

  return { day, keepDay, forgetDay, browser, blocks, addBlock, entries, admit, noteKnown, settle };
})();

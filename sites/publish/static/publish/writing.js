// Writing in a chapter together: one page holds the lease, what is typed is kept after a second, in
// this browser first and then on the server, and stops where somebody else's text would be lost. Times
// come from the server as seconds that are left; this machine's clock is asked for nothing.
// A chapter that is not stored yet is kept in the same way; nobody else can be at it, so it has no lease.

const SEND_AFTER = 1_200; // ms after the last change …
const SEND_BY = 6_000; // … and after the first that was not sent
const RENEW_EVERY = 20_000; // a third of a lease (sites/books/leases.py)
const RESTS_AFTER = 10 * 60_000; // who has typed nothing for so long lets others write
const AGAIN = [1_000, 2_000, 4_000, 8_000, 15_000];
const LEFT_AGAIN = 3_000;
const HANDED = "esensi-handed"; // this tab was given the chapter, and has come anew to see all of it
const OK = 200, MISSING = 404, CONFLICT = 409, LOCKED = 423;

const box = document.getElementById("writing");
const data = box.dataset, form = box.closest("form");
const area = form.elements.text, title = form.elements.title;
const find = (id) => document.getElementById(id);
const part = (does) => box.querySelector(`[data-do="${does}"]`);
const name = (one) => one || data.somebody;

const isNew = !data.room;
const here = isNew ? location.href : location.pathname; // what shows all that is kept

const { Keeping, isOpen } = await import(data.keeping);
const { post, sheet } = await import(data.asking);
const page = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const keeping = new Keeping(data.me, data.room ?? "new");
isOpen(page);

let base = data.version ?? "", serial = +data.serial; // what this page's words were made from
let serialOf = data.ofBook; // of a new chapter: the book whose draft has this serial
let lease = null; // the newest that was heard of
let people = []; // who has the chapter open, this person included
let typed = 0, arrived = 0, firstUnsent = 0; // this page's own count of changes
let sending = false, stopped = false, leaving = false, failures = 0, hasAsked = false;
let lastTyped = -Infinity;
const timers = {};

function later(what, ms, act) {
  clearTimeout(timers[what]);
  timers[what] = setTimeout(act, ms);
}

const isMine = () => isNew || (lease?.person === data.me && lease.page === page);
const isTheirs = () => Boolean(lease?.person) && lease.person !== data.me;

// --- What the server is asked ---

const holding = () => ({ lease: lease?.number ?? 0, lease_page: page });
const ask = (address, facts) => post(address, form, data, { ...holding(), ...facts });

async function askLease(act) {
  const answer = await ask(data.lease, { do: act });
  if (answer.lease) heardLease(answer.lease);
  else if (answer.said) say(answer.said, "stopped");
  return answer;
}

async function lookAgain() {
  try {
    const answer = await fetch(data.lease, { redirect: "manual" });
    heardLease((await answer.json()).lease);
  } catch {
    later("look", AGAIN.at(-1), lookAgain);
  }
}

// --- The lease ---

function heardLease(heard) {
  lease = { asked: null, ...heard };
  if (!isMine() && !isTheirs()) hasAsked = false;
  lock(isTheirs());
  part("ask").hidden = !isTheirs() || hasAsked;
  part("take").hidden = lease.person !== data.me || isMine();
  find("writing-who").textContent = whoWrites();
  showPeople();
  showAsk();
  clearTimeout(timers.look);
  // Renewals are nobody's news: whoever waits looks when it would have ended.
  if (lease.person && !isMine()) later("look", (lease.left + 1) * 1_000, isTheirs() && hasAsked ? takeAsked : lookAgain);
  if (isMine()) later("renew", RENEW_EVERY, renew);
  if (!lease.person && typed > arrived && !stopped && !failures) later("send", SEND_AFTER, send);
}

const takeAsked = () => askLease("ask");

function whoWrites() {
  if (isMine()) return data.mine;
  if (isTheirs()) return hasAsked ? data.asked : data.theirs.replace("#", () => name(lease.name));
  if (lease?.person) return data.elsewhere;
  return typed ? data.free : "";
}

/** Name the others who have the chapter open; who writes is named already. */
function showPeople() {
  const others = people.filter(({ person }) => person !== data.me && person !== lease?.person);
  const words = others.length > 1 ? data.hereMany : data.hereOne;
  find("writing-here").textContent = others.length ? words.replace("#", () => others.map((one) => name(one.name)).join(", ")) : "";
}

function showAsk() {
  const asked = isMine() && lease.asked;
  find("writing-ask").hidden = !asked;
  if (asked) find("writing-ask").querySelector("p").textContent = data.asks.replace("#", () => name(lease.asked.name));
}

function lock(locked) {
  box.dataset.locked = locked;
  title.readOnly = area.readOnly = locked;
  area.dispatchEvent(new Event("desk:lock"));
}

async function renew() {
  if (!isMine() || leaving) return;
  if (performance.now() - lastTyped > RESTS_AFTER) await askLease("give");
  else {
    const answer = await askLease("renew");
    if (answer.status !== OK) later("renew", RENEW_EVERY, renew);
  }
}

// --- Keeping words ---

function changed() {
  if (leaving) return;
  typed += 1;
  lastTyped = performance.now();
  firstUnsent ||= lastTyped;
  keepHere(typed);
  if (!stopped) later("send", Math.max(0, Math.min(SEND_AFTER, firstUnsent + SEND_BY - lastTyped)), send);
}

/** What this page has; of a new chapter with the book that is chosen now. */
function words(count) {
  const found = { title: title.value, text: area.value, page, sent: count, base, serial };
  if (!isNew) return found;
  const book = form.elements.book?.value ?? "";
  return { ...found, book, serial: book === serialOf ? serial : 0 };
}

async function keepHere(count) {
  const isKept = await keeping.keep(page, words(count));
  if (isKept) box.dataset.here = count;
  else box.dataset.nowhereKept = "";
}

async function send() {
  if (sending || stopped || leaving || typed === arrived) return;
  sending = true;
  try {
    await sendNow();
  } finally {
    sending = false;
  }
  // Where somebody else writes, or another page of this person's, the lease's news is waited for.
  if (!stopped && typed > arrived && !failures && (isMine() || !lease?.person)) later("send", SEND_AFTER, send);
}

async function sendNow() {
  say(data.keepingWords, "sending");
  if (!isMine()) {
    const taken = await askLease("take");
    if (taken.status !== OK) return refused(taken);
  }
  const count = typed;
  const sent = words(count);
  const answer = await ask(data.draft, sent);
  if (answer.status !== OK) return refused(answer, sent.book);
  failures = 0;
  firstUnsent = 0;
  serial = answer.serial;
  serialOf = sent.book;
  arrived = count;
  box.dataset.keptCount = count;
  if (typed === count) {
    await keeping.forget(page);
    if (typed === count) say(data.kept, "kept");
  } else keepHere(typed);
}

function refused({ status, said, lease: held, both, base: newest, serial: waits }, book) {
  if (status === CONFLICT) {
    serialOf = book;
    return showBoth(both, newest, waits);
  }
  if (status === LOCKED) {
    if (held) heardLease(held);
    return say(said, "stopped");
  }
  if (status >= 400 && status < 500 && status !== 403 && status !== 408 && status !== 429) {
    stopped = true;
    return say(said ?? data.local, "stopped");
  }
  const wait = AGAIN[Math.min(failures, AGAIN.length - 1)];
  failures += 1;
  say(said ?? ("nowhereKept" in data ? data.nowhere : data.local), "waiting");
  later("send", wait, send);
}

function say(words, state) {
  find("writing-kept").textContent = words;
  box.dataset.state = state;
}

// --- Two texts ---

/** Nothing is kept on the server until somebody has looked at both, and chosen. */
function showBoth(both, newest, waits, left = null) {
  stopped = true;
  say("", "both");
  const place = find("writing-both");
  place.innerHTML = both;
  if (!isNew) find("writing-news").hidden = true; // it is shown
  place.scrollIntoView({ block: "nearest" });
  place.querySelector("[data-choose=mine]").addEventListener("click", async () => {
    base = newest;
    if (waits !== null) serial = waits;
    if (!isNew) form.elements.version.value = newest;
    place.replaceChildren();
    stopped = false;
    if (left) return bringBack({ ...left, base, serial });
    changed();
  });
  place.querySelector("[data-choose=theirs]").addEventListener("click", async () => {
    await keeping.forget((left ?? { page }).page);
    leave();
    location.replace(here);
  });
}

// --- What a page that is gone has left behind ---

async function lookForLeft() {
  for (const row of await keeping.left()) {
    const isIn = (owner, count) => owner === row.page && row.sent <= +count;
    if (isIn(data.arrivedPage, data.arrivedSent)) await keeping.forget(row.page);
    else if ("refusedPage" in data) {
      // This form holds them, and it is kept under this page's name before the other is forgotten.
      changed();
      await keepHere(typed);
      if (isIn(data.refusedPage, data.refusedSent)) await keeping.forget(row.page);
    } else return bringBack(row);
  }
  if ("refusedPage" in data && !typed) changed(); // what came back is kept, too
}

async function bringBack(row) {
  say(data.found, "sending");
  if (!isMine()) {
    const taken = await askLease("take");
    if (taken.status !== OK) return refused(taken);
  }
  let answer = await ask(data.draft, row);
  // The book of a new chapter is gone, or no longer theirs: its words wait without one.
  if (isNew && row.book && answer.status === MISSING) answer = await ask(data.draft, { ...row, book: "", serial: 0 });
  if (answer.status === CONFLICT) return showBoth(answer.both, answer.base, answer.serial, row);
  if (answer.status !== OK) return say(answer.said ?? data.local, "waiting");
  await keeping.forget(row.page);
  leave();
  location.replace(here);
}

// --- Leaving ---

function leave() {
  leaving = true;
  removeEventListener("beforeunload", globalThis.preventLeaving); // Unfold's: nothing is lost
  for (const timer of Object.values(timers)) clearTimeout(timer);
}

form.addEventListener("submit", () => {
  leave();
  form.elements.draft_page.value = page;
  form.elements.draft_sent.value = typed;
  if (isNew) return;
  form.elements.draft_serial.value = serial;
  form.elements.lease.value = isMine() ? lease.number : "";
  form.elements.lease_page.value = page;
});

addEventListener("pagehide", () => {
  if (leaving || isNew || !isMine()) return;
  navigator.sendBeacon(data.lease, sheet(form, data.me, { ...holding(), do: "give" }));
  lease = null;
});
// Brought back from the cache for going back: nobody knows what was stored since.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

// --- The buttons, and the line to the others ---

for (const field of [area, title]) field.addEventListener("input", changed);

function listen() {
  part("ask").addEventListener("click", async () => {
    hasAsked = true;
    await askLease("ask");
  });
  part("take").addEventListener("click", async () => {
    if ((await askLease("take")).status === OK && typed > arrived) send();
  });
  part("keep").addEventListener("click", () => askLease("keep"));
  part("give").addEventListener("click", async () => {
    clearTimeout(timers.send);
    await send(); // who goes on finds all of it
    await askLease("give");
  });
}

function stored({ version, name: by }) {
  if (version === base || leaving) return;
  const news = find("writing-news");
  news.hidden = false;
  news.querySelector("span").textContent = data.newer.replace("#", () => name(by));
}

function handedOver() {
  // Their words wait beside the text; nothing typed here is lost by looking.
  if (typed > arrived) return;
  sessionStorage.setItem(HANDED, data.room);
  leave();
  location.replace(location.pathname);
}

async function joinRooms() {
  const { connection } = await import(data.client);
  const line = connection();
  line.join(data.room, {
    snapshot({ lease: held, version }) {
      if (held) heardLease(held);
      if (version) stored({ version, name: "" });
    },
    event(kind, told) {
      if (kind === "lease_taken") {
        const wasTheirs = isTheirs();
        heardLease(told);
        if (isMine() && wasTheirs && hasAsked) handedOver();
      }
      if (kind === "lease_given_back") heardLease({ ...told, person: "", page: "", left: 0 });
      if (kind === "lease_asked" && isMine()) heardLease({ ...lease, asked: told });
      if (kind === "lease_kept" && hasAsked) {
        hasAsked = false;
        heardLease(lease);
        find("writing-who").textContent = data.keptOn.replace("#", () => name(lease.name));
      }
      if (kind === "chapter_stored") stored(told);
    },
    presence(found) {
      people = found.people;
      showPeople();
    },
  });
  // Whoever loses the book is asked for with its room, and leaves the other, too.
  line.join(data.book, {}, { quiet: true });
}

if (!isNew) {
  listen();
  await joinRooms();
}
box.dataset.ready = "";
if (!isNew && sessionStorage.getItem(HANDED) === data.room) await askLease("take");
sessionStorage.removeItem(HANDED);
await lookForLeft();
// A page that was loaded again may count as open for a moment longer.
later("left", LEFT_AGAIN, () => typed || lookForLeft());

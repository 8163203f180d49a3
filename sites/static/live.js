// What pages show of the house's rooms while they are open: the bell, who is reading, new chapters,
// where another device of the same person is, what the house announces, and that the connection is not
// well. Without this file
// all of it stands there after the next page.

const find = (id) => document.getElementById(id);
const live = find("live");
const data = live.dataset;
document.body.append(live); // desks write it into their sidebar, which may be hidden

const NOT_WELL_AFTER = 2_000; // ms; shorter breaks are nobody's business
const COUNTED_EVERY = 10_000; // ms between two numbers of readers, which nobody should watch running

// Both the addresses and what is said are the protocol's; the page has one connection.
const { connection } = await import(data.client);
const line = connection();

// --- The state of the connection, where it is not well ---

const state = find("live-state");
let stateTimer;

line.watch((name) => {
  clearTimeout(stateTimer);
  const words = data[name] ?? "";
  const say = () => {
    state.textContent = words;
    state.hidden = !words;
  };
  // What is shown already changes, or goes, at once.
  if (words && state.hidden) stateTimer = setTimeout(say, NOT_WELL_AFTER);
  else say();
});

// --- The bell ---

const bell = find("bell");

function ring(unread) {
  if (!bell) return;
  bell.dataset.unread = unread;
  bell.querySelector(".point").hidden = !unread;
  bell.querySelector("[data-words]").textContent = unread ? bell.dataset.some.replace("#", unread) : bell.dataset.none;
}

function notified() {
  if (bell) ring(+bell.dataset.unread + 1);
  find("live-said").textContent = data.told;
  const page = find("told-new"); // the list itself
  if (page) page.hidden = false;
}

// --- Bars: one sentence, one way on, and a way to have it gone ---

/** Show a sentence, in which a title may stand for #; without an address there is no way on. */
function showBar(bar, sentence, { title = "", address = "" }) {
  const words = bar.querySelector("p"), way = bar.querySelector("a");
  const name = Object.assign(document.createElement("bdi"), { lang: words.dataset.titleLang, textContent: title });
  const [before, after] = sentence.split("#");
  words.replaceChildren(before, ...(after === undefined ? [] : [name, after]));
  way.hidden = !address;
  if (address) way.href = address;
  bar.hidden = false;
}

const addressOf = (number, paragraph = "") =>
  data.address.replace(/0\/$/, `${number}/`) + (paragraph && `#${paragraph}`);

for (const bar of live.querySelectorAll(".live-bar")) {
  bar.querySelector("button").addEventListener("click", () => {
    bar.hidden = true;
    bar.dispatchEvent(new Event("dismissed"));
  });
}

// --- The book: new chapters, its end on the shelves, who reads it ---

const news = find("live-news");

function published({ number, title, count }) {
  const { one, many } = news.querySelector("p").dataset;
  showBar(news, count === 1 ? one : many, { title, address: addressOf(number) });
}

const withdrawn = () => showBar(news, news.querySelector("p").dataset.withdrawn, {});

const readers = find("reading-now");
let count = 0, countTimer;

function showCount() {
  const { one, many, least } = readers.dataset;
  readers.hidden = count < (least ?? 1);
  if (readers.hidden) return;
  for (const place of readers.querySelectorAll("[data-count]")) place.textContent = count;
  const words = readers.querySelector("[data-words]");
  if (words) words.textContent = (count === 1 ? one : many).replace("#", count);
}

function counted(number) {
  const first = countTimer === undefined;
  count = number;
  if (!readers || (!first && countTimer)) return;
  if (first) showCount();
  countTimer = setTimeout(() => {
    countTimer = 0;
    showCount();
  }, COUNTED_EVERY);
}

if (data.book) {
  line.join(
    data.book,
    {
      snapshot({ last, title }) {
        if (+data.last && last > +data.last) published({ number: last, title, count: 1 });
      },
      event(kind, given) {
        if (kind === "chapters_published") published(given);
        if (kind === "book_withdrawn") withdrawn();
      },
      presence: (who) => counted(who.count),
      gone: (why) => why === "not-allowed" && withdrawn(),
    },
    // Who looks at a book's page is not reading it.
    { quiet: !("reads" in data) },
  );
}

// --- Where another device is: an offer to go there, never a jump ---

const offer = find("live-offer"), reader = find("reader");
const AHEAD = 0.01; // of a chapter: less is the same screen on another screen
let elsewhere, dismissed = 0;

const isAhead = ({ number, fraction }) =>
  number > +reader.dataset.number ||
  (number === +reader.dataset.number && fraction > +reader.dataset.read + AHEAD);

/** Is the paragraph on this screen already? */
function isInView(id) {
  const box = id && find(id)?.getBoundingClientRect();
  return box && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
}

function placeKept(place) {
  if (!offer || `book.${place.book}` !== data.book) return;
  if (place.device && place.device === offer.dataset.device) return;
  elsewhere = place;
  lookElsewhere();
}

function lookElsewhere() {
  const here = elsewhere.number === +reader.dataset.number;
  if (!isAhead(elsewhere) || (here && isInView(elsewhere.paragraph))) {
    offer.hidden = true;
    return;
  }
  // Whoever said no once is not asked again in the same chapter.
  if (dismissed >= elsewhere.number) return;
  const { same, other } = offer.querySelector("p").dataset;
  const address = here ? `#${elsewhere.paragraph}` : addressOf(elsewhere.number, elsewhere.paragraph);
  if (here && !find(elsewhere.paragraph)) return; // this text is older or newer than the other's
  showBar(offer, here ? same : other, { title: elsewhere.title, address });
}

if (offer) {
  offer.addEventListener("dismissed", () => (dismissed = elsewhere.number));
  offer.querySelector("a").addEventListener("click", () => (offer.hidden = true));
  addEventListener("scroll", () => offer.hidden || lookElsewhere(), { passive: true, capture: true });
}

// --- The person ---

let joinedBefore = false;

if (data.person) {
  line.join(data.person, {
    snapshot({ unread, place }) {
      ring(unread);
      // A page that has just come knows where the person is; one that was away may not.
      if (joinedBefore && place) placeKept(place);
      joinedBefore = true;
    },
    event(kind, given) {
      joinedBefore = true;
      if (kind === "notified") notified();
      if (kind === "notifications_read") ring(given.unread);
      if (kind === "place_kept") placeKept(given);
    },
  });
}

// --- What the house announces ---

const announcements = find("announcements");
const LONGEST_TIMER = 2 ** 31 - 1; // ms; browsers end a longer one at once
const MOST_ANNOUNCED = 3; // as many as the server shows

const announced = () => [...announcements.querySelectorAll("[data-announcement]")];

function silence(key) {
  for (const row of announced()) if (+row.dataset.announcement === key) row.remove();
  announcements.hidden = announced().length === 0;
}

let ahead = 0; // ms by which this machine's clock is ahead of the house's

/** Have a row go when its time is over, by the house's clock. */
function endInTime(row) {
  const left = Date.parse(row.dataset.ends) - Date.now() + ahead;
  if (left < LONGEST_TIMER) setTimeout(() => row.isConnected && silence(+row.dataset.announcement), Math.max(0, left));
}

function announce({ announcement, hosts, ends, ...texts }) {
  silence(announcement);
  if (hosts.length && !hosts.includes(announcements.dataset.host)) return;
  const row = announcements.querySelector("template").content.firstElementChild.cloneNode(true);
  const text = document.documentElement.lang === "id" ? texts.text_id : texts.text_en;
  Object.assign(row.dataset, { announcement, ends });
  row.lastElementChild.textContent = text;
  announcements.prepend(row);
  for (const older of announced().slice(MOST_ANNOUNCED)) older.remove();
  announcements.hidden = false;
  endInTime(row);
  return text;
}

if (announcements && (data.person || data.book)) {
  const listener = {
    snapshot(now) {
      ahead = Date.now() - Date.parse(now.at);
      for (const row of announced()) row.remove();
      announcements.hidden = true;
      now.announcements.reverse().forEach(announce); // the newest comes last, and stands first
    },
    event(kind, given) {
      if (kind === "announcement_ended") silence(given.announcement);
      if (kind === "announced") find("live-said").textContent = announce(given) ?? "";
    },
  };
  line.join(announcements.dataset.heard ?? "house", listener, { quiet: true });
}

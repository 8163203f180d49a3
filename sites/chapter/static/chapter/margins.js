// Highlights and notes: one's own, and what others share. The server knows where they are in a text that
// may have been edited since; this file draws what it says. Who is signed in makes some by marking.js.

const find = (id) => document.getElementById(id);
const root = find("margins"), text = find("text");
const other = find("mark-other"), showShared = find("show-shared");
const data = root.dataset;
const { unwrap, wrap } = await import(data.places);
const { connection } = await import(find("live").dataset.client);

const SOON = 400; // ms within which changes are fetched together, by chance, so that not all ask at once
const OTHERS_EVERY = 5_000; // ms between two times that what others change is fetched

document.body.append(other); // above what scrolls, and beside no paragraph

let marking; // where somebody is signed in

// --- What the server has ---

let highlights = { own: [], shared: [] }, had = "", timer, due = Infinity, asked = 0, askedAt = 0;

async function load() {
  clearTimeout(timer);
  due = Infinity;
  const turn = ++asked;
  askedAt = performance.now();
  const answer = await fetch(data.address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const found = await answer.text();
  if (turn !== asked || found === had) return;
  had = found;
  highlights = JSON.parse(found);
  draw();
}

/** Fetch them after so many ms, and up to as many more; what is to come earlier stays. */
function loadIn(wait) {
  const now = performance.now(), at = now + wait * (1 + Math.random());
  if (at >= due) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(load, at - now);
}

const loadSoon = () => loadIn(SOON);
const loadInTurn = () => loadIn(Math.max(SOON, askedAt + OTHERS_EVERY - performance.now()));

// --- Drawing ---

const drawn = new Map(); // id → its elements

function draw() {
  for (const button of text.querySelectorAll(".mark-button")) button.remove();
  unwrap(text.querySelectorAll("mark[data-highlight]"));
  drawn.clear();
  if (showShared.checked) for (const one of highlights.shared) drawOne(one, true);
  for (const one of highlights.own) drawOne(one, false);
  marking?.drawn();
  root.hidden = !marking && !highlights.shared.length;
}

function drawOne(one, isShared) {
  const elements = one.parts.flatMap(([id, start, end]) => {
    const paragraph = find(id);
    return paragraph && text.contains(paragraph) ? wrap(paragraph, start, end, () => element(one, isShared)) : [];
  });
  if (!elements.length) return;
  drawn.set(one.id, elements);
  const last = elements.at(-1);
  (last.closest("a") ?? last).after(button(one, isShared));
}

function element(one, isShared) {
  const mark = document.createElement("mark");
  Object.assign(mark.dataset, { highlight: one.id, colour: one.colour });
  if (one.note) mark.dataset.note = "";
  if (isShared) mark.dataset.shared = "";
  return mark;
}

/** Put a name into a sentence; it may hold what replaces would read. */
const nameIn = (sentence, one) => sentence.replace("#", () => one.name || data.nameless);

/** For keys and screen readers; seen while it has the focus. */
function button(one, isShared) {
  const opens = document.createElement("button");
  opens.type = "button";
  opens.className = "mark-button";
  Object.assign(opens.dataset, { beside: "", highlight: one.id });
  opens.lang = document.documentElement.lang;
  opens.textContent = isShared
    ? nameIn(data.byOther, one)
    : one.note ? data.ownNote : data.own;
  return opens;
}

// --- One of others' ---

let shown = null; // the highlight in the card

function openOther(one) {
  shown = one;
  other.querySelector(".mark-quote").textContent = one.quote;
  other.querySelector(".mark-quote").dataset.colour = one.colour;
  other.querySelector("[data-name]").textContent = nameIn(data.byOther, one);
  const note = other.querySelector(".mark-note");
  note.textContent = one.note;
  note.hidden = !one.note;
  other.showModal();
}

for (const closes of other.querySelectorAll("[data-close]")) closes.addEventListener("click", () => other.close());
other.addEventListener("click", ({ target }) => target === other && other.close());

text.addEventListener("click", (event) => {
  const hit = event.target.closest("[data-highlight]");
  if (!hit || (event.target.closest("a") && !event.target.closest(".mark-button")) || !getSelection().isCollapsed) return;
  event.stopPropagation(); // the bar stays where it is
  open(+hit.dataset.highlight);
});

function open(id) {
  const own = highlights.own.find((one) => one.id === id);
  const one = own ?? highlights.shared.find((shared) => shared.id === id);
  if (one) own ? marking.open(one) : openOther(one);
}

// --- Others' ---

const SHOWN = "esensi.shared";

try {
  showShared.checked = localStorage.getItem(SHOWN) !== "no";
} catch {} // a browser that keeps nothing

showShared.closest("label").hidden = false;
showShared.addEventListener("change", () => {
  try {
    localStorage.setItem(SHOWN, showShared.checked ? "yes" : "no");
  } catch {}
  draw();
});

// --- Coming in, and staying up to date ---

if (data.marking) {
  const { begin } = await import(data.marking);
  marking = begin({ load, shown: () => shown });
}

const isHere = (kind, given) => kind === "highlights_changed" && given.chapter === +data.chapter;
let known = false;

const line = connection();
const listener = {
  // A page that was away fetches anew.
  snapshot: () => (known ? loadSoon() : (known = true)),
  event: (kind, given) => isHere(kind, given) && loadInTurn(),
};
line.join(`chapter.${data.chapter}`, listener, { quiet: true });
if (marking) line.join(find("live").dataset.person, { event: (kind, given) => isHere(kind, given) && loadSoon() });
await load();

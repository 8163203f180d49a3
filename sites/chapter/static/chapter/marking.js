// Marking and writing in the margins: select words (by mouse, by finger, or sentence by sentence with H and
// the arrows), choose one of four colours, write a note. Lists and forms stand on pages of their own.

const find = (id) => document.getElementById(id);
const text = find("text"), other = find("mark-other");
const marker = find("marker"), card = find("mark-card"), said = find("margins-said");
const data = find("margins").dataset;
const { passageOf, rangeOf, sentences } = await import(data.places);

const SETTLED = 250; // ms after which a selection is one
const SAID_FOR = 6_000; // ms

document.body.append(marker, card, said); // above what scrolls, and beside no paragraph

let load, shown; // what fetches the highlights, and which one of others' is looked at

/** Begin, for the file that draws: it gets what opens one of one's own, and what it tells after each
    drawing. */
export function begin(page) {
  ({ load, shown } = page);
  return {
    open: openCard,
    // Marks split text nodes, which moves what is selected.
    drawn: () => pending && reselect(rangeOf(pending)),
  };
}

/** Post a form's fields; gives the answer, or nothing, and says why. */
async function post(address, fields, tell = say) {
  const headers = { "X-CSRFToken": card.querySelector("[name=csrfmiddlewaretoken]").value };
  const answer = await fetch(address, { method: "POST", headers, body: new URLSearchParams(fields) }).catch(() => null);
  if (answer?.ok) return answer.json();
  const words = answer?.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : "";
  tell(words || (answer?.status === 429 ? data.often : data.failed));
  return null;
}

let saidTimer;

function say(words) {
  clearTimeout(saidTimer);
  said.textContent = words;
  said.hidden = false;
  saidTimer = setTimeout(() => (said.hidden = true), SAID_FOR);
}

// --- Selecting ---

let pending = null, selectTimer;

document.addEventListener("selectionchange", () => {
  clearTimeout(selectTimer);
  selectTimer = setTimeout(selected, SETTLED);
});

function selected() {
  if (marker.contains(document.activeElement) && stepping) return;
  const selection = getSelection();
  const range = selection.rangeCount && !selection.isCollapsed && selection.getRangeAt(0);
  if (!range || card.open || other.open || !range.intersectsNode(text)) return hideMarker();
  pending = passageOf(text, range);
  if (!pending) return hideMarker();
  showMarker(range);
}

function showMarker(range) {
  marker.hidden = false;
  const box = range.getBoundingClientRect(), size = marker.getBoundingClientRect();
  const above = box.top - size.height - 8;
  const top = above > 64 ? above : Math.min(box.bottom + 8, innerHeight - size.height - 64);
  const left = Math.max(8, Math.min(box.left + box.width / 2 - size.width / 2, document.documentElement.clientWidth - size.width - 8));
  marker.style.setProperty("--y", `${top + scrollY}px`);
  marker.style.setProperty("--x", `${left + scrollX}px`);
}

function reselect(range) {
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

function hideMarker() {
  marker.hidden = true;
  pending = null;
  stepping = null;
}

// The selection stays while its bar is used.
marker.addEventListener("pointerdown", (event) => event.preventDefault());
marker.addEventListener("click", ({ target }) => {
  const chosen = target.closest("button");
  if (!chosen || !pending) return;
  const passage = pending;
  getSelection().removeAllRanges();
  hideMarker();
  if (chosen.dataset.colour) mark(passage, { colour: chosen.dataset.colour });
  else openCard({ passage, quote: passage.quote, colour: lastColour, note: "", shared: false });
});

let lastColour = "yellow";

async function mark(passage, style, tell) {
  lastColour = style.colour;
  const done = await post(data.address, { ...passage, ...style }, tell);
  if (done) await load();
  return done;
}

// --- With keys: H takes the sentence at the top of the page, arrows go on ---

let stepping = null; // {paragraph, index, from: the passage where it began}

const paragraphs = () => [...text.querySelectorAll("[id^='p-']")].filter((one) => !one.closest("math") && one.textContent.trim());
const cut = (paragraph) => sentences(paragraph, paragraph.closest("[lang]")?.lang);

function beginStepping() {
  const shown = paragraphs().filter((one) => sentenceCount(one));
  const first = shown.find((one) => one.getBoundingClientRect().bottom > 80) ?? shown.at(-1);
  if (!first) return;
  const all = cut(first);
  const index = Math.max(0, all.findIndex((range) => range.getBoundingClientRect().bottom > 80));
  stepping = { paragraph: first, index, from: passageOf(text, all[index]) };
  choose(all[index]);
  marker.querySelector("button").focus();
}

const sentenceCount = (paragraph) => cut(paragraph).length;

function step(by, extend) {
  let { paragraph, index } = stepping;
  index += by;
  let all = cut(paragraph);
  if (index < 0 || index >= all.length) {
    const shown = paragraphs().filter(sentenceCount);
    paragraph = shown[shown.indexOf(paragraph) + by];
    if (!paragraph) return;
    all = cut(paragraph);
    index = by > 0 ? 0 : all.length - 1;
  }
  const from = extend ? stepping.from : passageOf(text, all[index]);
  stepping = { paragraph, index, from };
  choose(all[index], rangeOf(from));
}

function choose(range, from = range) {
  const joined = document.createRange();
  const forward = from.compareBoundaryPoints(Range.START_TO_START, range) <= 0;
  joined.setStart((forward ? from : range).startContainer, (forward ? from : range).startOffset);
  joined.setEnd((forward ? range : from).endContainer, (forward ? range : from).endOffset);
  reselect(joined);
  const box = range.getBoundingClientRect();
  if (box.top < 72 || box.bottom > innerHeight - 120) scrollBy({ top: box.top - innerHeight / 3, behavior: "instant" });
  pending = passageOf(text, joined);
  showMarker(joined);
  clearTimeout(selectTimer);
}

marker.addEventListener("keydown", (event) => {
  const buttons = [...marker.querySelectorAll("button")];
  const sideways = { ArrowRight: 1, ArrowLeft: -1 }[event.key], down = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (sideways) {
    const turn = getComputedStyle(marker).direction === "rtl" ? -sideways : sideways;
    buttons[(buttons.indexOf(document.activeElement) + turn + buttons.length) % buttons.length].focus();
  } else if (down && stepping) step(down, event.shiftKey);
  else if (event.key === "Escape") {
    getSelection().removeAllRanges();
    hideMarker();
  } else return;
  event.preventDefault();
  event.stopPropagation();
});

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.key?.toLowerCase() !== "h") return;
  if (event.target.closest?.("input, select, textarea, dialog, [contenteditable]") || card.open || other.open) return;
  event.preventDefault();
  if (marker.hidden) beginStepping();
  else marker.querySelector("button").focus();
});

// --- One highlight ---

const form = card.querySelector("form.mark-form"), problem = form.querySelector(".mark-problem");
let opened = null; // the highlight in the card, or {passage, …} that is to become one

function openCard(one) {
  opened = one;
  card.querySelector(".mark-quote").textContent = one.quote;
  card.querySelector(".mark-quote").dataset.colour = one.colour;
  form.elements.colour.value = one.colour;
  form.elements.note.value = one.note;
  form.elements.shared.checked = one.shared;
  card.querySelector("[data-remove]").hidden = !one.id;
  card.querySelector("[data-hidden]").hidden = !one.hidden;
  problem.hidden = true;
  card.showModal();
  if (!one.id) form.elements.note.focus();
}

const addressOf = (template, one) => template.replace("/0/", `/${one.id}/`);

function tellProblem(words) {
  problem.textContent = words;
  problem.hidden = false;
}

form.addEventListener("change", ({ target }) => {
  if (target.name === "colour") card.querySelector(".mark-quote").dataset.colour = target.value;
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const style = { colour: form.elements.colour.value, note: form.elements.note.value };
  if (form.elements.shared.checked) style.shared = "on";
  const done = opened.id
    ? await post(addressOf(data.change, opened), style, tellProblem)
    : await mark(opened.passage, style, tellProblem);
  if (!done) return;
  card.close();
  if (opened.id) await load();
});

card.querySelector("[data-remove]").addEventListener("click", async () => {
  if (!(await post(addressOf(data.remove, opened), {}, tellProblem))) return;
  card.close();
  await load();
});

for (const closes of card.querySelectorAll("[data-close]")) closes.addEventListener("click", () => card.close());

// A press beside the card closes it; one that began in it, as when words are selected, does not, nor does
// it take a note away that was not kept.
let pressed;
card.addEventListener("pointerdown", ({ target }) => (pressed = target));
card.addEventListener("click", ({ target }) => {
  if (target === card && pressed === card && form.elements.note.value === opened.note) card.close();
});

// --- One of others' ---

for (const sent of other.querySelectorAll("form[data-to]")) {
  sent.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await post(addressOf(data[sent.dataset.to], shown()), new FormData(sent));
    other.close();
    if (!done) return;
    say(done.said);
    await load();
  });
}

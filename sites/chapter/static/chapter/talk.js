// What readers say, beside the text: a count at each paragraph that is talked about, a panel with the
// comments, and both change while the page is open. Without this file a link leads to a page of them.

const find = (id) => document.getElementById(id);
const bubbles = find("bubbles"), panel = find("talk"), body = find("talk-body"), quote = find("talk-quote");
const reader = find("reader"), text = find("text"), way = find("talk-way");
const data = bubbles.dataset;

const EDGE = 8; // px between the text and its bubbles
const THUMB = 6; // px by which a bubble can be hit beside it (talk.css)
const QUOTED = 120; // characters of a paragraph above what is said of it
const WRITING_EVERY = 3_000; // ms between two times that the page says so
const WRITING_FOR = 6_000; // ms that somebody counts as writing
const OWN_WITHIN = 4_000; // ms in which one's own comment comes back; then the list is fetched
const SPREAD = 3_000; // ms over which pages fetch what all of them want at once

const { connection } = await import(find("live").dataset.client);
const line = connection();
const vertical = reader.dataset.writing !== "horizontal-tb";
const fromLeft = reader.dataset.writing === "vertical-lr"; // where the first line of a paragraph stands
const leftwards = text.parentElement.dir === "rtl";

// --- Counts beside the paragraphs; below them where lines run from top to bottom ---

if (vertical) text.after(bubbles); // they scroll with the lines

let counts = {}, muted = new Set();
let pointed = ""; // the paragraph that is looked at
let opened; // the paragraph that is talked about, null for all, undefined where the panel is closed
const drawn = new Map();

const label = (number) => (number === 1 ? data.one : data.many.replace("#", number));

function draw(paragraph) {
  const number = counts[paragraph] ?? 0, block = paragraph && find(paragraph);
  if (!block) return drawWay();
  let bubble = drawn.get(paragraph);
  if (!number && (!("writes" in data) || (paragraph !== pointed && paragraph !== opened))) {
    bubble?.remove();
    drawn.delete(paragraph);
    return drawWay();
  }
  if (!bubble) {
    bubble = document.createElement("a");
    bubble.href = `${data.address}?paragraph=${paragraph}`;
    bubble.className = "bubble";
    bubble.dataset.paragraph = paragraph;
    drawn.set(paragraph, bubble);
    bubbles.append(bubble);
  }
  bubble.textContent = number || "+";
  bubble.classList.toggle("is-empty", !number);
  bubble.classList.toggle("is-open", paragraph === opened);
  bubble.setAttribute("aria-label", number ? label(number) : data.add);
  place(bubble, block);
  drawWay();
}

function drawWay() {
  const all = Object.values(counts).reduce((sum, number) => sum + number, 0), number = way.querySelector("b");
  number.textContent = all;
  number.hidden = !all;
}

function place(bubble, block) {
  if (vertical) return placeBelow(bubble, block);
  const frame = bubbles.getBoundingClientRect(), box = block.getBoundingClientRect(), column = text.getBoundingClientRect();
  const size = bubble.offsetWidth, needed = size + EDGE + THUMB;
  const wide = frame.right - column.right >= needed && column.left - frame.left >= needed;
  const beside = leftwards ? column.left - frame.left - size - EDGE : column.right - frame.left + EDGE;
  const atEdge = leftwards ? 0 : frame.width - size;
  bubble.style.left = `${wide ? beside : atEdge}px`;
  // On a phone the last line leaves most room.
  bubble.style.top = `${wide ? box.top - frame.top : box.bottom - frame.top - bubble.offsetHeight}px`;
  bubble.classList.toggle("is-tab", !wide);
}

/** Below a paragraph's first line. */
function placeBelow(bubble, block) {
  const frame = bubbles.getBoundingClientRect(), box = block.getBoundingClientRect(), column = text.getBoundingClientRect();
  const first = fromLeft ? box.left : box.right - bubble.offsetWidth;
  bubble.style.left = `${first - frame.left}px`;
  bubble.style.top = `${column.bottom - frame.top + EDGE}px`;
}

const placeAll = () => drawn.forEach((bubble, paragraph) => find(paragraph) && place(bubble, find(paragraph)));
const resized = new ResizeObserver(() => requestAnimationFrame(placeAll));
resized.observe(text);
resized.observe(text.parentElement); // beside an open panel there is less room

function count(paragraph, change) {
  counts[paragraph] = Math.max(0, (counts[paragraph] ?? 0) + change);
  draw(paragraph);
}

function point({ target }) {
  const block = target.closest?.("[id^='p-']");
  if (!block || block.id === pointed) return;
  const before = pointed;
  pointed = block.id;
  if (before) draw(before);
  draw(pointed);
}

text.addEventListener("pointerover", point);
text.addEventListener("click", point);

// --- The panel ---

let loads = 0, loading = false, template, cameFrom;
let waiting = []; // what happens while the list is on its way

const addressOf = (paragraph) => `${data.address}?part=list${paragraph === null ? "" : `&paragraph=${paragraph}`}`;

async function open(paragraph) {
  const before = opened;
  opened = paragraph;
  if (before) draw(before);
  if (paragraph) draw(paragraph);
  const words = (paragraph && find(paragraph)?.textContent.trim()) || "";
  quote.textContent = words.length > QUOTED ? `${words.slice(0, QUOTED).trimEnd()}…` : words;
  quote.hidden = !words;
  panel.hidden = false;
  body.replaceChildren();
  find("talk-title").focus({ preventScroll: true });
  await load();
}

function close() {
  const before = opened;
  opened = undefined;
  panel.hidden = true;
  if (before) draw(before);
  cameFrom?.focus({ preventScroll: true });
}

async function load() {
  const asked = ++loads;
  loading = true;
  const answer = await fetch(addressOf(opened)).catch(() => null);
  const words = answer?.ok ? await answer.text() : null;
  if (asked !== loads || opened === undefined) return;
  loading = false;
  if (words !== null) show(words);
  else if (!body.childElementCount) body.textContent = data.failed;
  for (const [kind, given] of waiting) change(kind, given);
  waiting = [];
}

function show(words) {
  const at = document.activeElement, where = body.contains(at) && at.name === "text" && placeOf(at.form);
  const { selectionStart: from, selectionEnd: to } = where ? at : {};
  body.innerHTML = words; // the house's own page, in which every text is escaped
  template = find("talk-template");
  for (const form of body.querySelectorAll("form[data-write]")) {
    putBack(form);
    if (placeOf(form) !== where) continue;
    form.elements.text.focus({ preventScroll: true });
    form.elements.text.setSelectionRange(from, to);
  }
}

// What somebody has typed and not sent stays, whatever becomes of the list around it.
const typed = new Map(); // paragraph and whom it answers → {text, spoiler}

const placeOf = ({ elements: { paragraph, parent } }) => `${paragraph.value} ${parent?.value ?? ""}`;

function keep({ target: { form } }) {
  if (!form || !("write" in form.dataset)) return;
  const { text, spoiler } = form.elements;
  if (text.value || spoiler.checked) typed.set(placeOf(form), { text: text.value, spoiler: spoiler.checked });
  else typed.delete(placeOf(form));
}

function putBack(form) {
  const words = typed.get(placeOf(form));
  if (!words) return;
  form.elements.text.value = words.text;
  form.elements.spoiler.checked = words.spoiler;
  form.closest("details")?.setAttribute("open", "");
}

async function older(link) {
  const answer = await fetch(`${link.href}&part=list`).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const rows = [...page.querySelectorAll("#comment-list > li")].filter((row) => !find(row.id));
  find("comment-list").append(...rows);
  for (const row of rows) row.querySelectorAll("form[data-write]").forEach(putBack);
  link.parentElement.replaceWith(...page.querySelectorAll(".comments-more"));
}

// --- What happens ---

const isHere = (paragraph) => opened === null || opened === paragraph;
const isMuted = ({ by, to }) => muted.has(by) || muted.has(to);

const events = {
  comment_written(given) {
    if (isMuted(given)) return;
    count(given.paragraph, 1);
    writers.delete(given.by);
    showWriters();
    if (isHere(given.paragraph)) change("comment_written", given);
  },
  comment_edited: (given) => change("comment_edited", given),
  comment_deleted: (given) => gone("comment_deleted", given),
  comment_hidden: (given) => gone("comment_hidden", given),
  comment_restored(given) {
    if (isMuted(given)) return;
    count(given.paragraph, 1);
    if (isHere(given.paragraph)) setTimeout(() => opened !== undefined && load(), Math.random() * SPREAD);
  },
  comment_liked: (given) => change("comment_liked", given),
};

function gone(kind, given) {
  if (isMuted(given)) return;
  count(given.paragraph, -1);
  change(kind, given);
}

function change(kind, given) {
  if (opened === undefined) return;
  if (loading) return void waiting.push([kind, given]);
  const row = find(`comment-${given.comment}`);
  if (kind === "comment_written") return row || insert(given);
  if (!row) return;
  if (kind === "comment_edited") {
    say(row, given);
    row.querySelector(".comment-edited").hidden = false;
  } else if (kind === "comment_liked") liked(row, given);
  else if (row.querySelector(".answers").children.length) {
    const box = row.querySelector(".comment-box");
    for (const part of box.querySelectorAll(".comment-spoiler, .comment-text, .comment-foot")) part.remove();
    const words = document.createElement("p");
    words.className = "comment-gone";
    words.textContent = kind === "comment_deleted" ? data.deleted : data.hidden;
    box.append(words);
  } else row.remove();
}

function insert(given) {
  if (!template) return;
  const answered = given.parent && find(`comment-${given.parent}`);
  if (given.parent && !answered) return; // on an older page
  const row = template.content.cloneNode(true).querySelector("li");
  row.id = `comment-${given.comment}`;
  Object.assign(row.dataset, { comment: given.comment, by: given.by, paragraph: given.paragraph });
  for (const part of row.querySelectorAll("[href], [action]")) {
    const name = part.hasAttribute("href") ? "href" : "action";
    part.setAttribute(name, part.getAttribute(name).replace("/comments/0/", `/comments/${given.comment}/`));
  }
  row.querySelector(".comment-name").textContent = given.name || data.nameless;
  row.querySelector("time").textContent = data.now;
  for (const field of row.querySelectorAll("input[name=parent]")) field.value = given.comment;
  for (const field of row.querySelectorAll("input[name=paragraph]")) field.value = given.paragraph;
  if (given.parent) row.querySelector(".comment-answer")?.remove();
  const more = row.querySelector(".comment-more"), own = given.by === data.me;
  if (more) more.textContent = own ? more.dataset.own : more.dataset.other;
  if (data.me) row.querySelector(own ? "[data-like]" : ".comment-liked")?.remove();
  say(row, given);
  if (answered) answered.querySelector(".answers").append(row);
  else find("comment-list").prepend(row);
  body.querySelector(".talk-none").hidden = true;
}

function say(row, { text, spoiler }) {
  const box = row.querySelector(".comment-box");
  const plain = box.querySelector(".comment-plain"), covered = box.querySelector(".comment-spoiler");
  if (!plain) return;
  plain.textContent = spoiler ? "" : text;
  covered.querySelector("p").textContent = spoiler ? text : "";
  plain.hidden = spoiler;
  covered.hidden = !spoiler;
}

function liked(row, { by, liked: does, likes: all }) {
  const likes = all - mutedLikes(row, by, does);
  const foot = row.querySelector(".comment-foot"), number = foot?.querySelector(".comment-likes");
  if (!number) return;
  number.textContent = likes;
  number.hidden = !likes;
  const shown = foot.querySelector(".comment-liked");
  if (shown) shown.hidden = !likes;
  if (by === data.me) press(foot.querySelector("[data-like]"), does);
}

/** How many like it whom this reader has muted; the row keeps who. */
function mutedLikes(row, by, does) {
  const who = new Set(row.dataset.mutedLikes?.match(/\S+/g));
  if (does && muted.has(by)) who.add(by);
  else who.delete(by);
  row.dataset.mutedLikes = [...who].join(" ");
  return who.size;
}

function press(form, does) {
  form?.querySelector("button").setAttribute("aria-pressed", does);
  if (form) form.elements.like.value = does ? "no" : "yes";
}

// --- Who is writing ---

const writers = new Map(); // person → [name, timer]

function writes({ by, name, paragraph }) {
  if (by === data.me || muted.has(by) || opened === undefined || !isHere(paragraph)) return;
  clearTimeout(writers.get(by)?.[1]);
  const timer = setTimeout(() => {
    writers.delete(by);
    showWriters();
  }, WRITING_FOR);
  writers.set(by, [name || data.nameless, timer]);
  showWriters();
}

function showWriters() {
  const place = find("talk-writing");
  if (!place) return;
  const [first] = writers.values();
  place.hidden = !first;
  const words = writers.size > 1 ? data.writingMany.replace("#", () => writers.size) : data.writing.replace("#", () => first?.[0]);
  place.textContent = first ? words : "";
}

panel.addEventListener("input", keep);

let saidAt = -Infinity;
panel.addEventListener("input", ({ target }) => {
  if (target.name !== "text" || performance.now() - saidAt < WRITING_EVERY) return;
  saidAt = performance.now();
  line.say(data.room, "writing", { paragraph: target.form.elements.paragraph?.value ?? "" });
});

// --- Forms and ways ---

panel.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter ?? form.querySelector("button");
  event.preventDefault();
  const fields = new FormData(form);
  fields.delete("next");
  button.disabled = true;
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(fields) }).catch(() => null);
  button.disabled = false;
  const error = form.querySelector(".talk-error");
  if (!answer?.ok) {
    const plain = answer?.headers.get("content-type")?.startsWith("text/plain");
    const words = plain ? await answer.text() : data.failed;
    if (error) Object.assign(error, { textContent: words, hidden: false });
    return;
  }
  if ("like" in form.dataset) return press(form, fields.get("like") === "yes");
  if (error) error.hidden = true;
  if (form.elements.text.value === fields.get("text")) form.reset(); // and not what was typed since
  keep({ target: { form } });
  form.closest("details")?.removeAttribute("open");
  const own = answer.headers.get("X-Comment");
  setTimeout(() => opened !== undefined && own && !find(`comment-${own}`) && load(), line.state === "open" ? OWN_WITHIN : 0);
});

document.addEventListener("click", (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const bubble = target.closest?.(".bubble"), link = target.closest?.("#talk-way, .comments-more a");
  if (target.closest?.("#talk-close")) return close();
  if (!bubble && !link) return;
  event.preventDefault();
  if (link && link !== way) return older(link);
  cameFrom = bubble ?? way;
  open(bubble ? bubble.dataset.paragraph : null);
});

/** Has what stands here not been scrolled past? */
function isToRead(box) {
  const frame = text.parentElement.getBoundingClientRect();
  if (vertical) return fromLeft ? box.right > frame.left : box.left < frame.right;
  return box.bottom > (reader.getBoundingClientRect().top > 0 ? 0 : 76); // below the bar
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && opened !== undefined) return close();
  if (event.key?.toLowerCase() !== "c" || event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  event.preventDefault();
  const block = [...text.querySelectorAll("[id^='p-']")].find((one) => isToRead(one.getBoundingClientRect()));
  cameFrom = undefined;
  open(block?.id ?? null);
});

line.join(data.room, {
  snapshot(how) {
    counts = how.counts;
    muted = new Set(how.muted);
    for (const paragraph of new Set([...drawn.keys(), ...Object.keys(counts)])) draw(paragraph);
    if (opened !== undefined && !loading && body.childElementCount) load();
  },
  event: (kind, given) => events[kind]?.(given),
  transient: (kind, given) => kind === "writing" && writes(given),
});

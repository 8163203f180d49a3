// The reader, where scripts run: the place is kept by paragraph, settings apply at once, and the
// bar gives way to the text. Without this file everything can still be reached and done.

const find = (id) => document.getElementById(id);
const reader = find("reader"), chapter = document.querySelector(".chapter"), text = find("text");
const bar = find("bar"), foot = find("foot"), line = find("line"), left = find("left");
const aa = find("aa"), settings = find("settings"), keys = find("keys"), endPoint = find("end-point");
const data = reader.dataset;
const vertical = data.writing !== "horizontal-tb";
const mirrored = line.dir === "rtl";

const REST = 72; // px from the top where a place that is found again comes to stand (reader.css)
const READING_LINE = vertical ? 4 : REST + 4; // what ends before this line has been read
const SLACK = 4; // px: smaller moves are rounding, or the page settling by itself
const SETTLING = 3000; // ms within which a page that opens moves by itself, unless somebody moves it
const SETTLED = 1500; // ms of rest before the place is sent: a page turn a second sends nothing
const PLACES_KEPT = 50; // books whose place this browser keeps for people without an account
const BAR_STAYS = 80; // px from the start of the page within which the bar does not leave

// --- Along the page: distances run from the side where the text begins, whichever that is ---

const page = {
  start(box) {
    if (!vertical) return box.top;
    const frame = chapter.getBoundingClientRect();
    return data.writing === "vertical-rl" ? frame.right - box.right : box.left - frame.left;
  },
  length: (box) => (vertical ? box.width : box.height),
  view: () => (vertical ? chapter.clientWidth : innerHeight - foot.offsetHeight),
  scrolled: () => Math.abs(vertical ? chapter.scrollLeft : scrollY),
  by(distance) {
    if (vertical) chapter.scrollLeft += data.writing === "vertical-rl" ? -distance : distance;
    else scrollBy({ top: distance, behavior: "instant" });
  },
};

// Blocks that a place can name, innermost first; a table counts as one.
const blocks = [...text.querySelectorAll("[id^='p-']")].filter(
  (block) =>
    !block.parentElement.closest("table[id]") &&
    (block.localName === "table" || !block.querySelector("[id^='p-']")),
);

function firstInView() {
  let low = 0, high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const box = blocks[middle].getBoundingClientRect();
    if (page.start(box) + page.length(box) > READING_LINE) high = middle;
    else low = middle + 1;
  }
  return blocks[Math.min(low, blocks.length - 1)];
}

// How far the page has come on its way to the text's end touching the foot, 0 to 1.
function partScrolled(box) {
  const whole = page.length(box) - page.view() + READING_LINE;
  if (whole <= 0) return page.scrolled() > SLACK ? 1 : 0;
  const part = (READING_LINE - page.start(box)) / whole;
  return part > 0.9995 ? 1 : Math.max(0, part);
}

// How much of the text lies before the reading line; that is nearly the same at every width. Where
// the end is in view, all has been read.
function fractionRead(box) {
  if (partScrolled(box) === 1) return 1;
  return Math.max(0, Math.min(1, (READING_LINE - page.start(box)) / page.length(box)));
}

// --- The anchor: what stands at the reading line, so that it stays there when the page changes ---

let anchor; // {block, part of the block above the line, gap between line and block, rest}
let place; // {paragraph, fraction}: what is kept

const offAnchor = () => {
  const box = anchor.block.getBoundingClientRect();
  return page.start(box) + anchor.part * page.length(box) - READING_LINE - anchor.gap;
};

function take(block, part, gap) {
  anchor = block && { block, part, gap, rest: 0 };
}

function look() {
  const block = firstInView();
  if (block) {
    const box = block.getBoundingClientRect();
    const above = READING_LINE - page.start(box);
    take(block, Math.max(0, above) / page.length(box), Math.max(0, -above));
  }
  const fraction = fractionRead(text.getBoundingClientRect());
  place = { paragraph: (fraction > 0 && block?.id) || "", fraction };
}

function pin() {
  if (!anchor || (page.scrolled() < SLACK && !anchor.found)) return;
  page.by(offAnchor());
  anchor.rest = offAnchor(); // the page's end may have kept it from its line
  show();
}

function show() {
  const box = text.getBoundingClientRect(), fraction = fractionRead(box);
  line.style.setProperty("--part", partScrolled(box).toFixed(4));
  const minutes = Math.max(1, Math.ceil(data.minutes * (1 - fraction)));
  const sentence = fraction === 1 ? data.done : data.left.replace("#", minutes);
  if (left.textContent !== sentence) left.textContent = sentence;
  data.read = fraction.toFixed(4); // live.js compares it with the place on another device
}

// --- Keeping the place ---

const STORE = "esensi.places";
let sent = "", timer;

function localPlaces() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

function keepLocally() {
  const places = { ...localPlaces(), [data.book]: { ...place, number: +data.number, at: Date.now() } };
  const latest = Object.entries(places).sort(([, a], [, b]) => b.at - a.at).slice(0, PLACES_KEPT);
  try {
    localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(latest)));
  } catch {} // a browser that keeps nothing
}

const post = (url, fields) =>
  fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": settings.elements.csrfmiddlewaretoken?.value ?? "" },
    keepalive: true,
  });

async function keep() {
  clearTimeout(timer);
  const fields = { paragraph: place.paragraph, fraction: place.fraction.toFixed(6) };
  const key = JSON.stringify(fields);
  if (key === sent) return;
  sent = key;
  if (!data.placeUrl) return keepLocally();
  const answer = await post(data.placeUrl, fields).catch(() => null);
  if (answer?.ok) return;
  sent = ""; // the next move tries again
  keepLocally();
}

const keepSoon = () => {
  clearTimeout(timer);
  timer = setTimeout(keep, SETTLED);
};

// --- Scrolling ---

let frame = 0, barScroll = 0;
let settling = true; // typefaces arrive, lines grow: whoever opened the page has not read on by that
const settle = () => (settling = false);

function moved() {
  frame = 0;
  if (!anchor) return show();
  const off = offAnchor() - anchor.rest;
  if (settling || Math.abs(off) < SLACK) return show();
  turnBar(off < 0);
  look();
  show();
  keepSoon();
}

function turnBar(forward) {
  const here = page.scrolled();
  if (!forward || here < BAR_STAYS || vertical) bar.classList.remove("is-away");
  else if (here - barScroll > SLACK && !aa.open) bar.classList.add("is-away");
  barScroll = here;
}

(vertical ? chapter : window).addEventListener(
  "scroll",
  () => {
    frame ||= requestAnimationFrame(moved);
  },
  { passive: true },
);

let width = innerWidth, height = innerHeight;
addEventListener("resize", () => {
  // A phone's address bar comes and goes; that changes no line of the text.
  if (width !== innerWidth || (vertical && height !== innerHeight)) pin();
  [width, height] = [innerWidth, innerHeight];
  show();
});

// A page that was opened behind others has not been read.
let seen = !document.hidden;
const leave = () => seen && keep();
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return leave();
  seen = true;
  keepSoon();
});

// --- Coming in: at the paragraph of the address, else where this book was left ---

function comeIn() {
  const local = "local" in data && localPlaces()[data.book];
  const kept = data.fraction
    ? { paragraph: data.paragraph, fraction: +data.fraction }
    : local?.number === +data.number && local.fraction < 1 && local;
  const asked = decodeURIComponent(location.hash.slice(1));
  const how = performance.getEntriesByType("navigation")[0]?.type;
  look();
  if (data.fraction) sent = JSON.stringify({ paragraph: kept.paragraph, fraction: kept.fraction.toFixed(6) });
  if (how === "reload" || how === "back_forward") return; // the browser knows the very line
  if (asked && !asked.startsWith("p-")) return;
  const block = find(asked) ?? (kept && find(kept.paragraph));
  if (block) {
    take(block, 0, vertical ? -READING_LINE : REST - READING_LINE);
    anchor.found = true;
    if (kept && block.id === kept.paragraph) place = kept;
    pin();
    if (place !== kept) place = { paragraph: block.id, fraction: fractionRead(text.getBoundingClientRect()) };
  } else if (kept && kept.fraction > 0) {
    const box = text.getBoundingClientRect();
    page.by(page.start(box) - READING_LINE + kept.fraction * page.length(box));
    look();
    anchor.found = true;
  }
}

if (blocks.length) {
  comeIn();
  if (seen) keepSoon();
  for (const act of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(act, settle, { once: true, passive: true, capture: true });
  setTimeout(settle, SETTLING);
  document.fonts?.ready.then(pin);
  const loaded = () => document.fonts.ready.then(pin).then(() => requestAnimationFrame(() => requestAnimationFrame(settle)));
  if (document.readyState === "complete") loaded();
  else addEventListener("load", () => (pin(), loaded()));
} else look();
show();

// --- Text settings ---

const SIZES = { smallest: 16, largest: 26 };
let settingsTimer;

function choose(name, value) {
  if (name === "theme") {
    if (value) document.documentElement.dataset.theme = value;
    else delete document.documentElement.dataset.theme;
  } else data[name] = value;
  if (name === "size") setSteps();
  pin();
  clearTimeout(settingsTimer);
  settingsTimer = setTimeout(saveSettings, 400);
}

function saveSettings() {
  const form = new FormData(settings);
  post(settings.action, {
    theme: form.get("theme"), face: form.get("face"), measure: form.get("measure"), size: data.size,
  }).catch(() => {}); // they hold on this page, and are sent with the next change
}

function setSteps() {
  const size = +data.size;
  for (const [button, step, limit] of [[smaller, -1, SIZES.smallest], [larger, 1, SIZES.largest]]) {
    button.disabled = size === limit;
    button.value = size + step;
  }
}

const [smaller, larger] = settings.querySelectorAll(".step");
settings.addEventListener("change", ({ target }) => choose(target.name, target.value));
settings.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name === "size") choose("size", event.submitter.value);
});
for (const button of settings.querySelectorAll("[data-without-script]")) button.hidden = true;
for (const button of settings.querySelectorAll("[data-with-script]")) button.hidden = false;

document.addEventListener("click", ({ target }) => {
  if (aa.open && !aa.contains(target)) aa.open = false;
  else if (target.dataset?.withScript === "keys") openKeys();
  else if (target === keys) keys.close();
  else if (text.contains(target) && !target.closest("a, button, summary") && getSelection().isCollapsed) {
    bar.classList.toggle("is-away", !bar.classList.contains("is-away") && page.scrolled() > BAR_STAYS && !vertical);
  }
});
bar.addEventListener("focusin", () => bar.classList.remove("is-away"));

function openKeys() {
  aa.open = false;
  keys.showModal();
}

// --- Keys ---

const follow = (id) => find(id)?.click();
const step = (button) => button.disabled || button.click();
const along = (part) => page.by(part * page.view());
const actions = {
  t: () => follow("contents"),
  a: () => {
    bar.classList.remove("is-away");
    aa.open = !aa.open;
    aa.querySelector(aa.open ? "input:checked" : "summary").focus();
  },
  "+": () => step(larger),
  "=": () => step(larger),
  "-": () => step(smaller),
  "?": openKeys,
  ...(vertical
    ? {
        ArrowLeft: () => along(mirrored ? 0.1 : -0.1),
        ArrowRight: () => along(mirrored ? -0.1 : 0.1),
        PageDown: () => along(0.9),
        PageUp: () => along(-0.9),
        " ": () => along(0.9),
      }
    : {
        ArrowLeft: () => follow(mirrored ? "next" : "previous"),
        ArrowRight: () => follow(mirrored ? "previous" : "next"),
      }),
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (event.key === "Escape" && aa.open) {
    aa.open = false;
    aa.querySelector("summary").focus();
    return;
  }
  const focused = event.target.closest?.bind(event.target) ?? (() => null);
  if (focused("input, select, textarea, [contenteditable], pre, math, .scroll")) return;
  if (event.key === " " && focused("a, button, summary")) return; // they answer to it themselves
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

if (vertical) {
  chapter.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      event.preventDefault();
      page.by(event.deltaY);
    },
    { passive: false },
  );
}

// --- The point glides from the hairline to what comes next ---

new IntersectionObserver(
  ([entry]) => {
    foot.classList.toggle("has-arrived", entry.isIntersecting);
    if (!entry.isIntersecting || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const from = line.getBoundingClientRect(), to = endPoint.getBoundingClientRect();
    const x = (mirrored ? from.left : from.right - to.width) - to.left;
    endPoint.animate(
      [{ transform: `translate(${x}px, ${from.top - to.top}px)` }, { transform: "none" }],
      { duration: 600, easing: "ease-out" },
    );
  },
  { rootMargin: `0px 0px -${foot.offsetHeight}px` },
).observe(endPoint);

// --- Notes lead back to where they were called ---

text.addEventListener("click", ({ target }) => {
  const call = target.closest?.("a[role='doc-noteref'][href^='#']");
  const note = call && find(call.hash.slice(1));
  const from = call?.closest("[id^='p-']");
  if (!note || !from || note.closest("aside, li, section")?.querySelector("a[role='doc-backlink']")) return;
  const back = document.createElement("a");
  back.setAttribute("role", "doc-backlink");
  back.href = `#${from.id}`;
  back.textContent = "↩";
  note.append(" ", back);
});

// A book's numbers while the page is open. Who reads now is told by the book's room. That something
// else has changed is told by the room of its numbers, and they are asked for then: at most once in two
// seconds, however much happens. While the line is away they are asked for every ten seconds; never
// while nobody looks.

const AT_MOST_EVERY = 2_000; // ms
const ASK_EVERY = 10_000; // without a line
const ASK_ANYWAY = 5 * 60_000; // with one: weeks begin, people leave
const ANSWERS_WITHIN = 20_000;
const DRAW_EVERY = 10_000;
const KEPT = 90, WIDTH = 240, HEIGHT = 40, EDGE = 3; // points of the line, a quarter of an hour; its box

const page = document.getElementById("numbers-live");
const data = page.dataset;
const language = document.documentElement.lang || undefined;
const { connection } = await import(data.client);
const line = connection();
let timer, due = Infinity, asked = performance.now(), isAsking = false, isMissed = false, isHeard = false;
let now = null;
const past = [];

function show(name, value) {
  page.querySelector(`[data-figure="${name}"]`).textContent = value === null ? data.none : value.toLocaleString(language);
}

function draw() {
  if (now !== null) past.push(now);
  if (past.length > KEPT) past.shift();
  const most = Math.max(...past, 1), step = WIDTH / Math.max(past.length - 1, 1);
  const points = past.map((value, place) => `${(place * step).toFixed(1)},${(HEIGHT - EDGE - (value / most) * (HEIGHT - 2 * EDGE)).toFixed(1)}`);
  document.getElementById("numbers-line").setAttribute("points", points.join(" "));
}

function showChart(box, { says, labels, values, rows }) {
  const canvas = box.querySelector("canvas"), chart = canvas && globalThis.Chart?.getChart(canvas);
  if (!chart) return labels.length && !canvas ? location.reload() : undefined; // the first reader of all
  chart.data.labels = labels;
  for (const [place, numbers] of values.entries()) chart.data.datasets[place].data = numbers;
  chart.update("none");
  box.querySelector(".desk-fact").textContent = says;
  box.querySelector(".desk-chart").setAttribute("aria-label", says);
  const body = box.querySelector("tbody"), blank = body.rows[0];
  body.replaceChildren(...rows.map(([label, cells]) => {
    const row = blank.cloneNode(true);
    for (const [place, words] of [label, ...cells].entries()) row.cells[place].textContent = words;
    return row;
  }));
}

/** Something is another than before: ask, though not sooner than two seconds after the last time. */
function changed() {
  if (isAsking) isMissed = true;
  else askIn(Math.max(0, asked + AT_MOST_EVERY - performance.now()));
}

function askIn(ms) {
  const at = performance.now() + ms;
  if (at >= due) return; // it is asked for sooner
  due = at;
  clearTimeout(timer);
  timer = setTimeout(ask, ms);
}

async function ask() {
  due = Infinity;
  asked = performance.now();
  isAsking = true;
  isMissed = false;
  try {
    if (!document.hidden) await showAll();
  } catch {
    // The next attempt tells.
  } finally {
    isAsking = false;
    if (isMissed) changed();
    else askIn(isHeard ? ASK_ANYWAY : ASK_EVERY);
  }
}

async function showAll() {
  const answer = await fetch(data.now, { redirect: "manual", signal: AbortSignal.timeout(ANSWERS_WITHIN) });
  if (!answer.ok) return;
  const { figures, charts } = await answer.json();
  for (const [name, value] of Object.entries(figures)) show(name, value);
  for (const [name, chart] of Object.entries(charts)) showChart(page.querySelector(`[data-chart="${name}"]`), chart);
}

line.join(data.book, {
  presence({ count }) {
    now = count;
    show("now", count);
    draw();
  },
}, { quiet: true });
line.join(data.numbers, { snapshot: changed, event: changed }, { quiet: true });
line.watch((state) => {
  isHeard = state === "open";
  if (!isHeard) askIn(ASK_EVERY);
});
document.addEventListener("visibilitychange", () => document.hidden || changed());
setInterval(() => document.hidden || draw(), DRAW_EVERY);

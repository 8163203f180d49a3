// A book's numbers while the page is open. Who reads now is told by the book's room; the rest is asked
// for every ten seconds, and not while nobody looks.

const ASK_EVERY = 10_000; // ms
const KEPT = 90, WIDTH = 240, HEIGHT = 40, EDGE = 3; // points of the line, a quarter of an hour; its box

const page = document.getElementById("numbers-live");
const data = page.dataset;
const language = document.documentElement.lang || undefined;
const { connection } = await import(data.client);
const line = connection();
let timer, now = null;
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

function askLater(ms) {
  clearTimeout(timer);
  timer = setTimeout(ask, ms);
}

async function ask() {
  try {
    if (document.hidden) return;
    const answer = await fetch(data.now, { redirect: "manual" });
    if (!answer.ok) return;
    const { figures, charts } = await answer.json();
    for (const [name, value] of Object.entries(figures)) show(name, value);
    for (const [name, chart] of Object.entries(charts)) showChart(page.querySelector(`[data-chart="${name}"]`), chart);
    draw();
  } catch {
    // The next attempt tells.
  } finally {
    askLater(ASK_EVERY);
  }
}

line.join(data.book, {
  presence({ count }) {
    now = count;
    show("now", count);
    draw();
  },
}, { quiet: true });
document.addEventListener("visibilitychange", () => document.hidden || askLater(0));
askLater(ASK_EVERY);

// The operations page while it is open: every report of the room "operations" brings new figures, and
// each figure the line of its last minutes. Without this file the page shows how things stood when it
// was opened.

const page = document.getElementById("operations");
const live = document.getElementById("live");
const language = document.documentElement.lang || undefined;

const KEPT = 180; // points of a line: a quarter of an hour of reports
const WIDTH = 240, HEIGHT = 56, EDGE = 3; // of the drawing, as the page's SVG says

const none = page.dataset.none;
const number = (value) => (value === null ? none : value.toLocaleString(language));
const states = Object.fromEntries(
  [...page.querySelectorAll("[data-state]")].map((word) => [word.dataset.state, word.textContent]),
);

// --- Figures ---

const past = new Map(); // figure → [{ at, value }]

function draw(figure, report) {
  const key = figure.dataset.figure, value = report[key];
  figure.querySelector("[data-now]").textContent = number(value);
  const points = past.get(key) ?? past.set(key, []).get(key);
  points.push({ at: Date.parse(report.at), value });
  if (points.length > KEPT) points.shift();
  const known = points.filter((point) => point.value !== null);
  if (known.length < 2) return;
  const first = known[0].at, span = known.at(-1).at - first || 1;
  const most = Math.max(...known.map((point) => point.value));
  const height = (value) => HEIGHT - EDGE - (most && (value / most) * (HEIGHT - 2 * EDGE));
  const line = known.map(({ at, value }) => `${(((at - first) / span) * WIDTH).toFixed(1)},${height(value).toFixed(1)}`);
  figure.querySelector("polyline").setAttribute("points", line.join(" "));
  const words = [number(most), Math.max(1, Math.round(span / 60_000))];
  figure.querySelector("[data-past]").textContent = page.dataset.words.replace(/#/g, () => words.shift());
}

// --- Instances ---

const rows = document.getElementById("ops-rows");
const blank = document.getElementById("ops-row");

function rowOf(id) {
  const found = rows.querySelector(`[data-instance="${CSS.escape(id)}"]`);
  if (found) return found;
  const row = blank.content.firstElementChild.cloneNode(true);
  row.dataset.instance = id;
  for (const form of row.querySelectorAll("form")) form.action = form.action.replace(/0{8}(-0{4}){3}-0{12}/, id);
  row.querySelector('[data-way="connections"]').search = `?instance=${id}`;
  rows.append(row);
  return row;
}

function fill(row, instance) {
  row.dataset.is = instance.state;
  for (const cell of row.querySelectorAll("[data-cell]")) {
    const value = instance[cell.dataset.cell];
    if (cell.dataset.cell === "state") cell.textContent = states[value];
    else cell.textContent = typeof value === "string" ? value || none : number(value);
  }
  const drains = instance.state === "draining";
  for (const form of row.querySelectorAll("form")) form.hidden = (form.dataset.way === "serve") !== drains;
}

function show(report) {
  document.getElementById("ops-at").textContent = new Date(report.at).toLocaleTimeString("en-GB", { timeZone: page.dataset.zone });
  for (const figure of page.querySelectorAll("[data-figure]")) draw(figure, report);
  for (const fact of page.querySelectorAll("[data-fact]")) {
    const value = report[fact.dataset.fact];
    fact.textContent = number("share" in fact.dataset ? Math.round(value * 100) : value);
  }
  const known = new Set(report.instances.map((instance) => instance.id));
  for (const row of [...rows.children]) if (!known.has(row.dataset.instance)) row.remove();
  for (const instance of report.instances) fill(rowOf(instance.id), instance);
  const more = document.getElementById("ops-unlisted");
  more.hidden = !report.unlisted;
  more.textContent = more.dataset.words.replace("#", report.unlisted);
}

const { connection } = await import(live.dataset.client);
connection().join("operations", {
  snapshot: show,
  transient: (kind, report) => kind === "operations_reported" && show(report),
});

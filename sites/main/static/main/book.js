// A book's page keeps up while it is open: its chapters, its length and its reviews are fetched anew when
// its room says that they have changed, as this very person sees them. Nothing is replaced under
// somebody's hands: what has the focus, or is open, waits.

const live = document.getElementById("live");
const { connection } = await import(live.dataset.client);

const SOON = 500, SPREAD = 1_500; // ms: all who look hear it at once, and ask spread over this time
const EVERY = 5_000; // ms between two times that one page asks
const CHANGED = new Set(["reviews_changed", "chapters_published"]);

let timer, last = -EVERY, waiting = null, turn = 0;

function soon() {
  if (timer) return;
  const wait = Math.max(SOON + Math.random() * SPREAD, last + EVERY - performance.now());
  timer = setTimeout(fetchNow, wait);
}

async function fetchNow() {
  timer = 0;
  last = performance.now();
  const asked = ++turn;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || asked !== turn) return;
  waiting = new DOMParser().parseFromString(await answer.text(), "text/html");
  replace();
}

const isInUse = (part) =>
  (part.contains(document.activeElement) && document.activeElement !== document.body) || part.querySelector("details[open]");

/** Put in place what is there now, except what somebody is using. */
function replace() {
  if (!waiting) return;
  let left = false;
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const now = waiting.getElementById(part.id);
    if (!now || now.innerHTML === part.innerHTML) continue;
    if (isInUse(part)) left = true;
    else part.replaceChildren(...document.importNode(now, true).childNodes);
  }
  if (!left) waiting = null;
}

// When somebody has finished with it.
document.addEventListener("focusout", () => setTimeout(replace, SOON));
document.addEventListener("toggle", () => setTimeout(replace, SOON), true);

let known = false;

connection().join(
  live.dataset.book,
  {
    snapshot() {
      if (known) soon(); // away for longer than events are kept
      known = true;
    },
    event: (kind) => CHANGED.has(kind) && soon(),
  },
  { quiet: true }, // who looks at a book's page is not reading it
);

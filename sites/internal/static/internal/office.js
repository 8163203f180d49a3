// What comes to the office's pages while they are open: books that wait, and what readers report. The
// lists are fetched anew from the page's own address, so that they say what they would say after a
// reload; what somebody is typing stays. There is no sound until somebody switches it on.

const live = document.getElementById("live");
const office = document.getElementById("office-live");
const said = document.getElementById("office-said");
const show = document.getElementById("office-show");

const SOUND = "office-sound"; // of this browser alone
const GATHER = 300; // ms: what comes together is fetched together

// --- Sound ---

const sound = document.getElementById("office-sound");
let audio;

const isOn = () => localStorage.getItem(SOUND) === "on";

function showSound() {
  sound.hidden = false;
  sound.setAttribute("aria-pressed", isOn());
  sound.querySelector("[data-on]").hidden = !isOn();
  sound.querySelector("[data-off]").hidden = isOn();
  sound.firstElementChild.textContent = isOn() ? "notifications_active" : "notifications_off";
}

/** Two soft notes; browsers let a page sound only once somebody has touched it. */
function ring() {
  if (!isOn()) return;
  audio ??= new AudioContext();
  const now = audio.currentTime;
  for (const [pitch, at] of [[660, 0], [880, 0.14]]) {
    const note = audio.createOscillator(), loudness = audio.createGain();
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.08, now + at);
    loudness.gain.exponentialRampToValueAtTime(0.001, now + at + 0.3);
    note.connect(loudness).connect(audio.destination);
    note.start(now + at);
    note.stop(now + at + 0.3);
  }
  office.dataset.rang = +(office.dataset.rang ?? 0) + 1;
}

sound.addEventListener("click", () => {
  localStorage.setItem(SOUND, isOn() ? "off" : "on");
  showSound();
  ring();
});
showSound();

// --- Lists ---

let fetching;

function fetchSoon() {
  clearTimeout(fetching);
  fetching = setTimeout(async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }, GATHER);
}

function take(fresh) {
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (other) part.replaceWith(document.adoptNode(other));
  }
  const cards = document.querySelector("[data-cards]");
  if (!cards) return;
  for (const card of fresh.querySelectorAll("[data-cards] > *")) {
    const here = document.getElementById(card.id);
    if (here && !here.classList.contains("mod-settled")) {
      // Somebody may be typing here: only who has reported it is new.
      here.dataset.reports = card.dataset.reports;
      here.querySelector("[data-reported]").replaceWith(document.adoptNode(card.querySelector("[data-reported]")));
    } else {
      here?.remove();
      cards.append(document.adoptNode(card));
    }
  }
  document.querySelector("[data-empty]").hidden = cards.children.length > 0;
}

/** What a colleague has decided is no longer asked. */
function settle(reports) {
  for (const card of document.querySelectorAll("[data-cards] > *")) {
    const own = card.dataset.reports.split(" ").filter(Boolean).map(Number);
    const form = card.querySelector("form");
    if (!form || !own.some((report) => reports.includes(report))) continue;
    card.classList.add("mod-settled");
    form.replaceWith(Object.assign(document.createElement("p"), { className: "desk-changes", textContent: office.dataset.settled }));
  }
}

// --- What is heard ---

const NEWS = { submission_arrived: "approvals", reported: "moderation" };
const hasLists = document.querySelector("[data-part], [data-cards]") !== null;
const joined = new Set();

function heard(kind, given) {
  if (kind in NEWS) {
    said.textContent = office.dataset[NEWS[kind]];
    show.hidden = hasLists; // where nothing can be put in place, a way to see it
    ring();
  }
  if (kind === "reports_decided" && !location.search.includes("state=decided")) settle(given.reports);
  if (hasLists) fetchSoon();
}

show.href = location.href;
const { connection } = await import(live.dataset.client);
for (const room of office.dataset.listens.split(" ").filter(Boolean)) {
  connection().join(room, {
    // The page itself is the state when it opens; later it is fetched.
    snapshot: () => (joined.has(room) ? hasLists && fetchSoon() : joined.add(room)),
    event: heard,
  });
}

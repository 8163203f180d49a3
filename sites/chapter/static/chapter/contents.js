// Without an account the place is kept in this browser (reader.js): mark it in the contents.

const list = document.getElementById("list"), start = document.getElementById("start");

function keptPlace() {
  try {
    return JSON.parse(localStorage.getItem("esensi.places"))?.[list.dataset.book];
  } catch {
    return undefined;
  }
}

function mark(place) {
  const kept = document.getElementById(`chapter-${place.number}`);
  if (!kept) return; // on another page of the contents, or gone
  const isRead = place.fraction === 1;
  const here = isRead ? kept.nextElementSibling : kept;
  for (const row of list.children) {
    row.classList.toggle("read", +row.dataset.number < place.number + isRead);
  }
  if (!here) return;
  here.classList.add("here");
  const link = here.querySelector("a");
  link.setAttribute("aria-current", "true");
  if (!isRead) {
    if (/^p-[a-z2-7]{8}$/.test(place.paragraph)) link.hash = place.paragraph;
    const minutes = Math.max(1, Math.ceil(here.dataset.minutes * (1 - place.fraction)));
    here.querySelector(".length").textContent = list.dataset.here.replace("#", minutes);
  }
  if (start) {
    start.href = link.href;
    start.textContent = list.dataset.continue;
  }
}

const place = list && keptPlace();
if (place) mark(place);

// Without an account the place is kept in this browser (reader.js): mark it in the contents.

const list = document.getElementById("list"), start = document.getElementById("start");

function keptPlace() {
  try {
    return JSON.parse(localStorage.getItem("esensi.places"))?.[list.dataset.book];
  } catch {
    return undefined;
  }
}

const place = list && keptPlace();
const here = place && document.getElementById(`chapter-${place.number}`);
if (here) {
  for (const row of list.children) row.classList.toggle("read", +row.dataset.number < place.number);
  here.classList.add("here");
  const link = here.querySelector("a");
  if (/^p-[a-z2-7]{8}$/.test(place.paragraph)) link.hash = place.paragraph;
  link.setAttribute("aria-current", "true");
  const minutes = Math.max(1, Math.ceil(here.dataset.minutes * (1 - place.fraction)));
  here.querySelector(".length").textContent = list.dataset.here.replace("#", minutes);
  if (start) {
    start.href = link.href;
    start.textContent = list.dataset.continue;
  }
}

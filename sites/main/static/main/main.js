// The cover that a reader chooses glides to its place on the book's page (a view transition; where
// the browser knows none, the page simply changes).

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("a")?.querySelector(".cover");
  if (!chosen) return;
  for (const cover of document.querySelectorAll(".cover, .book-cover")) {
    cover.style.viewTransitionName = cover === chosen ? "cover" : "none";
  }
});

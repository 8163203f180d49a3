// The order of chapters: drag by the handle (Unfold's sortable list), or move with the arrows; one
// button stores it. Without this file each arrow stores its move. And links that are copied.

const form = document.getElementById("order");

function arrange(list) {
  const items = [...list.children];
  for (const [place, item] of items.entries()) {
    item.querySelector(".order-number").textContent = place + 1;
    item.querySelector("[name=up]").disabled = place === 0;
    item.querySelector("[name=down]").disabled = place === items.length - 1;
  }
  form.elements.order.value = items.map((item) => item.dataset.uid).join(" ");
  form.querySelector(".order-save").hidden = form.elements.order.value === form.elements.seen.value;
}

function say(list, item) {
  const title = item.querySelector(".order-title").textContent;
  const number = [...list.children].indexOf(item) + 1;
  form.querySelector("[role=status]").textContent = list.dataset.moved.replace("%t", () => title).replace("%n", number);
}

if (form) {
  const list = form.querySelector("ol");
  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;
  // However an item came to its place: the numbers follow.
  new MutationObserver(() => arrange(list)).observe(list, { childList: true });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[name=up], [name=down]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("li");
    if (button.name === "up") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    arrange(list);
    say(list, item);
    (button.disabled ? item.querySelector("button:not(:disabled)") : button)?.focus();
  });
  arrange(list); // what the browser kept of a page that one comes back to
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.done;
  });
}

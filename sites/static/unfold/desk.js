// Select2 leaves its search fields without a name for screen readers: give them their label's.
function nameSearchFields() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const field = select.nextElementSibling?.querySelector(".select2-search__field");
    if (label && field) {
      field.setAttribute("aria-label", label.firstChild.textContent.trim());
    }
  }
}

// Narrow lists repeat their headings beside each value: in sentence case, as above wide ones.
function writeLabels() {
  for (const cell of document.querySelectorAll("#result_list [data-label]")) {
    const label = cell.dataset.label;
    cell.dataset.label = label.charAt(0).toUpperCase() + label.slice(1);
  }
}

window.addEventListener("load", () => {
  nameSearchFields();
  setTimeout(nameSearchFields, 300); // Select2 may be made by a later listener
});
window.addEventListener("DOMContentLoaded", writeLabels);
document.addEventListener("formset:added", () => setTimeout(nameSearchFields));

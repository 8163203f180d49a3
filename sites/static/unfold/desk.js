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

window.addEventListener("load", nameSearchFields);
document.addEventListener("formset:added", () => setTimeout(nameSearchFields));

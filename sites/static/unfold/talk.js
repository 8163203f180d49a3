// "Comment" beside a paragraph fills the form of the conversation, instead of asking for the page anew.
const form = document.querySelector("[data-say-form]");

if (form) {
  const field = (name) => form.querySelector(`[data-say="${name}"]`);
  const about = form.querySelector("[data-say-about]");
  const whole = form.querySelector("[data-say-whole]");
  const quote = form.querySelector("[data-say-quote]");
  const longest = 300; // characters of a paragraph that the thread keeps

  const wordsOf = (block) => {
    const copy = block.cloneNode(true);
    copy.querySelectorAll("a[data-say-paragraph]").forEach((link) => link.remove());
    return copy.textContent.trim();
  };

  const choose = (chapter, paragraph) => {
    document.querySelectorAll(".desk-chosen").forEach((block) => block.classList.remove("desk-chosen"));
    const block = paragraph && document.getElementById(paragraph);
    field("chapter").value = block ? chapter : "";
    field("paragraph").value = block ? paragraph : "";
    about.hidden = !block;
    whole.hidden = !block;
    quote.textContent = block ? wordsOf(block).slice(0, longest) : "";
    block?.classList.add("desk-chosen");
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-say-paragraph]");
    if (!link) return;
    event.preventDefault();
    choose(link.dataset.sayChapter, link.dataset.sayParagraph);
    const text = form.querySelector("textarea");
    text.focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
  });
  whole.addEventListener("click", () => choose("", ""));
  whole.hidden = !field("paragraph").value;
  const chosen = document.getElementById(field("paragraph").value);
  chosen?.classList.add("desk-chosen");
}

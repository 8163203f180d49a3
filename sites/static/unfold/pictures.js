// Pictures for a chapter: several are sent at once (storage/upload.js); each comes back as a card with
// a field for its description and a button that puts it into the text, where the cursor stands.
//
// `[data-pictures]` lies beside the text area that it names; its `data-…` hold words and addresses.
// The prose editor takes the event "picture" of the text area; where it does not, tags are written.

const figure = ({ key, url, width, height }, alt) => {
  const picture = document.createElement("img");
  for (const [name, value] of Object.entries({ src: url, alt, width, height })) picture.setAttribute(name, value);
  picture.dataset.media = key;
  const holder = document.createElement("figure");
  holder.append(picture);
  return holder;
};

function putInto(area, found, alt) {
  const drawn = figure(found, alt);
  const event = new CustomEvent("picture", { cancelable: true, detail: { html: drawn.outerHTML } });
  if (!area.dispatchEvent(event)) return;
  drawn.firstChild.setAttribute("src", `media:${found.key}`);
  delete drawn.firstChild.dataset.media;
  area.setRangeText(`\n${drawn.outerHTML}\n`, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

class Pictures {
  constructor(box) {
    this.box = box;
    this.area = document.getElementById(box.dataset.pictures);
    this.input = box.querySelector("input[type=file]");
    this.cards = box.querySelector("[data-cards]");
    this.pattern = box.querySelector("template");
    this.stop = box.querySelector("[data-stop]");
    this.input.addEventListener("change", () => this.chosen());
    this.stop.addEventListener("click", () => this.sending?.abort(new DOMException("", "AbortError")));
    box.hidden = false;
  }

  async chosen() {
    const files = [...this.input.files];
    const cards = files.map((file) => this.card(file));
    this.input.value = ""; // so that the same file can be chosen again, and none goes with the form
    if (files.length) await this.send(files, cards);
  }

  async send(files, cards) {
    const { sendAll } = await import(this.box.dataset.module);
    this.sending = new AbortController();
    this.stop.hidden = false;
    this.input.disabled = true;
    const results = await sendAll(files, {
      begin: this.box.dataset.begin,
      purpose: "picture",
      token: this.area.form.elements.namedItem("csrfmiddlewaretoken").value,
      signal: this.sending.signal,
      progress: (number, share) => this.progressed(cards[number], share),
    });
    this.stop.hidden = true;
    this.input.disabled = false;
    results.forEach((result, number) => {
      if (result.status === "fulfilled") this.arrived(cards[number], result.value.result);
      else this.failed(cards[number], files[number], result.reason);
    });
  }

  card(file) {
    const card = this.pattern.content.firstElementChild.cloneNode(true);
    card.querySelector("[data-name]").textContent = file.name;
    card.querySelector("[data-say]").textContent = this.box.dataset.sends;
    this.cards.append(card);
    return card;
  }

  progressed(card, share) {
    const bar = card.querySelector("progress");
    if (share === "looking") card.querySelector("[data-say]").textContent = this.box.dataset.looks;
    else bar.value = share;
  }

  arrived(card, found) {
    const shown = card.querySelector("img");
    shown.src = found.url;
    shown.hidden = false;
    card.querySelector("progress").hidden = true;
    card.querySelector("[data-say]").textContent = this.box.dataset.there;
    const [described, put] = [card.querySelector("[data-described]"), card.querySelector("[data-put]")];
    described.hidden = put.hidden = false;
    put.addEventListener("click", () => {
      putInto(this.area, found, described.querySelector("input").value.trim());
      card.remove();
    });
  }

  failed(card, file, error) {
    const words = this.box.dataset;
    const say = card.querySelector("[data-say]");
    const again = card.querySelector("[data-again]");
    say.textContent = error.name === "AbortError" ? words.cancelled : error.message && "status" in error ? error.message : words.failed;
    say.classList.add("desk-errors");
    card.querySelector("progress").hidden = true;
    again.hidden = false;
    again.addEventListener("click", () => {
      const fresh = this.card(file);
      card.replaceWith(fresh);
      this.send([file], [fresh]);
    }, { once: true });
  }
}

for (const box of document.querySelectorAll("[data-pictures]")) new Pictures(box);

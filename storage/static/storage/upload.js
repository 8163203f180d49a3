// Sends chosen files straight to where they lie: begin → bytes by a signed form → finish.
//
// `<input type="file" data-upload="PURPOSE">` in a form with a hidden field `upload` and an element
// `[data-sending]` (its `data-…` hold the words and the address). When the file has arrived and was
// found good, the form is submitted with the upload's id in place of the file. Without this module the
// file comes with the form, and goes the same way from there.

const RETRIES = 3; // of a request that got no answer; what was refused is not sent again
const PAUSES = [1000, 3000, 8000]; // milliseconds before each, so that a tunnel is passed through
const AT_ONCE = 3; // files of one `send` that are on their way together
const LOOKING = 90_000; // milliseconds that looking at a file may take: a large one is read first

export class Refused extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

const isPassing = (error) => !(error instanceof Refused) || [409, 503].includes(error.status);
const pause = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const stopped = () => (clearTimeout(timer), reject(signal.reason));
    const timer = setTimeout(() => (signal.removeEventListener("abort", stopped), resolve()), milliseconds);
    signal.addEventListener("abort", stopped, { once: true });
  });

async function patiently(ask, signal) {
  for (let turn = 0; ; turn += 1) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !isPassing(error) || turn >= RETRIES) throw error;
      await pause(PAUSES[turn], signal);
    }
  }
}

async function post(address, token, body, signal) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body ?? {}),
    signal: AbortSignal.any([signal, AbortSignal.timeout(LOOKING)]),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.error ?? "", answer.status);
  return said;
}

// Not `fetch`: it tells nothing of how much has been sent.
function sendBytes(form, file, { signal, progress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open(form.method, form.url);
    request.upload.addEventListener("progress", (event) => progress(event.loaded / (event.total || file.size || 1)));
    request.addEventListener("load", () =>
      request.status >= 200 && request.status < 300 ? resolve() : reject(new Refused("", request.status)),
    );
    request.addEventListener("error", () => reject(new Error("no answer")));
    request.addEventListener("abort", () => reject(signal.reason));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", stop));
    signal.addEventListener("abort", stop, { once: true });
    let body = file;
    if (form.method === "POST") {
      body = new FormData();
      for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
      body.append("file", file, "file"); // S3 reads nothing behind it; its name goes nowhere
    }
    for (const [name, value] of Object.entries(form.headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
}

// Gives `{id, name, result}` of one file. `progress` hears how much is sent, from 0 to 1, and then "looking".
export async function send(file, { begin, purpose, token, signal, progress = () => {} }) {
  const said = { purpose, size: file.size, type: file.type, name: file.name };
  const form = await patiently(() => post(begin, token, said, signal), signal);
  const own = `${begin}${form.id}/`;
  try {
    await patiently(() => sendBytes(form, file, { signal, progress }), signal);
    progress("looking");
    return await patiently(() => post(`${own}finish/`, token, null, signal), signal);
  } catch (error) {
    // Nobody waits for this: the sweep comes in any case.
    post(`${own}cancel/`, token, null, AbortSignal.timeout(5000)).catch(() => {});
    throw error;
  }
}

// Gives what became of each of several files, in their order, as `Promise.allSettled` does.
export async function sendAll(files, options) {
  const results = new Array(files.length);
  const waiting = [...files].entries();
  const worker = async () => {
    for (const [number, file] of waiting) {
      const progress = (done) => options.progress?.(number, done);
      [results[number]] = await Promise.allSettled([send(file, { ...options, progress })]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

class SendingForm {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.box = this.form.querySelector("[data-sending]");
    this.field = this.form.elements.namedItem("upload");
    this.bar = this.box.querySelector("progress");
    this.words = this.box.querySelector("[data-words]");
    this.cancel = this.box.querySelector("[data-cancel]");
    this.retry = this.box.querySelector("[data-retry]");
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.cancel.addEventListener("click", () => this.stop?.abort(new DOMException("", "AbortError")));
    this.retry.addEventListener("click", () => this.form.requestSubmit());
    input.addEventListener("change", () => this.forget());
    // Who comes back by the browser's button finds the page as it was left.
    window.addEventListener("pageshow", () => this.forget());
  }

  forget() {
    this.field.value = "";
    this.input.disabled = false;
    if (!this.stop) this.box.hidden = true;
  }

  submitted(event) {
    const [file] = this.input.files;
    if (!file || this.field.value) return; // as without JavaScript: the server says what is missing
    event.preventDefault();
    if (!this.stop) this.run(file, event.submitter);
  }

  async run(file, submitter) {
    this.stop = new AbortController();
    this.show(this.box.dataset.sends, { sending: true });
    try {
      const done = await send(file, {
        begin: this.box.dataset.begin,
        purpose: this.input.dataset.upload,
        token: this.form.elements.namedItem("csrfmiddlewaretoken").value,
        signal: this.stop.signal,
        progress: (share) => this.progressed(share),
      });
      this.field.value = done.id;
      this.show(this.box.dataset.there, {});
      this.input.disabled = true; // so that it is not sent again with the form
      this.stop = null;
      this.form.requestSubmit(submitter ?? undefined);
    } catch (error) {
      this.stop = null;
      this.show(this.sentence(error), { failed: true });
    }
  }

  progressed(share) {
    if (share === "looking") this.show(this.box.dataset.looks, { sending: true });
    else this.bar.value = share;
  }

  sentence(error) {
    const words = this.box.dataset;
    if (error.name === "AbortError") return words.cancelled;
    if (!(error instanceof Refused)) return words.failed;
    if (error.message) return error.message;
    return error.status === 403 && !document.cookie ? words.expired : words.refused;
  }

  show(sentence, { sending = false, failed = false }) {
    this.box.hidden = false;
    this.words.textContent = sentence;
    this.words.classList.toggle("desk-errors", failed);
    this.bar.hidden = !sending;
    this.cancel.hidden = !sending;
    this.retry.hidden = !failed;
    if (failed) this.bar.value = 0;
  }
}

for (const input of document.querySelectorAll("input[type=file][data-upload]")) new SendingForm(input);

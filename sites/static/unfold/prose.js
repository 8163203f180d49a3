// The prose editor: TipTap, as django-prose-editor brings it, with a schema of our own that carries
// through what a chapter may hold (sites/desk/prose.py has the table). The text area stays what is
// sent: it is written when something was typed, and untouched otherwise.

const WRITE_AFTER = 300; // ms after the last change; sending the form writes at once
const OUTWARD = /^(https?:\/\/|mailto:)/i;
const INWARD = /^(#p-[a-z2-7]{8}|chapter:[A-Za-z0-9]{1,40}(#p-[a-z2-7]{8})?)$/;

const fragment = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
};

const written = (content) => {
  const holder = document.createElement("template");
  holder.content.append(content);
  return holder.innerHTML;
};

// --- From the stored text to the editor's, and back -----------------------------------------------

// Pictures get their addresses. Words that stand loosely in an item or a quotation get a paragraph,
// which goes again on the way back.
function prepared(html, known) {
  const content = fragment(html);
  for (const picture of content.querySelectorAll("img")) {
    const key = picture.dataset.media ?? (/^media:(.+)$/.exec(picture.getAttribute("src") ?? "") ?? [])[1];
    if (!key) {
      picture.remove(); // somebody else's: it would not be stored
      continue;
    }
    picture.dataset.media = key;
    picture.setAttribute("src", known.pictures[key] ?? "");
  }
  for (const holder of content.querySelectorAll("li, blockquote")) {
    if (!holder.closest(known.islands.join())) {
      holdLooseWords(holder);
    }
  }
  return content;
}

// What is on a clipboard brings its attributes along; these are all that mean something here.
const PASTED = ["style", "href", "src", "data-media", "data-loose", "data-pm-slice"];

function pasted(html, known) {
  const content = prepared(html, known);
  for (const element of content.querySelectorAll("*")) {
    const allowed = [...PASTED, ...(known.attributes[element.localName] ?? [])];
    for (const { name } of [...element.attributes]) {
      if (!allowed.includes(name)) element.removeAttribute(name);
    }
  }
  return written(content);
}

const BLOCK = /^(P|H[1-6]|UL|OL|LI|BLOCKQUOTE|SECTION|ASIDE|TABLE|DL|PRE|FIGURE|HR|DIV)$/;

function holdLooseWords(holder) {
  let paragraph = null;
  for (const child of [...holder.childNodes]) {
    if (BLOCK.test(child.nodeName)) {
      paragraph = null;
    } else if (paragraph || child.nodeType === Node.ELEMENT_NODE || child.textContent.trim()) {
      if (!paragraph) {
        paragraph = document.createElement("p");
        paragraph.dataset.loose = "";
        holder.insertBefore(paragraph, child);
      }
      paragraph.append(child);
    }
  }
}

function finished(html) {
  const content = fragment(html);
  for (const picture of content.querySelectorAll("img[data-media]")) {
    picture.setAttribute("src", `media:${picture.dataset.media}`);
    delete picture.dataset.media;
  }
  for (const paragraph of content.querySelectorAll("p[data-loose], li > p:only-child")) {
    const isLoose = "loose" in paragraph.dataset;
    delete paragraph.dataset.loose;
    const held = paragraph.parentNode.nodeName === "LI" || (isLoose && paragraph.parentNode.nodeName === "BLOCKQUOTE");
    const beside = [paragraph.previousElementSibling, paragraph.nextElementSibling];
    if (held && !paragraph.attributes.length && !beside.some((other) => other?.nodeName === "P")) {
      paragraph.replaceWith(...paragraph.childNodes);
    }
  }
  const back = written(content);
  return back === "<p></p>" ? "" : back; // nothing was written yet
}

// --- Is it the same text? ---------------------------------------------------------------------------

// Each run of words with its marks, in any order of these, and each block with its attributes: what
// a reader could see, white space aside.
function signature(content, marks) {
  const found = [];
  const described = (element) =>
    [element.localName, ...[...element.attributes].map(({ name, value }) => `${name}=${value}`).filter((fact) => !fact.startsWith("rel=")).sort()].join(" ");
  const edge = (what) => {
    const last = found.at(-1);
    if (last?.words) {
      last.words = last.words.trimEnd();
      if (!last.words) found.pop();
    }
    found.push({ what });
  };
  const walk = (node, carried) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        const last = found.at(-1);
        const starts = !last?.words || last.words.endsWith(" ");
        const words = child.data.replace(/[ \t\n\r\f]+/g, " ").replace(starts ? /^ / : /$^/, "");
        const key = [...carried].sort().join("|");
        if (words && last?.words && last.key === key) last.words += words;
        else if (words) found.push({ words, key });
      } else if (child.localName in marks) {
        walk(child, [...carried, described(child)]);
      } else {
        edge(described(child));
        walk(child, []);
        edge(`/${child.localName}`);
      }
    }
  };
  walk(content, []);
  return JSON.stringify(found);
}

// --- The schema -------------------------------------------------------------------------------------

function schemaOf(core, known) {
  const { Extension, Mark, Node: Block } = core;
  const carried = (names) =>
    Object.fromEntries(names.map((name) => [name, {
      default: null,
      keepOnSplit: name !== "id", // of two halves the server says which one is the paragraph
      parseHTML: (element) => element.getAttribute(name),
      renderHTML: (facts) => (facts[name] === null ? {} : { [name]: facts[name] }),
    }]));
  const everywhere = ["class", "dir", "id", "lang", "role"];

  const mark = (tag) => Mark.create({
    name: tag,
    inclusive: tag !== "a",
    addAttributes: () => carried(known.marks[tag]),
    parseHTML: () => [{ tag: tag === "a" ? "a[href]" : tag, getAttrs: (element) => isMeant(tag, element) && null }, ...(STYLES[tag] ?? [])],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  });
  const list = (name, tag) => Block.create({
    name,
    group: "block list",
    content: "listItem+",
    addAttributes: () => carried(known.lists[tag]),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  });
  const holder = (tag) => Block.create({
    name: tag,
    group: "block",
    content: "block+",
    defining: true,
    addAttributes: () => carried(everywhere),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  });
  const island = (tag) => {
    const inline = tag === "ruby" || tag === "math";
    return Block.create({
      name: `${tag}Island`,
      group: inline ? "inline" : "block",
      inline,
      atom: true,
      draggable: true,
      addAttributes: () => ({ html: { default: "", rendered: false, parseHTML: (element) => harmless(element, known).outerHTML } }),
      parseHTML: () => [{ tag, priority: 100 }],
      renderHTML: ({ node }) => fragment(node.attrs.html).firstElementChild ?? ["span"],
      addNodeView: () => ({ node }) => {
        const dom = document.createElement(inline ? "span" : "div");
        dom.className = "prose-island";
        dom.contentEditable = "false";
        dom.append(fragment(node.attrs.html));
        return { dom };
      },
    });
  };
  const picture = Block.create({
    name: "picture",
    group: "inline",
    inline: true,
    atom: true,
    draggable: true,
    addAttributes: () => ({ ...carried(known.picture), src: { default: "" }, "data-media": { default: "" } }),
    parseHTML: () => [{ tag: "img[data-media]" }],
    renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
  });
  const wordBreak = Block.create({
    name: "wordBreak", group: "inline", inline: true, atom: true,
    parseHTML: () => [{ tag: "wbr" }],
    renderHTML: () => ["wbr"],
  });
  const attributes = Extension.create({
    name: "carriedAttributes",
    addGlobalAttributes: () => [
      { types: ["paragraph", "heading", "blockquote", "horizontalRule"], attributes: carried(everywhere) },
      { types: ["listItem"], attributes: carried(known.item) },
      { types: ["paragraph"], attributes: { loose: { default: false, parseHTML: (element) => "loose" in element.dataset, renderHTML: ({ loose }) => (loose ? { "data-loose": "" } : {}) } } },
    ],
    addKeyboardShortcuts() {
      return { "Mod-b": () => this.editor.commands.toggleMark("strong"), "Mod-i": () => this.editor.commands.toggleMark("em") };
    },
  });
  return [
    core.Document, core.Paragraph, core.Text, core.HardBreak, core.HorizontalRule, core.Blockquote,
    core.Heading.extend({ parseHTML() { return [{ tag: "h1", attrs: { level: 2 } }, ...this.parent()]; } }).configure({ levels: [2, 3, 4, 5, 6] }),
    core.ListItem.extend({ content: "block+" }), list("bulletList", "ul"), list("orderedList", "ol"),
    holder("section"), holder("aside"), picture, wordBreak, attributes,
    ...known.islands.map(island), ...Object.keys(known.marks).map(mark),
    core.History, core.Gapcursor, core.Dropcursor,
  ];
}

// What word processors write on their clipboards.
const STYLES = {
  strong: [{ style: "font-weight", getAttrs: (weight) => /^(bold(er)?|[6-9]\d\d)$/.test(weight) && null }],
  em: [{ style: "font-style=italic" }],
};

function isMeant(tag, element) {
  if (tag === "a") {
    const address = element.getAttribute("href");
    return OUTWARD.test(address) || INWARD.test(address);
  }
  if (tag === "b") return element.style.fontWeight !== "normal";
  return tag !== "span" || ["class", "dir", "lang"].some((name) => element.hasAttribute(name) && !element.hasAttribute("style"));
}

// Islands are shown as they are: what is pasted into one must not bring more than a text may hold.
function harmless(element, known) {
  const copy = element.cloneNode(true);
  for (const each of [copy, ...copy.querySelectorAll("*")]) {
    if (!known.tags.includes(each.localName)) {
      each.remove();
      continue;
    }
    const allowed = known.attributes[each.localName];
    for (const { name, value } of [...each.attributes]) {
      const isOurs = each.localName === "img" && (name === "data-media" || name === "src");
      if (name === "href" && !OUTWARD.test(value) && !INWARD.test(value)) each.removeAttribute(name);
      else if (!isOurs && !allowed.includes(name) && name !== "rel") each.removeAttribute(name);
    }
    if (each.localName === "img" && !each.dataset.media) each.remove();
  }
  return copy;
}

// --- The tools --------------------------------------------------------------------------------------

const DO = {
  heading2: [(chain) => chain.toggleHeading({ level: 2 }), ["heading", { level: 2 }]],
  heading3: [(chain) => chain.toggleHeading({ level: 3 }), ["heading", { level: 3 }]],
  heading4: [(chain) => chain.toggleHeading({ level: 4 }), ["heading", { level: 4 }]],
  strong: [(chain) => chain.toggleMark("strong"), ["strong"]],
  em: [(chain) => chain.toggleMark("em"), ["em"]],
  small: [(chain) => chain.toggleMark("small"), ["small"]],
  quote: [(chain) => chain.toggleBlockquote(), ["blockquote"]],
  bullets: [(chain) => chain.toggleList("bulletList", "listItem"), ["bulletList"]],
  numbers: [(chain) => chain.toggleList("orderedList", "listItem"), ["orderedList"]],
  break: [(chain) => chain.setHorizontalRule()],
  undo: [(chain) => chain.undo()],
  redo: [(chain) => chain.redo()],
};

function offerTools(editor, box) {
  const buttons = [...box.querySelectorAll("[data-do]")];
  const link = box.querySelector(".prose-link");
  const address = link.querySelector("input");
  const show = () => {
    for (const button of buttons) {
      const active = button.dataset.do === "link" ? ["a"] : DO[button.dataset.do][1];
      if (active) button.setAttribute("aria-pressed", String(editor.isActive(...active)));
    }
  };
  const setLink = () => {
    const href = address.value.trim();
    const chain = editor.chain().focus().extendMarkRange("a");
    if (OUTWARD.test(href) || INWARD.test(href)) chain.setMark("a", { href }).run();
    else if (href) chain.setMark("a", { href: `https://${href}` }).run();
    else chain.unsetMark("a").run();
    link.hidden = true;
  };
  box.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.do === "link") {
      link.hidden = !link.hidden;
      address.value = editor.getAttributes("a").href ?? "";
      if (!link.hidden) address.focus();
    } else if (button?.dataset.do) {
      DO[button.dataset.do][0](editor.chain().focus()).run();
    } else if (button?.dataset.link) {
      if (button.dataset.link === "remove") address.value = "";
      setLink();
    }
  });
  address.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault(); // Enter would send the whole form
      if (event.key === "Enter") setLink();
      link.hidden = true;
      editor.commands.focus();
    }
  });
  rove(buttons);
  editor.on("transaction", show);
  show();
}

// One stop for the Tab key, and arrows between the tools (WAI-ARIA's pattern of a toolbar).
function rove(buttons) {
  const stopAt = (chosen) => buttons.forEach((button) => { button.tabIndex = button === chosen ? 0 : -1; });
  stopAt(buttons[0]);
  for (const [place, button] of buttons.entries()) {
    button.addEventListener("focus", () => stopAt(button));
    button.addEventListener("keydown", ({ key }) => {
      const forward = getComputedStyle(button).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
      const step = key === forward ? 1 : /^Arrow(Left|Right)$/.test(key) ? -1 : 0;
      if (step) buttons.at((place + step) % buttons.length).focus();
    });
  }
}

// --- In the form ------------------------------------------------------------------------------------

function makeEditor(core, known, source, options = {}) {
  return new core.Editor({
    extensions: schemaOf(core, known),
    content: written(prepared(source, known)),
    injectCSS: false,
    ...options,
  });
}

// Would the editor give this text back as it is? The journeys ask it of every kind of markup.
export async function survives(source, known) {
  const editor = makeEditor(await import("django-prose-editor/editor"), known, source);
  const back = finished(editor.getHTML());
  editor.destroy();
  return signature(fragment(back), known.marks) === signature(fragment(source), known.marks);
}

async function begin(box) {
  const area = document.getElementById(box.dataset.prose);
  const [html, known] = [...box.parentNode.querySelectorAll("script[type='application/json']")].map((data) => JSON.parse(data.textContent));
  // Going back in the browser brings back what was typed, and not what the page came with.
  const source = area.value === area.defaultValue ? html : area.value;
  const core = await import("django-prose-editor/editor");
  const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`);
  const facts = { class: "prose-text", role: "textbox", "aria-multiline": "true", "aria-label": label?.firstChild.textContent.trim() ?? "", spellcheck: "true", dir: area.dir };
  if (area.lang) facts.lang = area.lang;
  const editor = makeEditor(core, known, source, {
    element: box,
    editorProps: { attributes: facts, transformPastedHTML: (brought) => pasted(brought, known) },
  });
  if (signature(fragment(finished(editor.getHTML())), known.marks) !== signature(fragment(source), known.marks)) {
    editor.destroy();
    box.parentNode.querySelector("[data-prose-lossy]").hidden = false;
    box.dataset.state = "plain";
    return;
  }
  let waiting = 0;
  const write = () => {
    clearTimeout(waiting);
    waiting = 0;
    area.value = finished(editor.getHTML());
    area.dispatchEvent(new Event("input", { bubbles: true })); // leaving asks whether to save first
  };
  editor.on("update", () => {
    clearTimeout(waiting);
    waiting = setTimeout(write, WRITE_AFTER);
  });
  area.form.addEventListener("submit", () => waiting && write(), { capture: true });
  area.addEventListener("picture", (event) => {
    event.preventDefault(); // it is in the text now
    editor.chain().focus().insertContent(event.detail.html).run();
  });
  // While somebody else writes, this page reads along.
  const lock = () => editor.setEditable(!area.readOnly, false);
  area.addEventListener("desk:lock", lock);
  lock();
  offerTools(editor, box);
  area.hidden = true;
  box.hidden = false;
  box.dataset.state = "editing";
}

for (const box of document.querySelectorAll("[data-prose]")) {
  begin(box);
}

// Places in a chapter's text, as sites/books/text/running_text.py counts them: code points in the text
// of a paragraph (the nearest element with a paragraph's id). A browser counts in UTF-16, and the page
// has added some elements of its own.

const ADDED = "[data-beside], [role='doc-backlink']";

/** The text nodes below an element that belong to paragraphs, in order. */
export function* textNodes(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest(ADDED)) yield node;
  }
}

export const paragraphOf = (node) => node.parentElement.closest("[id^='p-']");

const points = (text) => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

/** How many UTF-16 units the first so many code points of a text take. */
function units(text, count) {
  let at = 0;
  for (const point of text) {
    if (count-- <= 0) break;
    at += point.length;
  }
  return at;
}

/** How many code points of its paragraph stand before a place in a text node. */
function pointsBefore(paragraph, node, offset) {
  let before = 0;
  for (const other of textNodes(paragraph)) {
    if (other === node) break;
    before += points(other.data);
  }
  return before + points(node.data.slice(0, offset));
}

/** What of each text node a range covers: {node, from, to}; blanks at its ends are left out. */
function pieces(root, range) {
  const found = [];
  for (const node of textNodes(root)) {
    if (!range.intersectsNode(node) || !paragraphOf(node)) continue;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    if (from < to && node.data.slice(from, to).trim()) found.push({ node, from, to });
  }
  return found;
}

/** The passage that a range covers, as it is sent; nothing where it covers no words. */
export function passageOf(root, range) {
  const found = pieces(root, range);
  if (!found.length) return null;
  const first = found[0], last = found.at(-1);
  const start = paragraphOf(first.node), end = paragraphOf(last.node);
  return {
    paragraph: start.id,
    start: pointsBefore(start, first.node, first.from),
    last_paragraph: end.id,
    end: pointsBefore(end, last.node, last.to),
    quote: quoteOf(found),
  };
}

/** The words; a blank where a paragraph ends, which the server does not count. */
function quoteOf(found) {
  let quote = "", before = null;
  for (const { node, from, to } of found) {
    const paragraph = paragraphOf(node);
    quote += (before && before !== paragraph ? " " : "") + node.data.slice(from, to);
    before = paragraph;
  }
  return quote.replace(/\s+/g, " ").trim();
}

/** The range of a passage in the page as it is now. */
export function rangeOf({ paragraph, start, last_paragraph, end }) {
  const range = document.createRange();
  range.setStart(...pointAt(document.getElementById(paragraph), start, 1));
  range.setEnd(...pointAt(document.getElementById(last_paragraph), end, 0));
  return range;
}

/** Where so many code points of a paragraph have gone by; with `more` to come in the same node. */
function pointAt(paragraph, count, more) {
  let last = null;
  for (const node of textNodes(paragraph)) {
    const length = points(node.data);
    if (count + more <= length) return [node, units(node.data, count)];
    count -= length;
    last = node;
  }
  return [last, last.length];
}

/** Put what `make` gives around the characters of a paragraph; gives the elements, in order. */
export function wrap(paragraph, start, end, make) {
  const parts = [];
  let at = 0;
  for (const node of textNodes(paragraph)) {
    const length = points(node.data);
    const from = Math.max(start, at) - at, to = Math.min(end, at + length) - at;
    // Formulas take no foreign elements.
    if (from < to && !node.parentElement.closest("math")) parts.push([node, from, to]);
    at += length;
    if (at >= end) break;
  }
  return parts.map(([node, from, to]) => {
    const range = document.createRange();
    range.setStart(node, units(node.data, from));
    range.setEnd(node, units(node.data, to));
    const element = make();
    range.surroundContents(element);
    return element;
  });
}

/** Take elements away again, and leave what is in them. */
export function unwrap(elements) {
  const parents = new Set();
  for (const element of elements) {
    parents.add(element.parentNode);
    element.replaceWith(...element.childNodes);
  }
  for (const parent of parents) parent.normalize();
}

// --- Sentences, for those who mark with keys ---

/** The sentences of a paragraph as ranges. */
export function sentences(paragraph, language) {
  const nodes = [...textNodes(paragraph)].filter((node) => paragraphOf(node) === paragraph);
  const whole = nodes.map((node) => node.data).join("");
  const cut = new Intl.Segmenter(language || undefined, { granularity: "sentence" });
  return [...cut.segment(whole)].filter(({ segment }) => segment.trim()).map(({ segment, index }) => {
    const range = document.createRange();
    range.setStart(...placeAt(nodes, index + segment.search(/\S/)));
    range.setEnd(...placeAt(nodes, index + segment.trimEnd().length));
    return range;
  });
}

/** The text node and offset at which so many units of the nodes' texts have gone by. */
function placeAt(nodes, count) {
  for (const node of nodes) {
    if (count <= node.length) return [node, count];
    count -= node.length;
  }
  return [nodes.at(-1), nodes.at(-1).length];
}

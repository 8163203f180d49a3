"""What an element of a page is for: notes, verse, page marks, things to pass over.

The words are those of EPUB's structural vocabulary (``epub:type``) and of DPUB-ARIA roles; where a
book has neither, the usual ids and class names stand in.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from sites.books.importers.markup import get, local_name, types_of

BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog"}
    | {"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"}
    | {"h4", "h5", "h6", "header", "hgroup", "hr", "li", "main", "nav", "ol", "p", "pre", "search"}
    | {"section", "summary", "table", "ul", "menu", "dir"}
)
#: Elements that are left out with all that is in them.
SKIPPED: Final = frozenset(
    {"script", "style", "head", "template", "iframe", "input", "button", "select", "textarea"}
    | {"canvas", "map", "area", "noscript", "link", "meta", "title", "base", "param", "source"}
    | {"track", "embed", "nav", "trigger", "progress", "meter", "datalist", "wbr"}
)
MEDIA: Final = frozenset({"audio", "video"})
#: The house draws its own contents.
_SKIPPED_TYPES: Final = frozenset(
    {"toc", "doc-toc", "landmarks", "page-list", "doc-pagelist", "loi", "lot", "toc-brief"}
)
_PAGE_MARKS: Final = frozenset({"pagebreak", "doc-pagebreak"})

_NOTE: Final = frozenset({"footnote", "endnote", "rearnote", "note", "doc-footnote", "doc-endnote"})
_NOTES: Final = frozenset({"footnotes", "endnotes", "rearnotes", "notes", "doc-endnotes"})
_SECTIONS: Final = {
    "epigraph": "doc-epigraph",
    "dedication": "doc-dedication",
    "foreword": "doc-foreword",
    "afterword": "doc-afterword",
    "bibliography": "doc-bibliography",
    "glossary": "doc-glossary",
}
_NOTE_NAME: Final = re.compile(r"(foot|end|rear)[-_]?note[-_.]?\d*|fn[-_.]?\d+", re.IGNORECASE)
_NOTES_NAME: Final = re.compile(r"(foot|end|rear)[-_]?notes", re.IGNORECASE)
_NOTE_TARGET: Final = re.compile(
    r"(^|[-_.])(fn|ftn|(foot|end|rear)?[-_]?note)[-_.]?\d+", re.IGNORECASE
)
_MARK: Final = re.compile(r"[\[(]?(\d{1,4}|[*†‡§¶]{1,4}|[ivxlc]{1,6}|[a-z])[\])]?")
_VERSE: Final = re.compile(
    r"(^|[-_ ])(poem|poetry|verse|stanza|linegroup|line-group|lg)($|[-_ \d])", re.IGNORECASE
)
_VERSE_TYPES: Final = frozenset({"z3998:poem", "z3998:verse", "poem", "verse"})
_LINE_NUMBER: Final = re.compile(r"(^|[-_ ])(lnum|line-?num(ber)?|linenr)($|[-_ ])", re.IGNORECASE)
_CENTER: Final = re.compile(r"(^|[-_ ])(center|centre|centered|centred)($|[-_ ])", re.IGNORECASE)
_SMALL_CAPS: Final = re.compile(r"(^|[-_ ])(small-?caps|smcap|smallcap|sc)($|[-_ ])", re.IGNORECASE)


def is_skipped(element: etree._Element) -> bool:
    """Is this nothing for a reader, or nothing that the house would show here?"""
    hidden = element.get("hidden") is not None or get(element, "aria-hidden") == "true"
    return local_name(element) in SKIPPED or hidden or bool(types_of(element) & _SKIPPED_TYPES)


def is_page_mark(element: etree._Element) -> bool:
    """Does it only say where a page of the printed book began?"""
    return bool(types_of(element) & _PAGE_MARKS)


def section_of(element: etree._Element) -> tuple[str, str] | None:
    """Give the element and role that stand for this one, such as ``("aside", "doc-footnote")``.

    An item of a list stays one; so does a table's part.
    """
    name = local_name(element)
    if name in {"li", "td", "th", "tr", "ol", "ul", "dl", "dt", "dd", "body"}:
        return None
    types = types_of(element)
    names = {get(element, "id"), *get(element, "class").split()[:5]}
    if types & _NOTE or any(_NOTE_NAME.fullmatch(each) for each in names):
        return "aside", "doc-footnote"
    if types & _NOTES or any(_NOTES_NAME.fullmatch(each) for each in names):
        return "section", "doc-endnotes"
    role = next((_SECTIONS[kind] for kind in sorted(types) if kind in _SECTIONS), "")
    if role:
        return "section", role
    return ("aside", "") if name == "aside" else None


def link_role(element: etree._Element, words: str, *, in_note: bool) -> str:
    """Give a link's role: a reference to a note, a way back from one, or ""."""
    types = types_of(element)
    if types & {"noteref", "doc-noteref"}:
        return "doc-noteref"
    if types & {"backlink", "doc-backlink"}:
        return "doc-backlink"
    if not _MARK.fullmatch(words.strip()):
        return ""
    if in_note:
        return "doc-backlink"
    fragment = get(element, "href").rpartition("#")[2]
    return "doc-noteref" if _NOTE_TARGET.search(fragment) else ""


def is_verse(element: etree._Element) -> bool:
    """Are this element's lines those of a poem?"""
    return bool(types_of(element) & _VERSE_TYPES) or bool(_VERSE.search(get(element, "class")))


def is_line_number(element: etree._Element) -> bool:
    return bool(_LINE_NUMBER.search(get(element, "class")))


def traits_by_name(element: etree._Element) -> frozenset[str]:
    """Give the traits that a class name itself says, whatever the stylesheet does."""
    classes = get(element, "class")
    if not classes and element.get("align") is None:
        return frozenset()
    traits = set()
    if get(element, "align").lower() == "center" or _CENTER.search(classes):
        traits.add("center")
    if _SMALL_CAPS.search(classes):
        traits.add("small-caps")
    return frozenset(traits)

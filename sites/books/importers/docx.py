"""Read DOCX by mammoth: chapters at the highest headings, pictures, notes at the end of their chapter.

The archive is checked before mammoth sees it: names, sizes, ratios, and that no part declares
entities. Mammoth itself runs in a process of its own.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from django.utils.translation import gettext as _
from lxml import etree

from sites.books.importers import limits
from sites.books.importers.book import ImportedBook, Progress
from sites.books.importers.converting import convert
from sites.books.importers.deadline import Deadline
from sites.books.importers.errors import DamagedFile, FileTooLarge, UnsafeMarkup
from sites.books.importers.held_parts import HeldParts
from sites.books.importers.manuscript import (
    Facts,
    Manuscript,
    headings,
    read_manuscripts,
    short,
)
from sites.books.importers.markup import get, local_name, parse_xhtml, parse_xml, text_of
from sites.books.importers.metadata import LANGUAGE_TAG
from sites.books.importers.package import Package

DOCUMENT: Final = "word/document.xml"
_TEXTS: Final = (".xml", ".rels")
_DECLARES: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_NOTE: Final = re.compile(r"(?:footnote|endnote)-\d+")
_BACK: Final = re.compile(r"#(?:footnote|endnote)-ref-\d+")
_PART: Final = "document.docx"


def read_docx(
    package: Package, content: bytes, *, progress: Progress, deadline: Deadline
) -> ImportedBook:
    """Read a document; ``package`` is its archive, ``content`` all its bytes. Raises an
    ``ImportRefused``."""
    _check(package)
    archive = zipfile.ZipFile(io.BytesIO(convert(content, "docx")))
    parts = {name: archive.read(name) for name in archive.namelist()}
    written = parts.pop("document.html")
    root = parse_xhtml(b"<html><body>" + written + b"</body></html>", DOCUMENT)
    body = (
        next((each for each in root if local_name(each) == "body"), None)
        if root is not None
        else None
    )
    if body is None:
        raise DamagedFile(DOCUMENT)
    facts = _facts(package)
    _take_named(body, facts)
    _place_notes(body)
    text = Manuscript(_PART, body)
    book = read_manuscripts([text], facts, HeldParts(parts), progress=progress, deadline=deadline)
    if b"<m:oMath" in package.read(DOCUMENT, limits.DOCX_TEXT_SIZE):
        book.notes.append(_("Formulas of the word processor were left out: write them here anew."))
    return book


def _check(package: Package) -> None:
    total = 0
    for name in package.names:
        if name.lower().endswith(_TEXTS):
            content = package.read(name, limits.DOCX_TEXT_SIZE)
            total += len(content)
            if total > limits.DOCX_TEXT_SIZE:
                raise FileTooLarge(name, limits.DOCX_TEXT_SIZE)
            # In UTF-16, every second byte of such a declaration is nothing.
            if _DECLARES.search(content.replace(b"\0", b"")):
                raise UnsafeMarkup(name)
    if package.find(DOCUMENT) is None:
        raise DamagedFile(DOCUMENT)


def _facts(package: Package) -> Facts:
    """Read what the document's properties say; templates leave a title of their own behind."""
    facts = Facts()
    core = package.find("docProps/core.xml")
    root = parse_xml(package.read(core, limits.DOCX_TEXT_SIZE), core) if core else None
    for element in root if root is not None else ():
        name, text = local_name(element), short(text_of(element))
        if name == "title":
            facts.title = text
        elif name == "creator" and text:
            facts.authors = [each.strip()[:200] for each in text.split(";") if each.strip()]
    styles = package.find("word/styles.xml")
    root = parse_xml(package.read(styles, limits.DOCX_TEXT_SIZE), styles) if styles else None
    for element in root.iter() if root is not None else ():
        if local_name(element) == "lang":
            language = next(
                (str(value) for key, value in element.attrib.items() if str(key).endswith("}val")),
                "",
            )
            if LANGUAGE_TAG.fullmatch(language):
                facts.language = language
            break
    return facts


def _take_named(body: etree._Element, facts: Facts) -> None:
    """Take paragraphs in the styles of title, subtitle and author out of the text's beginning."""
    for element in list(body):
        kind = get(element, "class")
        words = short(text_of(element))
        if kind == "book-title":
            facts.title = words or facts.title
        elif kind == "book-subtitle":
            facts.subtitle = words
        elif kind == "book-author":
            facts.authors = [words[:200]] if words else facts.authors
        else:
            return
        body.remove(element)


def _place_notes(body: etree._Element) -> None:
    """Put each note behind the chapter that refers to it, and say what links and notes are."""
    notes = {get(each, "id"): each for each in body.iter("li") if _NOTE.fullmatch(get(each, "id"))}
    for link in body.iter("a"):
        if _BACK.fullmatch(get(link, "href")):
            link.set("role", "doc-backlink")
        elif get(link, "href").lstrip("#") in notes:
            link.set("role", "doc-noteref")
            link.text = (link.text or "").strip("[]")
    levels = [local_name(each) for each in headings(body)]
    highest = min(levels, default="")
    waiting: list[etree._Element] = []
    for element in list(body):
        if local_name(element) == highest:
            for note in waiting:
                element.addprevious(note)
            waiting = []
        for link in element.iter("a"):
            name = get(link, "href").lstrip("#")
            if name in notes and link.get("role") == "doc-noteref":
                waiting.append(_as_note(notes.pop(name)))
    for note in waiting:
        body.append(note)


def _as_note(item: etree._Element) -> etree._Element:
    around = item.getparent()
    item.tag = "aside"
    item.set("role", "doc-footnote")
    item.tail = None
    if around is not None:
        around.remove(item)
        if len(around) == 0 and (outer := around.getparent()) is not None:
            outer.remove(around)
    return item

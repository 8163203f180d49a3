"""Make a book of manuscripts that were turned into HTML: chapters at their highest headings.

A single highest heading with which the text begins, and others below it, is the book's title. The
rest is the EPUB importer's: the same flow, pictures, cleaning and limits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from lxml import etree

from sites.books.importers import limits
from sites.books.importers.book import (
    ImportedBook,
    ImportedChapter,
    ImportedName,
    Progress,
    Stage,
)
from sites.books.importers.contents import Contents, Entry
from sites.books.importers.deadline import Deadline
from sites.books.importers.division import divide
from sites.books.importers.epub import RIGHT_TO_LEFT, house_language
from sites.books.importers.errors import NothingToRead
from sites.books.importers.held_parts import HeldParts
from sites.books.importers.identifiers import choose_identifier
from sites.books.importers.markup import local_name, text_of
from sites.books.importers.notes import Notes
from sites.books.importers.package import Package
from sites.books.importers.package_document import Item
from sites.books.importers.pages import PageReader, ReadPage
from sites.books.importers.picture_shelf import PictureShelf
from sites.books.importers.titles import settle_titles
from sites.books.importers.writing import find_places, write_chapters
from sites.books.text.links import media_references

_HEADING: Final = re.compile(r"h[1-6]")
USUAL_LANGUAGE: Final = "id"  # as a new book at the desk


@dataclass(slots=True)
class Facts:
    """What a manuscript says of its book; everything may be missing."""

    title: str = ""
    subtitle: str = ""
    authors: list[str] = field(default_factory=list)
    language: str = ""
    description: str = ""


@dataclass(slots=True)
class Manuscript:
    """One text: its part's name, and its body, whose elements may still be moved."""

    part: str
    body: etree._Element


def read_manuscripts(
    manuscripts: Sequence[Manuscript],
    facts: Facts,
    around: Package | None,
    *,
    progress: Progress,
    deadline: Deadline,
) -> ImportedBook:
    """Make the book. ``around`` holds the pictures. Raises an ``ImportRefused``."""
    entries = _entries(manuscripts, facts)
    held = {each.part: _page(each.body) for each in manuscripts}
    language = facts.language or USUAL_LANGUAGE
    direction = "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    identifier = choose_identifier((), facts.title, facts.authors)
    parts = HeldParts(held, around)
    shelf = PictureShelf(parts, Notes(), deadline)
    reader = PageReader(parts, shelf, shelf.notes, language, direction)
    pages = []
    progress(0, len(held), Stage.READING)
    for done, part in enumerate(held, start=1):
        item = Item(part, part, "application/xhtml+xml", frozenset())
        pages.append(reader.read(item, linear=True))
        progress(done, len(held), Stage.READING)
    chapters = _chapters(pages, entries, facts, reader)
    used = set().union(*(media_references(chapter.html) for chapter in chapters))
    return ImportedBook(
        title=facts.title or _("Untitled"),
        subtitle=facts.subtitle,
        identifier=identifier,
        language=language,
        knows_language=bool(facts.language),
        direction=direction,
        description=facts.description[: limits.DESCRIPTION_LENGTH],
        authors=[ImportedName(name) for name in facts.authors[: limits.NAMES]],
        chapters=chapters,
        pictures={key: shelf.by_key[key] for key in sorted(used)},
        notes=shelf.notes.sentences,
    )


def _chapters(
    pages: list[ReadPage], entries: list[Entry], facts: Facts, reader: PageReader
) -> list[ImportedChapter]:
    drafts = divide(pages, Contents(entries))
    if not any(block.says_something for draft in drafts for block in draft.blocks):
        raise NothingToRead
    if len(drafts) == 1 and not drafts[0].title:
        drafts[0].title = facts.title
    with translation.override(house_language(reader.language)):
        settle_titles(drafts, facts.title, "")
    return write_chapters(drafts, find_places(drafts), reader.targets, reader.shelf.deadline)


def short(text: str) -> str:
    """Give a fact of a line, no longer than its column."""
    return " ".join(text.split())[: limits.METADATA_LENGTH]


def headings(body: etree._Element) -> list[etree._Element]:
    """Give the headings that may divide a text: those that stand in nothing else."""
    return [element for element in body if _HEADING.fullmatch(local_name(element))]


def _entries(manuscripts: Sequence[Manuscript], facts: Facts) -> list[Entry]:
    """Find the headings that begin chapters, and name them; take the title out."""
    _take_title(manuscripts, facts)
    levels = Counter(local_name(each) for text in manuscripts for each in headings(text.body))
    highest = min(levels, default="")
    entries: list[Entry] = []
    for text in manuscripts:
        found = [each for each in headings(text.body) if local_name(each) == highest]
        for heading in found:
            name = f"chapter-{len(entries) + 1}"
            mark = etree.Element("a", id=name)
            mark.tail, heading.text = heading.text, None
            heading.insert(0, mark)
            entries.append(Entry(short(text_of(heading)), text.part, name, 0))
    return entries


def _take_title(manuscripts: Sequence[Manuscript], facts: Facts) -> None:
    body = manuscripts[0].body
    found = headings(body)
    first = found[0] if found and body.index(found[0]) == 0 else None
    if first is None or facts.title:
        return
    level = local_name(first)
    others = [local_name(each) for text in manuscripts for each in headings(text.body)]
    if others.count(level) == 1 or len(others) == 1:
        facts.title = short(text_of(first))
        if len(others) > 1:
            body.remove(first)


def _page(body: etree._Element) -> bytes:
    root = etree.Element("html")
    root.append(body)
    written: bytes = etree.tostring(root, encoding="utf-8")
    return written

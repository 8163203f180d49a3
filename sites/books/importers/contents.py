"""Read the table of contents: EPUB 3's navigation document or EPUB 2's NCX."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from sites.books.importers import limits
from sites.books.importers.errors import TooManyParts
from sites.books.importers.markup import (
    get,
    local_name,
    parse_xhtml,
    parse_xml,
    text_of,
    types_of,
)
from sites.books.importers.package import Package
from sites.books.importers.package_document import PackageDocument

_BODY: Final = frozenset({"bodymatter", "text", "start"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents; ``depth`` counts from 0. ``hidden`` ones are not meant to be seen
    in the contents, and never divide a text."""

    title: str
    part: str
    fragment: str
    depth: int
    hidden: bool = False


@dataclass(slots=True)
class Contents:
    """The lines in their order, and where the text proper begins, where the file says so."""

    entries: list[Entry] = field(default_factory=list)
    #: (part, fragment) of the first page of the text.
    body: tuple[str, str] | None = None
    #: The words with which the file points there: "Begin reading" is no chapter's title.
    body_label: str = ""


def read_contents(package: Package, document: PackageDocument) -> Contents:
    """Read the contents; a missing or broken table gives none, and the spine has to do."""
    contents = Contents()
    item = document.by_property("nav")
    if item is not None:
        root = parse_xhtml(package.read(item.part, limits.DOCUMENT_SIZE), item.part)
        if root is not None:
            _read_nav(_Reader(package, item.part, contents), root)
    if not contents.entries and document.ncx:
        root = parse_xml(package.read(document.ncx, limits.DOCUMENT_SIZE), document.ncx)
        if root is not None:
            _read_ncx(_Reader(package, document.ncx, contents), root)
    if contents.body is None:
        found = (document.guide.get(kind) for kind in ("bodymatter", "text", "start"))
        contents.body = next((place for place in found if place), None)
    return contents


class _Reader:
    def __init__(self, package: Package, part: str, contents: Contents) -> None:
        self.contents = contents
        self._package = package
        self._part = part

    def resolve(self, reference: str) -> tuple[str, str] | None:
        return self._package.resolve(self._part, reference) if reference else None

    def add(self, title: str, reference: str, depth: int, hidden: bool = False) -> bool:
        """Add a line; False when it leads to nothing, as the names of groups do."""
        entries = self.contents.entries
        if len(entries) >= limits.TOC_ENTRIES:
            raise TooManyParts(len(entries) + 1, limits.TOC_ENTRIES)
        found = self.resolve(reference)
        if found is None:
            return False
        entries.append(Entry(title[: limits.METADATA_LENGTH], *found, depth, hidden))
        return True


def _read_nav(reader: _Reader, root: etree._Element) -> None:
    navs = [element for element in root.iter() if local_name(element) == "nav"]
    tables = [nav for nav in navs if types_of(nav) & {"toc", "doc-toc"}] or navs[:1]
    for table in tables[:1]:
        for child in table:
            if local_name(child) in {"ol", "ul"}:
                _read_list(reader, child, 0, hidden=False)
    for nav in navs:
        if "landmarks" in types_of(nav):
            _read_landmarks(reader, nav)


def _read_list(reader: _Reader, items: etree._Element, depth: int, *, hidden: bool) -> None:
    if depth > limits.TOC_DEPTH:
        return
    hidden = hidden or items.get("hidden") is not None
    for item in items:
        if local_name(item) != "li":
            continue
        below = depth
        lists: list[etree._Element] = []
        for child in item:
            if local_name(child) == "a":
                added = reader.add(text_of(child), get(child, "href"), depth, hidden)
                below = depth + 1 if added else depth
            elif local_name(child) in {"ol", "ul"}:
                lists.append(child)
        for each in lists:
            _read_list(reader, each, below, hidden=hidden)


def _read_landmarks(reader: _Reader, nav: etree._Element) -> None:
    for link in nav.iter():
        if local_name(link) == "a" and types_of(link) & _BODY and not reader.contents.body:
            reader.contents.body = reader.resolve(get(link, "href"))
            reader.contents.body_label = text_of(link)


def _read_ncx(reader: _Reader, root: etree._Element) -> None:
    for element in root.iter():
        if local_name(element) == "navmap":
            _read_points(reader, element, 0)
            return


def _read_points(reader: _Reader, around: etree._Element, depth: int) -> None:
    if depth > limits.TOC_DEPTH:
        return
    for point in around:
        if local_name(point) != "navpoint":
            continue
        label, reference = "", ""
        for child in point:
            if local_name(child) == "navlabel":
                label = text_of(child)
            elif local_name(child) == "content":
                reference = get(child, "src")
        added = reader.add(label, reference, depth)
        _read_points(reader, point, depth + 1 if added else depth)

"""Read an edition that the house wrote: the chapters as they were, instead of a guess at them.

Nothing is trusted for its looks: every text goes through the sanitiser, and a picture keeps its key
only where the storage has exactly these bytes under it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Final

from lxml import etree

from sites.books.exporters.names import (
    ADDED,
    CHAPTER_PART,
    DRAWN_COVER,
    EDITION,
    EDITION_FORM,
    OTHER_PAGES,
    OWN_TAG,
    PICTURE_PART,
    TEXT_ID,
)
from sites.books.importers import limits
from sites.books.importers.book import ImportedChapter, ImportedPicture, provisional_uid
from sites.books.importers.budget import Budget
from sites.books.importers.errors import ChapterTooLong, DamagedFile
from sites.books.importers.markup import get, local_name, parse_xhtml, text_of
from sites.books.importers.package import Package
from sites.books.importers.package_document import PackageDocument
from sites.books.importers.picture_shelf import PictureShelf
from sites.books.text.allowed import VOID
from sites.books.text.clean import clean_html
from sites.books.text.errors import TextTooLong
from sites.books.text.paragraphs import PARAGRAPH_LIMIT
from sites.books.text.words import word_count
from storage.backends import public
from storage.errors import BadKey

_DATA: Final = "data-"
TITLE_ID: Final = "chapter-title"


def is_house_edition(document: PackageDocument) -> bool:
    """Did the house write this file, and has nobody added pages to it since?"""
    own = {page.item.part for page in document.pages}
    chapters = {part for part in own if CHAPTER_PART.fullmatch(part)}
    return bool(chapters) and own - chapters <= OTHER_PAGES and _says(document, EDITION)


def has_drawn_cover(document: PackageDocument) -> bool:
    return _says(document, DRAWN_COVER)


def _says(document: PackageDocument, name: str) -> bool:
    return any(
        local_name(element) == "meta"
        and get(element, "property") == name
        and text_of(element) == EDITION_FORM
        for element in document.root.iter()
    )


@dataclass(slots=True)
class HouseReader:
    """Reads the chapters; ``pictures`` are those that they show."""

    package: Package
    document: PackageDocument
    shelf: PictureShelf
    pictures: dict[str, ImportedPicture] = field(default_factory=dict)
    _uids: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        parts = [page.item.part for page in self.document.pages]
        chapters = [part for part in parts if CHAPTER_PART.fullmatch(part)]
        self._uids = {part: provisional_uid(place) for place, part in enumerate(chapters)}

    @property
    def count(self) -> int:
        return len(self._uids)

    def chapters(self) -> Iterator[ImportedChapter]:
        """Read one chapter after another. Raises an ``ImportRefused``."""
        for part, uid in self._uids.items():
            self.shelf.deadline.check()
            content = self.package.read(part, limits.DOCUMENT_SIZE)
            self._budget.take(part, content)
            root = parse_xhtml(content, part)
            text = _by_id(root, TEXT_ID)
            if text is None:
                raise DamagedFile(part)
            title = _by_id(root, TITLE_ID)
            heading = "".join(str(piece) for piece in title.itertext()) if title is not None else ""
            match = CHAPTER_PART.fullmatch(part)
            yield ImportedChapter(
                uid=uid,
                title=heading[: limits.METADATA_LENGTH] or "—",
                source=part,
                html=(html := self._html(part, text, heading)),
                words=word_count(html),
                house_uid=match[1] if match else "",
            )

    def _html(self, part: str, text: etree._Element, title: str) -> str:
        out: list[str] = [escape(text.text or "", quote=False)]
        for child in text:
            self._write(child, part, out)
        try:
            html = clean_html("".join(out))
        except TextTooLong as error:
            raise ChapterTooLong(title) from error
        if html.count(' id="p-') > PARAGRAPH_LIMIT:
            raise ChapterTooLong(title)
        return html

    def _write(self, element: etree._Element, part: str, out: list[str]) -> None:
        name = local_name(element)
        if name:
            name = element.get(OWN_TAG, name)
            attributes = "".join(
                f' {key}="{escape(value)}"' for key, value in self._attributes(element, part)
            )
            out.append(f"<{name}{attributes}>")
            if name not in VOID:
                out.append(escape(element.text or "", quote=False))
                for child in element:
                    self._write(child, part, out)
                out.append(f"</{name}>")
        out.append(escape(element.tail or "", quote=False))

    def _attributes(self, element: etree._Element, part: str) -> Iterator[tuple[str, str]]:
        added = element.get(ADDED, "").split()
        for key, value in element.attrib.items():
            key, value = str(key), str(value)
            if key.startswith(_DATA):
                if key not in {OWN_TAG, ADDED}:
                    yield key.removeprefix(_DATA), value
            elif key.startswith("{") or key in added or f"{_DATA}{key}" in element.attrib:
                continue
            elif key == "href":
                yield key, self._address(part, value)
            elif key == "src":
                yield key, f"media:{self._picture(part, value)}"
            else:
                yield key, value

    def _address(self, part: str, reference: str) -> str:
        found = self.package.resolve(part, reference)
        if found is None or found[0] not in self._uids:
            return reference
        where, fragment = found
        mark = f"#{fragment}" if fragment else ""
        if reference.startswith("#"):
            return mark
        return f"chapter:{self._uids[where]}{mark}"

    def _picture(self, part: str, reference: str) -> str:
        """Give the key for the picture that ``reference`` leads to; "" where there is none."""
        if reference not in self._keys:
            picture = self._kept(part, reference) or self.shelf.picture(part, reference)
            if picture is not None:
                self.pictures[picture.key] = picture
            self._keys[reference] = picture.key if picture is not None else ""
        return self._keys[reference]

    def _kept(self, part: str, reference: str) -> ImportedPicture | None:
        """Give a picture that the storage has already, as it is there."""
        found = self.package.resolve(part, reference)
        match = PICTURE_PART.fullmatch(found[0]) if found else None
        if found is None or match is None:
            return None
        content = self.package.read(found[0], limits.PICTURE_SIZE)
        key = match[1]
        place = public()
        try:
            same = place.size(key) == len(content) and place.read(key) == content
        except (FileNotFoundError, BadKey):
            return None
        return ImportedPicture(key, content, "", 0, 0) if same else None


def _by_id(root: etree._Element | None, name: str) -> etree._Element | None:
    if root is None:
        return None
    return next((element for element in root.iter() if element.get("id") == name), None)

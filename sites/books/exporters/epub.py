"""Write a book as EPUB 3.3: one XHTML page for each chapter, whose paragraphs keep their ids.

The same content gives the same bytes. What is written here comes back through the importer to the
letter (``sites.books.importers.house_edition``).
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Final

from django.conf import settings
from django.utils import translation

from sites.books.exporters import limits, pages
from sites.books.exporters.cover import cover_picture
from sites.books.exporters.edition import Edition, EditionChapter
from sites.books.exporters.errors import ExportTakesTooLong, TooMuchToExport
from sites.books.exporters.names import FOLDER, PACKAGE_DOCUMENT, chapter_part
from sites.books.exporters.package_document import CONTAINER, Contains, Part, package_document
from sites.books.exporters.style import stylesheet
from sites.books.exporters.xhtml import serialise, text_element
from sites.books.text.links import media_references
from sites.books.text.tokens import read_clean_tag, split_clean
from storage.backends import public

MIMETYPE: Final = "application/epub+zip"
_PAGE_TYPE: Final = "application/xhtml+xml"
#: No entry says when it was written, or two exports of one book would differ.
_DATE: Final = (1980, 1, 1, 0, 0, 0)
#: Core media types of EPUB 3.3, by the ending of a picture's key.
_PICTURE_TYPES: Final = {
    "webp": "image/webp",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",
}

Clock = Callable[[], float]


def write_epub(edition: Edition, out: IO[bytes], *, clock: Clock = time.monotonic) -> None:
    """Write ``edition`` to ``out``, which need not be able to seek.

    A picture that is not in the storage is left out, and its place remembers it. Raises
    ``TooMuchToExport`` and ``ExportTakesTooLong``.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _Writer(edition, archive, clock).write()


def _language(edition: Edition) -> str:
    """Give the language of what the house adds: the book's, where the house speaks it."""
    base = edition.language.partition("-")[0]
    return base if base in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@dataclass(slots=True)
class _Writer:
    edition: Edition
    archive: zipfile.ZipFile
    clock: Clock
    contains: Contains = field(default_factory=Contains)
    parts: list[Part] = field(default_factory=list)
    #: Uid → the ids that its text has.
    ids: dict[str, set[str]] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    _end: float = 0.0

    def write(self) -> None:
        self._end = self.clock() + limits.SECONDS
        self._entry("mimetype", MIMETYPE.encode(), packed=False)
        self._entry("META-INF/container.xml", CONTAINER.encode())
        self._read_pictures()
        cover = cover_picture(self.edition.cover) if self.edition.cover else None
        if cover is not None:
            self._add(
                Part("cover-image", f"{FOLDER}/cover.jpg", "image/jpeg", "cover-image"), cover
            )
            with self._in_book_language():
                page = pages.cover_page(self.edition, f"{FOLDER}/cover.jpg")
            self._add(Part("cover-page", f"{FOLDER}/cover.xhtml", _PAGE_TYPE, in_spine=True), page)
        title = Part("title-page", f"{FOLDER}/title.xhtml", _PAGE_TYPE, in_spine=True)
        self._add(title, pages.title_page(self.edition))
        self.ids = {each.uid: _ids_in(each.text) for each in self.edition.chapters}
        for chapter in self.edition.chapters:
            self._chapter(chapter)
        with self._in_book_language():
            contents = pages.contents_page(self.edition, has_cover=cover is not None)
        self._add(Part("nav", f"{FOLDER}/nav.xhtml", _PAGE_TYPE, "nav"), contents)
        ncx = Part("ncx", f"{FOLDER}/toc.ncx", "application/x-dtbncx+xml")
        self._add(ncx, pages.ncx(self.edition))
        style = Part("style", f"{FOLDER}/style.css", "text/css")
        self._add(style, stylesheet(self.edition.writing_mode))
        for number, (key, content) in enumerate(self.pictures.items(), start=1):
            kind = _PICTURE_TYPES[_ending(key)]
            self._add(Part(f"picture-{number}", _picture_part(key), kind), content)
        with self._in_book_language():
            document = package_document(self.edition, self.parts, self.contains)
        self._entry(PACKAGE_DOCUMENT, document.encode())

    def _in_book_language(self) -> translation.override:
        """For what the house adds; refusals speak to whoever asked for the file."""
        return translation.override(_language(self.edition))

    def _chapter(self, chapter: EditionChapter) -> None:
        if self.clock() > self._end:
            raise ExportTakesTooLong(limits.SECONDS)
        element = text_element(
            chapter.text,
            link=lambda address: self._link(chapter.uid, address),
            picture=self._picture,
        )
        has_formula = next(element.iter("{http://www.w3.org/1998/Math/MathML}math"), None)
        for image in element.iter("{http://www.w3.org/1999/xhtml}img"):
            self.contains.pictures += 1
            self.contains.pictures_without_words += not image.get("alt", "").strip()
        self.contains.formulas |= has_formula is not None
        page = pages.chapter_page(self.edition, chapter, serialise(element))
        properties = "mathml" if has_formula is not None else ""
        part = chapter_part(chapter.uid)
        self._add(Part(f"c-{chapter.uid}", part, _PAGE_TYPE, properties, in_spine=True), page)

    def _link(self, here: str, address: str) -> str | None:
        """Give what a link leads to: a chapter that is not in the edition is nothing, a paragraph
        that is not in its chapter leads to the chapter."""
        uid, _mark, paragraph = address.removeprefix("chapter:").partition("#")
        uid = uid or here
        if uid not in self.ids:
            return None
        mark = f"#{paragraph}" if paragraph in self.ids[uid] else ""
        if address.startswith("#"):
            return mark or None
        return f"{uid}.xhtml{mark}"

    def _picture(self, address: str) -> str | None:
        key = address.removeprefix("media:")
        return f"../{key}" if key in self.pictures else None

    def _read_pictures(self) -> None:
        keys = set().union(*(media_references(each.text) for each in self.edition.chapters))
        if len(keys) > limits.PICTURES:
            raise TooMuchToExport(self.edition.title, len(keys), limits.PICTURES)
        size = 0
        for key in sorted(keys):
            if not key.startswith("pictures/") or _ending(key) not in _PICTURE_TYPES:
                continue
            try:
                content = public().read(key)
            except FileNotFoundError:
                continue
            size += len(content)
            if size > limits.PICTURES_SIZE:
                raise TooMuchToExport(self.edition.title, size, limits.PICTURES_SIZE)
            if self.clock() > self._end:
                raise ExportTakesTooLong(limits.SECONDS)
            self.pictures[key] = content

    def _add(self, part: Part, content: bytes | str) -> None:
        self.parts.append(part)
        self._entry(part.name, content.encode() if isinstance(content, str) else content)

    def _entry(self, name: str, content: bytes, *, packed: bool = True) -> None:
        info = zipfile.ZipInfo(name, _DATE)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        self.archive.writestr(info, content)


def _ids_in(text: str) -> set[str]:
    tags = split_clean(text)[1::2]
    return {read_clean_tag(tag).attributes.get("id", "") for tag in tags if ' id="' in tag}


def _picture_part(key: str) -> str:
    return f"{FOLDER}/{key}"


def _ending(key: str) -> str:
    return key.rpartition(".")[2].lower()

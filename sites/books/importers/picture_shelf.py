"""The pictures of a book: each is read once, however often the text shows it."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from lxml import etree

from sites.books.importers import limits
from sites.books.importers.book import ImportedCover, ImportedPicture
from sites.books.importers.deadline import Deadline
from sites.books.importers.drawings import Draughtsman
from sites.books.importers.errors import (
    DamagedFile,
    FileTooLarge,
    NestedTooDeeply,
    UnsafeMarkup,
)
from sites.books.importers.markup import local_name, parse_xml
from sites.books.importers.notes import Notes
from sites.books.importers.package import Package
from sites.books.importers.pictures import BrokenPicture, pixels_of, read_cover, read_picture

_DATA: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif);base64,", re.IGNORECASE)


@dataclass(slots=True)
class PictureShelf:
    """Reads pictures by reference. A broken or missing one is left out, with a note."""

    package: Package
    notes: Notes
    deadline: Deadline
    _by_part: dict[str, ImportedPicture | None] = field(default_factory=dict)
    #: Every picture that was read, by the key under which it will be stored.
    by_key: dict[str, ImportedPicture] = field(default_factory=dict)
    _draughtsman: Draughtsman = field(init=False)
    _pixels: int = 0

    def __post_init__(self) -> None:
        self._draughtsman = Draughtsman()

    def picture(self, base: str, reference: str) -> ImportedPicture | None:
        """Give the picture that ``reference`` in the part ``base`` leads to.

        Raises PictureTooLarge: a picture that cannot be decoded safely refuses the whole file.
        Raises TakesTooLong, as ``drawing`` does.
        """
        embedded = _DATA.match(reference)
        if embedded:
            return self._embedded(base, reference[embedded.end() :])
        found = self.package.resolve(base, reference)
        if found is None or not reference:
            self._leave_out(reference)
            return None
        part = found[0]
        if part not in self._by_part:
            self._by_part[part] = self._kept(self._read(part))
        return self._by_part[part]

    def drawing(self, base: str, root: etree._Element) -> ImportedPicture | None:
        """Draw an ``svg`` element that stands in the page ``base``."""
        self.deadline.check()
        if self._is_full(base):
            return None
        try:
            drawn = self._draughtsman.draw(root, base, lambda each: self._bytes(base, each))
            return self._kept(drawn)
        except BrokenPicture:
            self._leave_out(base)
            return None

    def cover(self, part: str) -> ImportedCover | None:
        """Read a part as the book's cover; None when it is no picture."""
        try:
            content = self.package.read(part, limits.PICTURE_SIZE)
            if part.lower().endswith(".svg"):
                picture = self._read(part)
                content = picture.content if picture else b""
            return read_cover(content, part)
        except (BrokenPicture, DamagedFile, FileTooLarge):
            self._leave_out(part)
            return None

    def _read(self, part: str) -> ImportedPicture | None:
        self.deadline.check()
        if self._is_full(part):
            return None
        try:
            content = self.package.read(part, limits.PICTURE_SIZE)
            if part.lower().endswith(".svg") or content[:500].lstrip()[:5] in {b"<?xml", b"<svg "}:
                return self._read_drawing(part, content)
            return self._encoded(content, part)
        except (BrokenPicture, DamagedFile, FileTooLarge):
            self._leave_out(part)
            return None

    def _read_drawing(self, part: str, content: bytes) -> ImportedPicture:
        if len(content) > limits.DRAWING_SIZE:
            raise BrokenPicture(part)
        try:
            root = parse_xml(content, part)
        except (UnsafeMarkup, NestedTooDeeply) as error:
            raise BrokenPicture(part) from error
        if root is None or local_name(root) != "svg":
            raise BrokenPicture(part)
        return self._draughtsman.draw(root, part, lambda each: self._bytes(part, each))

    def _encoded(self, content: bytes, part: str) -> ImportedPicture:
        self.deadline.check()
        self._pixels += pixels_of(content, part)
        if self._pixels > limits.PICTURES_PIXELS:
            raise BrokenPicture(part)
        return read_picture(content, part)

    def _embedded(self, base: str, data: str) -> ImportedPicture | None:
        if self._is_full(base):
            return None
        try:
            return self._kept(self._encoded(base64.b64decode(data), base))
        except (BrokenPicture, binascii.Error, ValueError):
            self._leave_out(base)
            return None

    def _kept(self, picture: ImportedPicture | None) -> ImportedPicture | None:
        if picture is not None:
            self.by_key[picture.key] = picture
        return picture

    def _bytes(self, base: str, reference: str) -> bytes | None:
        found = self.package.resolve(base, reference)
        if found is None:
            return None
        try:
            return self.package.read(found[0], limits.PICTURE_SIZE)
        except (DamagedFile, FileTooLarge):
            return None

    def _is_full(self, part: str) -> bool:
        if len(self.by_key) < limits.PICTURES:
            return False
        self._leave_out(part)
        return True

    def _leave_out(self, part: str) -> None:
        self.notes.add(
            _("The picture %(part)s cannot be read; it was left out.") % {"part": part[-80:]}
        )

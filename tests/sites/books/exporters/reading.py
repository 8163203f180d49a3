"""A reader of the house's editions without a file around it."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from sites.books.importers.deadline import Deadline
from sites.books.importers.held_parts import HeldParts
from sites.books.importers.house_edition import HouseReader
from sites.books.importers.notes import Notes
from sites.books.importers.package_document import PackageDocument
from sites.books.importers.picture_shelf import PictureShelf


def reader_of(parts: Mapping[str, bytes]) -> HouseReader:
    package = HeldParts(parts)
    document = PackageDocument("", "3.0", etree.Element("package"), {}, [], "", "", {})
    return HouseReader(package, document, PictureShelf(package, "", Notes(), Deadline()))

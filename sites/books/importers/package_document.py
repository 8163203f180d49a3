"""Read the package document (OPF 1.2 to 3.0): what the book is called and consists of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from sites.books.importers import limits
from sites.books.importers.errors import (
    EncryptedBook,
    NoPackageDocument,
    NothingToRead,
    TooManyParts,
)
from sites.books.importers.markup import get, local_name, parse_xml
from sites.books.importers.package import Package

CONTAINER: Final = "META-INF/container.xml"
PAGE_TYPES: Final = frozenset(
    {"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"}
)
DRAWING_TYPE: Final = "image/svg+xml"
#: The two ways to garble fonts; nothing else may be encrypted in a book that we can read.
_FONT_OBFUSCATION: Final = frozenset(
    {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#rc"}
)


@dataclass(slots=True)
class Item:
    """A part that the manifest names."""

    id: str
    part: str
    type: str
    properties: frozenset[str]
    fallback: str = ""


@dataclass(slots=True)
class Page:
    """A place in the reading order. ``linear`` is False for notes and answers kept aside."""

    item: Item
    linear: bool = True


@dataclass(slots=True)
class PackageDocument:
    part: str
    version: str
    root: etree._Element = field(repr=False)
    items: dict[str, Item]
    pages: list[Page]
    #: page-progression-direction: "", "ltr" or "rtl".
    progression: str
    ncx: str
    #: type → (part, fragment), from EPUB 2's guide.
    guide: dict[str, tuple[str, str]]

    def by_property(self, name: str) -> Item | None:
        return next((item for item in self.items.values() if name in item.properties), None)


def read_package_document(package: Package) -> PackageDocument:
    """Find and read the package document; check the limits on what it names."""
    _refuse_encrypted(package)
    part = _find(package)
    root = parse_xml(package.read(part, limits.PACKAGE_DOCUMENT_SIZE), part)
    if root is None:
        raise NoPackageDocument
    items = _items(package, part, root)
    spine = next(_all(root, "spine"), None)
    pages = _pages(spine, items)
    toc = items.get(get(spine, "toc")) if spine is not None else None
    return PackageDocument(
        part=part,
        version=get(root, "version"),
        root=root,
        items=items,
        pages=pages,
        progression=get(spine, "page-progression-direction") if spine is not None else "",
        ncx=toc.part if toc else _by_type(items, "application/x-dtbncx+xml"),
        guide=_guide(package, part, root),
    )


def _refuse_encrypted(package: Package) -> None:
    part = package.find("META-INF/encryption.xml")
    if part is None:
        return
    root = parse_xml(package.read(part, limits.PACKAGE_DOCUMENT_SIZE), part)
    if root is None:
        raise EncryptedBook
    for data in _all(root, "encrypteddata"):
        method = next(_all(data, "encryptionmethod"), None)
        algorithm = get(method, "Algorithm").lower() if method is not None else ""
        if algorithm not in _FONT_OBFUSCATION:
            raise EncryptedBook


def _find(package: Package) -> str:
    container = package.find(CONTAINER)
    if container is not None:
        root = parse_xml(package.read(container, limits.PACKAGE_DOCUMENT_SIZE), container)
        rootfiles = _all(root, "rootfile") if root is not None else iter(())
        for rootfile in rootfiles:
            found = package.resolve("", get(rootfile, "full-path"))
            if found and found[0]:
                return found[0]
    # Some tools write a container that leads nowhere; the document is there all the same.
    candidates = [name for name in package.names if name.lower().endswith(".opf")]
    if len(candidates) != 1:
        raise NoPackageDocument
    return candidates[0]


def _items(package: Package, part: str, root: etree._Element) -> dict[str, Item]:
    items: dict[str, Item] = {}
    for count, element in enumerate(_all(root, "item")):
        if count >= limits.ENTRIES:
            raise TooManyParts(count, limits.ENTRIES)
        found = package.resolve(part, get(element, "href"))
        if found and get(element, "id"):
            items.setdefault(
                get(element, "id"),
                Item(
                    id=get(element, "id"),
                    part=found[0],
                    type=get(element, "media-type").lower().partition(";")[0],
                    properties=frozenset(get(element, "properties").split()),
                    fallback=get(element, "fallback"),
                ),
            )
    return items


def _pages(spine: etree._Element | None, items: dict[str, Item]) -> list[Page]:
    references = list(_all(spine, "itemref")) if spine is not None else []
    if len(references) > limits.SPINE_ITEMS:
        raise TooManyParts(len(references), limits.SPINE_ITEMS)
    pages: list[Page] = []
    seen: set[str] = set()
    for reference in references:
        item = _readable(items.get(get(reference, "idref")), items)
        if item is not None and item.part not in seen:
            seen.add(item.part)
            pages.append(Page(item, linear=get(reference, "linear").lower() != "no"))
    if not pages:
        pages = [Page(item) for item in items.values() if item.type in PAGE_TYPES]
    if not pages:
        raise NothingToRead
    if len(pages) > limits.SPINE_ITEMS:
        raise TooManyParts(len(pages), limits.SPINE_ITEMS)
    return pages


def _readable(item: Item | None, items: dict[str, Item]) -> Item | None:
    """Follow fallbacks to a page or a drawing; a circle of them leads nowhere."""
    seen: set[str] = set()
    while item is not None and item.id not in seen:
        is_page = item.type in PAGE_TYPES or item.type == DRAWING_TYPE
        if is_page or item.part.lower().endswith((".xhtml", ".html", ".htm")):
            return item
        seen.add(item.id)
        item = items.get(item.fallback)
    return None


def _by_type(items: dict[str, Item], media_type: str) -> str:
    return next((item.part for item in items.values() if item.type == media_type), "")


def _guide(package: Package, part: str, root: etree._Element) -> dict[str, tuple[str, str]]:
    guide: dict[str, tuple[str, str]] = {}
    for reference in _all(root, "reference"):
        found = package.resolve(part, get(reference, "href"))
        if found:
            guide.setdefault(get(reference, "type").lower(), found)
    return guide


def _all(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return (element for element in root.iter() if local_name(element) == name)

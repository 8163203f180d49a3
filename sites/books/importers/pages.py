"""Read the pages of an EPUB, in the order of its spine, into blocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from lxml import etree

from sites.books.importers import limits
from sites.books.importers.budget import Budget
from sites.books.importers.errors import FileTooLarge
from sites.books.importers.flow import Flow, mark_holders
from sites.books.importers.flow_block import FlowBlock, Ids
from sites.books.importers.markup import get, local_name, parse_xhtml, text_of, types_of
from sites.books.importers.notes import Notes
from sites.books.importers.package import Package
from sites.books.importers.package_document import DRAWING_TYPE, Item
from sites.books.importers.phrases import Page
from sites.books.importers.picture_shelf import PictureShelf
from sites.books.importers.readable import short_name
from sites.books.importers.styles import Styles

_OUTWARD: Final = frozenset({"http", "https", "mailto"})
_MEANINGFUL_DEPTH: Final = 3  # elements below body in which a page says what it is


@dataclass(slots=True)
class ReadPage:
    """A page: its blocks, what it says that it is, and its own title."""

    part: str
    blocks: list[FlowBlock]
    types: frozenset[str] = frozenset()
    title: str = ""
    linear: bool = True


@dataclass(slots=True)
class PageReader:
    """Reads pages; gathers what is only known when all are read."""

    package: Package
    shelf: PictureShelf
    notes: Notes
    language: str
    direction: str
    ids: Ids = field(default_factory=Ids)
    #: Places that links lead to, by the number in their provisional address.
    targets: list[tuple[str, str]] = field(default_factory=list)
    directions: Counter[str] = field(default_factory=Counter)
    writing_modes: Counter[str] = field(default_factory=Counter)
    _styles: dict[str, Styles] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)

    def read(self, item: Item, *, linear: bool) -> ReadPage:
        """Read one page. Raises an ImportRefused when it is damaged or beyond a limit."""
        self.shelf.deadline.check()
        content = self.package.read(item.part, limits.DOCUMENT_SIZE)
        self.budget.take(item.part, content)
        root = parse_xhtml(content, item.part)
        if root is None:
            self.notes.add(
                _("The page %(part)s cannot be read; it was left out.")
                % {"part": short_name(item.part)}
            )
            return ReadPage(item.part, [], linear=linear)
        if item.type == DRAWING_TYPE or local_name(root) == "svg":
            return ReadPage(item.part, self._drawing(item.part, root), linear=linear)
        return self._page(item, root, linear=linear)

    def _page(self, item: Item, root: etree._Element, *, linear: bool) -> ReadPage:
        body = next((each for each in root.iter() if local_name(each) == "body"), root)
        head = next((each for each in root if local_name(each) == "head"), None)
        styles = self._styles_of(item.part, head)
        page = Page(
            part=item.part,
            language=self.language,
            direction=self.direction,
            ids=self.ids,
            styles=styles,
            picture=lambda reference: self.shelf.picture(item.part, reference),
            drawing=lambda drawing: self.shelf.drawing(item.part, drawing),
            link=lambda reference: self._link(item.part, reference),
            left_out=self._leave_out,
        )
        mark_holders(body)
        flow = Flow(page)
        flow.anchor(body)
        blocks = flow.read(body)
        self._count(root, body, styles, len(blocks))
        titles = (
            text_of(each)
            for each in (head if head is not None else ())
            if local_name(each) == "title"
        )
        return ReadPage(item.part, blocks, _types(body), next(titles, ""), linear)

    def _drawing(self, part: str, root: etree._Element) -> list[FlowBlock]:
        page = Page(
            part=part,
            language=self.language,
            direction=self.direction,
            ids=self.ids,
            styles=Styles(),
            picture=lambda reference: self.shelf.picture(part, reference),
            drawing=lambda drawing: self.shelf.drawing(part, drawing),
            link=lambda reference: self._link(part, reference),
            left_out=self._leave_out,
        )
        around = etree.Element("body")
        around.append(root)
        return Flow(page).read(around)

    def _link(self, part: str, reference: str) -> str | None:
        try:
            scheme = urlsplit(reference).scheme.lower()
        except ValueError:
            return None
        if scheme:
            return reference if scheme in _OUTWARD else None
        found = self.package.resolve(part, reference)
        if found is None:
            return None
        self.targets.append(found)
        return f"chapter:l{len(self.targets) - 1}"

    def _leave_out(self, name: str) -> None:
        kinds = {"audio": _("Sound was left out."), "video": _("Films were left out.")}
        self.notes.add(kinds[name])

    def _count(
        self, root: etree._Element, body: etree._Element, styles: Styles, blocks: int
    ) -> None:
        """Take the page's votes on how the book runs, weighed by its blocks."""
        traits = styles.traits(root) | styles.traits(body)
        direction = get(body, "dir") or get(root, "dir") or ("rtl" if "rtl" in traits else "")
        self.directions[direction.lower()] += blocks
        modes = sorted(trait for trait in traits if trait.startswith("vertical-"))
        self.writing_modes[modes[0] if modes else ""] += blocks

    def _styles_of(self, part: str, head: etree._Element | None) -> Styles:
        styles = Styles()
        for element in head if head is not None else ():
            if local_name(element) == "style":
                styles.add(text_of(element)[: limits.STYLE_SIZE])
            elif local_name(element) == "link" and _is_usual_stylesheet(element):
                styles.update(self._stylesheet(part, get(element, "href")))
        return styles

    def _stylesheet(self, base: str, reference: str) -> Styles:
        found = self.package.resolve(base, reference)
        if found is None:
            return Styles()
        part = found[0]
        if part not in self._styles:
            self._styles[part] = Styles()
            try:
                content = self.package.read(part, limits.STYLE_SIZE)
            except FileTooLarge:
                return self._styles[part]
            self._styles[part].add(content.decode("utf-8", "replace"))
        return self._styles[part]


def _is_usual_stylesheet(link: etree._Element) -> bool:
    kinds = get(link, "rel").lower().split()
    return "stylesheet" in kinds and "alternate" not in kinds


def _types(body: etree._Element) -> frozenset[str]:
    """Give what the page says that it is, by its body and the sections that it consists of."""
    found = set(types_of(body))
    level = [body]
    for _depth in range(_MEANINGFUL_DEPTH):
        level = [child for element in level[:3] for child in list(element)[:3]]
        for element in level:
            found |= types_of(element)
    return frozenset(found)

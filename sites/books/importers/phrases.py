"""Read what stands within a paragraph: words, formatting, links, pictures, formulas."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Final

from lxml import etree

from sites.books.importers import meanings
from sites.books.importers.book import ImportedPicture
from sites.books.importers.drawings import description_of, only_image
from sites.books.importers.flow_block import Ids, start_tag
from sites.books.importers.markup import get, local_name, text_of
from sites.books.importers.mathml import write_math
from sites.books.importers.styles import Styles

#: Elements that are kept, under the name that they have in a chapter.
_KEPT: Final = {
    name: name
    for name in (
        *("abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd"),
        *("mark", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "strong", "sub", "sup"),
        *("u", "var"),
    )
} | {"strike": "s", "tt": "code", "acronym": "abbr"}
_MATHML_NAMESPACE: Final = "http://www.w3.org/1998/math/mathml"
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
_LEADING_BREAKS: Final = re.compile(r"(?:\s|<br>)*")


@dataclass(slots=True)
class Page:
    """What reading one page needs to know and to ask. Every answer None leaves the thing out."""

    part: str
    language: str
    direction: str
    ids: Ids
    styles: Styles
    picture: Callable[[str], ImportedPicture | None]
    drawing: Callable[[etree._Element], ImportedPicture | None]
    #: Gives the address that is written for a link, to be resolved when all pages are read.
    link: Callable[[str], str | None]
    #: Told once for each thing that a text cannot have: "audio", "video".
    left_out: Callable[[str], None]

    _last: tuple[etree._Element | None, frozenset[str]] = (None, frozenset())

    def traits(self, element: etree._Element) -> frozenset[str]:
        """Give an element's traits; asked for the same one again, which is usual, at no cost."""
        if self._last[0] is not element:
            found = self.styles.traits(element) | meanings.traits_by_name(element)
            self._last = element, found
        return self._last[1]


@dataclass(slots=True)
class Phrases:
    """The content of one paragraph, as it is being read."""

    page: Page
    language: str
    in_note: bool = False
    keep_spaces: bool = False
    out: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    _has_formula: bool = False

    @property
    def words(self) -> str:
        """The words alone, spaces collapsed."""
        return " ".join("".join(self.plain).split())

    @property
    def is_empty(self) -> bool:
        return not (self.pictures or self._has_formula or self.words)

    def html(self) -> str:
        if self.keep_spaces:
            return "".join(self.out).strip("\n")
        return _without_edge_breaks(_SPACES.sub(" ", "".join(self.out)))

    def text(self, text: str | None) -> None:
        if text:
            self.plain.append(text)
            shown = text if self.keep_spaces else _SPACES.sub(" ", text)
            self.out.append(escape(shown, quote=False))

    def content(self, element: etree._Element) -> None:
        """Read an element's content as phrases, whatever stands in it."""
        self.text(element.text)
        for child in element:
            self.element(child)
            self.text(child.tail)

    def element(self, element: etree._Element) -> None:
        """Read one element as a phrase."""
        name = local_name(element)
        if name in meanings.MEDIA:
            self.page.left_out(name)
            return
        if not name or meanings.is_skipped(element):
            return
        self._anchor(element)
        if meanings.is_page_mark(element):
            return
        reader = _READERS.get(name)
        if reader is not None:
            reader(self, element)
        elif name in meanings.BLOCKS:
            self.text(" ")
            self.content(element)
            self.text(" ")
        else:
            self._formatted(element, _KEPT.get(name, ""))

    def _anchor(self, element: etree._Element) -> None:
        for name in ("id", "name"):
            value = element.get(name)
            if value and (name == "id" or local_name(element) == "a"):
                self.anchors.append(value)

    def _formatted(self, element: etree._Element, tag: str) -> None:
        traits = self.page.traits(element)
        if "hidden" in traits:
            return
        if tag in {"i", "em", "cite", "dfn", "var"}:
            traits -= {"italic"}
        if tag in {"b", "strong"}:
            traits -= {"bold"}
        attributes = self._attributes(element, tag)
        classes = [
            *(["small-caps"] if "small-caps" in traits else []),
            *(["line-number"] if meanings.is_line_number(element) else []),
        ]
        wraps: list[tuple[str, dict[str, str]]] = []
        if tag:
            wraps.append((tag, attributes))
        elif attributes or classes:
            wraps.append(("span", attributes | ({"class": classes[0]} if classes else {})))
        wraps += [("i", {})] if "italic" in traits else []
        wraps += [("b", {})] if "bold" in traits else []
        self._wrapped(element, wraps)

    def _wrapped(self, element: etree._Element, wraps: list[tuple[str, dict[str, str]]]) -> None:
        start = len(self.out)
        self.content(element)
        if not "".join(self.out[start:]).strip():
            return
        self.out[start:start] = [start_tag(name, attributes) for name, attributes in wraps]
        self.out.extend(f"</{name}>" for name, _attributes in reversed(wraps))

    def _attributes(self, element: etree._Element, tag: str) -> dict[str, str]:
        attributes: dict[str, str] = {}
        language = get(element, "lang") or get(element, "xml:lang")
        if language and not same_language(language, self.language):
            attributes["lang"] = language
        if direction := get(element, "dir"):
            attributes["dir"] = direction
        if tag in {"abbr", "dfn"} and get(element, "title"):
            attributes["title"] = get(element, "title")
        return attributes

    def _link(self, element: etree._Element) -> None:
        reference = get(element, "href")
        target = self.page.link(reference) if reference else None
        if target is None:
            self._formatted(element, "")
            return
        attributes = {"href": target}
        if role := meanings.link_role(element, text_of(element), in_note=self.in_note):
            attributes["role"] = role
        self._wrapped(element, [("a", attributes)])

    def _picture(self, element: etree._Element) -> None:
        self._show(self.page.picture(get(element, "src")), get(element, "alt"))

    def _drawing(self, element: etree._Element) -> None:
        shown = only_image(element)
        picture = self.page.picture(shown) if shown else self.page.drawing(element)
        self._show(picture, description_of(element))

    def _object(self, element: etree._Element) -> None:
        kind, data = get(element, "type").lower(), get(element, "data")
        is_picture = kind.startswith("image/") or data.lower().endswith((".svg", ".png", ".jpg"))
        picture = self.page.picture(data) if is_picture else None
        if picture is not None:
            self._show(picture, text_of(element))
        else:
            self.content(element)

    def _show(self, picture: ImportedPicture | None, alternative: str) -> None:
        if picture is None:
            return
        self.pictures.append(picture.key)
        self.alternatives.append(alternative)
        attributes = {
            "src": f"media:{picture.key}",
            "alt": " ".join(alternative.split()),
            "width": str(picture.width),
            "height": str(picture.height),
        }
        self.out.append(start_tag("img", attributes))

    def _formula(self, element: etree._Element) -> None:
        self.plain.append(text_of(element))
        self._has_formula = True
        self.out.append(write_math(element))

    def _break(self, element: etree._Element) -> None:
        self.plain.append("\n")
        self.out.append("<br>")

    def _choice(self, element: etree._Element) -> None:
        """EPUB 3.0's switch: the formula where there is one, else the default."""
        self.content(chosen_case(element))


def _without_edge_breaks(text: str) -> str:
    """Remove spaces and line breaks at both ends, in time linear in their number."""
    start = _LEADING_BREAKS.match(text)
    begin, end = start.end() if start else 0, len(text)
    while end > begin:
        if text[end - 1].isspace():
            end -= 1
        elif text.endswith("<br>", begin, end):
            end -= len("<br>")
        else:
            break
    return text[begin:end]


def chosen_case(switch: etree._Element) -> etree._Element:
    """Give the case of an ``epub:switch`` that we can show."""
    default = switch
    for child in switch:
        if local_name(child) == "case":
            if get(child, "required-namespace").lower() == _MATHML_NAMESPACE:
                return child
        elif local_name(child) == "default":
            default = child
    return default


def same_language(one: str, other: str) -> bool:
    """Are two tags of one language, whatever the region?"""
    return one.lower().partition("-")[0] == other.lower().partition("-")[0]


_READERS: Final[dict[str, Callable[[Phrases, etree._Element], None]]] = {
    "a": Phrases._link,
    "img": Phrases._picture,
    "image": Phrases._picture,
    "svg": Phrases._drawing,
    "object": Phrases._object,
    "math": Phrases._formula,
    "br": Phrases._break,
    "switch": Phrases._choice,
}

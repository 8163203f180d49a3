"""Attributes whose values a chapter may have and XHTML's schema refuses are set aside, not lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lxml import etree

from sites.books.exporters.names import ADDED
from sites.books.exporters.structures import rename

_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NUMBER: Final = re.compile(r"\d{1,5}")
_SPAN: Final = re.compile(r"[1-9]\d{0,2}")
_INTEGER: Final = re.compile(r"-?\d{1,6}")

#: Element and attribute → what the schema takes. Other attributes are as the cleaner left them.
_TAKEN: Final = {
    ("img", "width"): _NUMBER,
    ("img", "height"): _NUMBER,
    ("td", "colspan"): _SPAN,
    ("th", "colspan"): _SPAN,
    ("td", "rowspan"): _SPAN,
    ("th", "rowspan"): _SPAN,
    ("th", "scope"): re.compile(r"row|col|rowgroup|colgroup"),
    ("ol", "start"): _INTEGER,
}
#: BCP 47 (RFC 5646), but for extensions: language, script, region, variants.
LANGUAGE: Final = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*"
)
#: An address that no checker doubts; others are kept beside.
_WEB: Final = re.compile(
    r"https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?"
    r"([/?#]([A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
    r"(#([A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?",
)
_MAIL: Final = re.compile(r"mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", re.IGNORECASE)

Resolve = Callable[[str], str | None]


def mend_attributes(root: etree._Element, *, link: Resolve, picture: Resolve) -> None:
    """Resolve what ``root`` refers to, and set aside what the schema would refuse."""
    for element in root.iter():
        name = etree.QName(element).localname
        for key in list(element.attrib):
            taken = _TAKEN.get((name, str(key)))
            if taken is not None and not taken.fullmatch(str(element.get(key))):
                set_aside(element, str(key))
        if not LANGUAGE.fullmatch(element.get("lang", "en")):
            set_aside(element, "lang")
            element.attrib.pop(_XML_LANG, "")
        if name == "a":
            _mend_link(element, link)
        elif name == "img":
            _mend_picture(element, picture)
        elif name == "li" and "value" in element.attrib:
            _mend_number(element)


def set_aside(element: etree._Element, key: str, instead: str | None = None) -> None:
    """Keep an attribute as ``data-…`` in its place, and put ``instead`` where it was, if anything."""
    items = list(element.attrib.items())
    element.attrib.clear()
    for each, value in items:
        element.set(f"data-{key}" if each == key else each, value)
    if instead is not None:
        element.set(key, instead)


def _mend_link(element: etree._Element, link: Resolve) -> None:
    address = element.get("href", "")
    if address.startswith(("#", "chapter:")):
        target = link(address)
        whole = target is not None and ("#" in target) == ("#" in address)
        if target is not None and whole:
            element.set("href", target)
        else:
            set_aside(element, "href", target)
    elif not (_WEB.fullmatch(address) or _MAIL.fullmatch(address)):
        set_aside(element, "href")
    if "href" not in element.attrib and "rel" in element.attrib:
        set_aside(element, "rel")


def _mend_picture(element: etree._Element, picture: Resolve) -> None:
    if "alt" not in element.attrib:
        element.set("alt", "")
        element.set(ADDED, "alt")
    source = picture(element.get("src", ""))
    if source is None:
        if element.attrib.pop(ADDED, ""):
            del element.attrib["alt"]
        rename(element, "span")
    else:
        element.set("src", source)


def _mend_number(element: etree._Element) -> None:
    around = element.getparent()
    if around is None or etree.QName(around).localname != "ol":
        set_aside(element, "value")

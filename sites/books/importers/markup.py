"""Parse XML and XHTML from strangers: no DTD, no entities, no network, bounded depth."""

from __future__ import annotations

import codecs
import html
import html.entities
import re
from typing import Final

from lxml import etree  # heavy: import this module lazily

from sites.books.importers import limits
from sites.books.importers.errors import NestedTooDeeply, UnsafeMarkup

OPS: Final = "{http://www.idpf.org/2007/ops}"
XML: Final = "{http://www.w3.org/XML/1998/namespace}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
_NO_TYPES: Final[frozenset[str]] = frozenset()
_PREFIXED: Final = {
    "epub:type": f"{OPS}type",
    "xml:lang": f"{XML}lang",
    "xlink:href": f"{XLINK}href",
}

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_META: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]+)""", re.I)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPACE: Final = re.compile(r"\s*")
_ENTITY: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,40});")
_XML_ENTITIES: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})


def parse_xml(content: bytes, part: str) -> etree._Element | None:
    """Parse a package, contents or style-less XML part; None when nothing can be made of it.

    Raises UnsafeMarkup for declared entities and NestedTooDeeply beyond ``limits.DEPTH``.
    """
    text = _prepared(content, part)
    root = _parse(text, part)
    if root is None:
        try:
            root = etree.fromstring(text, _xml_parser(recover=True))
        except (etree.XMLSyntaxError, ValueError):
            return None
    return _checked(root, part)


def parse_xhtml(content: bytes, part: str) -> etree._Element | None:
    """Parse a page: as XML where it is well-formed, else as leniently as a browser would.

    The same errors as ``parse_xml``.
    """
    text = _prepared(content, part)
    root = _parse(text, part)
    if root is None:
        try:
            root = etree.fromstring(text, etree.HTMLParser(remove_comments=True, remove_pis=True))
        except (etree.XMLSyntaxError, ValueError):
            return None
    return _checked(root, part)


def local_name(element: etree._Element) -> str:
    """Give an element's name in lower case, without namespace or prefix; "" for other nodes."""
    tag: object = element.tag
    if not isinstance(tag, str):
        return ""  # an entity that was left alone
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def get(element: etree._Element, name: str) -> str:
    """Give an attribute, however its prefix survived the parser: ``epub:type``, ``xml:lang``."""
    value = element.get(name)
    if value is None and name in _PREFIXED:
        value = element.get(_PREFIXED[name])
    return value.strip() if value else ""


def types_of(element: etree._Element) -> frozenset[str]:
    """Give what an element says that it is: the words of ``epub:type`` and of ``role``."""
    kinds, role = get(element, "epub:type"), get(element, "role")
    return frozenset(f"{kinds} {role}".lower().split()) if kinds or role else _NO_TYPES


def text_of(element: etree._Element) -> str:
    """Give all words of an element, spaces collapsed."""
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def _prepared(content: bytes, part: str) -> bytes:
    text = _CONTROLS.sub("", _decoded(content))
    start = _after_prolog(text)
    if "<!ENTITY" in text[:start].upper():
        raise UnsafeMarkup(part)
    return _ENTITY.sub(_character, text[start:]).encode()


def _after_prolog(text: str) -> int:
    """Give where the first element begins, after declarations, comments and the DOCTYPE."""
    position = 0
    while True:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        if text.startswith("<?", position):
            end, length = text.find("?>", position), 2
        elif text.startswith("<!--", position):
            end, length = text.find("-->", position), 3
        elif text.startswith("<!", position):
            subset, close = text.find("[", position), text.find(">", position)
            if 0 <= subset < close:
                close = text.find(">", text.find("]", subset))
            end, length = close, 1
        else:
            return position
        if end < 0:
            return position
        position = end + length


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name in _XML_ENTITIES:
        return match[0]
    character = html.entities.html5.get(f"{name};")
    return html.escape(character) if character else f"&amp;{name};"


def _decoded(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").lstrip("\ufeff")
    if content[:4] in (b"<\0?\0", b"\0<\0?"):
        return content.decode("utf-16-le" if content[:1] == b"<" else "utf-16-be", "replace")
    declared = _DECLARED.search(content[:400]) or _META.search(content[:4_000])
    for encoding in (declared[1].decode("ascii") if declared else "utf-8", "utf-8"):
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _xml_parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )


def _parse(text: bytes, part: str) -> etree._Element | None:
    try:
        return etree.fromstring(text, _xml_parser())
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise NestedTooDeeply(part) from error
        return None
    except ValueError:
        return None


def _checked(root: etree._Element | None, part: str) -> etree._Element | None:
    if root is None:
        return None
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.DEPTH:
            raise NestedTooDeeply(part)
    return root

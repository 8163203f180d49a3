"""Turn a chapter's clean text into XHTML, and mend what HTML forgives and XHTML's schema does not.

Every mend can be undone by whoever reads the house's editions (``names.OWN_TAG``), so that a text
comes back to the letter.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final

from lxml import etree  # heavy: import this module lazily

from sites.books.exporters.attributes import mend_attributes
from sites.books.exporters.names import TEXT_ID
from sites.books.exporters.structures import mend_structures
from sites.books.text.allowed import VOID
from sites.books.text.tokens import read_clean_tag, split_clean

XHTML: Final = "http://www.w3.org/1999/xhtml"
OPS: Final = "http://www.idpf.org/2007/ops"
MATHML: Final = "http://www.w3.org/1998/Math/MathML"
_NAMESPACES: Final[dict[str | None, str]] = {None: XHTML, "epub": OPS}

#: What XML 1.0 cannot hold.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPACES: Final = {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
#: The words of EPUB's structural vocabulary for the roles that a text may have.
_TYPES: Final = {
    "doc-noteref": "noteref",
    "doc-backlink": "backlink",
    "doc-footnote": "footnote",
    "doc-endnotes": "endnotes",
    "doc-epigraph": "epigraph",
    "doc-dedication": "dedication",
    "doc-foreword": "foreword",
    "doc-afterword": "afterword",
    "doc-bibliography": "bibliography",
    "doc-glossary": "glossary",
}

#: Gives what a link leads to in the edition, or None where that is not in it.
Resolve = Callable[[str], str | None]


def text_element(text: str, *, link: Resolve, picture: Resolve) -> etree._Element:
    """Give a clean text as an element of XHTML.

    ``link`` gives the reference for ``chapter:…`` and ``#p-…``, ``picture`` that for ``media:…``.
    """
    written = "".join(
        _tag(piece) if index % 2 else _text(piece) for index, piece in enumerate(split_clean(text))
    )
    start = f'<div xmlns="{XHTML}" xmlns:epub="{OPS}" id="{TEXT_ID}">'
    root = etree.fromstring(f"{start}{written}</div>".encode(), etree.XMLParser(huge_tree=True))
    for element in root.iter():
        if role := element.get("role"):
            element.set(f"{{{OPS}}}type", _TYPES.get(role, "noteref"))
    mend_attributes(root, link=link, picture=picture)
    mend_structures(root)
    return root


def write_text(text: str) -> str:
    """Give ``text`` escaped for an element or an attribute of XML."""
    return html.escape(_CONTROLS.sub("", text))


def serialise(element: etree._Element) -> str:
    """Write an element of a page whose root declares the namespaces."""
    written: str = etree.tostring(element, encoding="unicode")
    return written.replace(f' xmlns="{XHTML}"', "", 1).replace(f' xmlns:epub="{OPS}"', "", 1)


def _text(piece: str) -> str:
    if "&" not in piece:
        return _CONTROLS.sub("", piece)
    return html.escape(_CONTROLS.sub("", html.unescape(piece)), quote=False)


def _tag(piece: str) -> str:
    if piece.startswith("</"):
        return piece
    tag = read_clean_tag(piece)
    written = "".join(f' {name}="{_value(value)}"' for name, value in tag.attributes.items())
    if "lang" in tag.attributes:
        written += f' xml:lang="{_value(tag.attributes["lang"])}"'
    if tag.name == "math":
        written += f' xmlns="{MATHML}"'
    return f"<{tag.name}{written}{'/' if tag.name in VOID else ''}>"


def _value(value: str) -> str:
    written = html.escape(_CONTROLS.sub("", value))
    for space, reference in _SPACES.items():
        written = written.replace(space, reference)
    return written

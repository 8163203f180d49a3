"""Copy a formula: MathML's presentation elements, without annotations and scripts."""

from __future__ import annotations

from html import escape
from typing import Final

from lxml import etree

from sites.books.importers.flow_block import start_tag
from sites.books.importers.markup import local_name
from sites.books.text.allowed import MATHML

_DROPPED: Final = frozenset({"annotation", "annotation-xml", "mglyph", "maligngroup", "malignmark"})
_FENCES: Final = ("(", ")", ",")


def write_math(element: etree._Element) -> str:
    """Give a ``math`` element as HTML; the sanitiser decides on the attributes."""
    name = local_name(element)
    if name in _DROPPED:
        return ""
    if name == "mfenced":
        return _write_fenced(element)
    inner = escape((element.text or "").strip(), quote=False) + "".join(
        write_math(child) + escape((child.tail or "").strip(), quote=False) for child in element
    )
    if name not in MATHML:
        return inner  # semantics, mstack and the like: what is inside stays
    attributes = {
        str(key): str(value) for key, value in element.attrib.items() if str(key).islower()
    }
    return f"{start_tag(name, attributes)}{inner}</{name}>"


def _write_fenced(element: etree._Element) -> str:
    """Browsers have given up ``mfenced``; write what it stands for."""
    before, after, separators = (
        element.get(key, usual).strip()
        for key, usual in zip(("open", "close", "separators"), _FENCES, strict=True)
    )
    parts: list[str] = []
    for index, child in enumerate(element):
        if index and separators:
            mark = separators[min(index, len(separators)) - 1]
            parts.append(f'<mo separator="true">{escape(mark, quote=False)}</mo>')
        parts.append(write_math(child))
    start = f'<mo fence="true">{escape(before, quote=False)}</mo>' if before else ""
    end = f'<mo fence="true">{escape(after, quote=False)}</mo>' if after else ""
    return f"<mrow>{start}{''.join(parts)}{end}</mrow>"

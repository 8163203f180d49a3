"""Elements that stand where XHTML's schema does not allow them become neutral ones that say what
they were: a list with a paragraph between its items, a formula with half a fraction."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lxml import etree

from sites.books.exporters.formulas import is_valid_formula
from sites.books.exporters.names import OWN_TAG

_XHTML: Final = "{http://www.w3.org/1999/xhtml}"
_MATHML: Final = "{http://www.w3.org/1998/Math/MathML}"
#: Attributes that every element may have.
_GLOBAL: Final = frozenset({"id", "lang", "dir", "class", "role", OWN_TAG})
#: What becomes neutral together with the element that holds it.
_PARTS: Final = {
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "dl": frozenset({"dt", "dd"}),
    "figure": frozenset({"figcaption"}),
    "table": frozenset({"caption", "thead", "tbody", "tfoot", "tr", "td", "th"}),
    "ruby": frozenset({"rb", "rt", "rp"}),
}
_ROWS: Final = {"thead", "tbody", "tfoot"}
_NOT_IN_HEADS: Final = frozenset({"section", "aside", "h2", "h3", "h4", "h5", "h6"})
_RUBY: Final = re.compile(r"(b+(r|prp|pr|rp)+)+")
_TABLE: Final = re.compile(r"c?h?f?(b*|r+)f?")
_TERMS: Final = re.compile(r"(t+d+)*")


def mend_structures(root: etree._Element) -> None:
    """Rename, in the tree below ``root``, what stands where it may not."""
    for element in list(root.iter()):
        name = local(element)
        if element.tag == f"{_MATHML}math":
            if not is_valid_formula(element):
                _rename_formula(element)
        elif element.tag != f"{_XHTML}{name}":
            continue
        elif (check := _CHECKS.get(name)) is not None and not check(element):
            _rename_all(element, name)


def local(element: etree._Element) -> str:
    """Give an element's name without its namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def rename(element: etree._Element, neutral: str) -> None:
    """Make an element a neutral one; its name and its own attributes go into ``data-…``."""
    items = list(element.attrib.items())
    was = local(element)
    element.attrib.clear()
    element.tag = f"{_XHTML}{neutral}"
    element.set(OWN_TAG, was)
    for name, value in items:
        key = str(name)
        keeps = key in _GLOBAL or "}" in key or key.startswith("data-")
        element.set(key if keeps else f"data-{key}", value)


def _rename_all(element: etree._Element, name: str) -> None:
    neutral = "div" if name in _PARTS and name != "ruby" else "span"
    if name in _NOT_IN_HEADS:
        neutral = "div"
    parts = _PARTS.get(name, frozenset())
    for child in list(element.iterdescendants()):
        if local(child) in parts and _holder(child, parts) is element:
            rename(child, neutral)
    rename(element, neutral)


def _holder(element: etree._Element, parts: frozenset[str]) -> etree._Element | None:
    """Give what an item, a row or a cell belongs to."""
    around = element.getparent()
    while around is not None and (local(around) in parts or around.get(OWN_TAG) in parts):
        around = around.getparent()
    return around


def _rename_formula(formula: etree._Element) -> None:
    for child in [formula, *formula.iterdescendants()]:
        rename(child, "span")


def _kinds(element: etree._Element, letters: dict[str, str]) -> str:
    """Give a letter for each child; "?" for one that is not among ``letters``, and for words."""
    out = ["?" if (element.text or "").strip() else ""]
    for child in element:
        out.append(letters.get(local(child), "?"))
        out.append("?" if (child.tail or "").strip() else "")
    return "".join(out)


def _is_list(element: etree._Element) -> bool:
    return "?" not in _kinds(element, {"li": "i"})


def _is_terms(element: etree._Element) -> bool:
    return _TERMS.fullmatch(_kinds(element, {"dt": "t", "dd": "d"})) is not None


def _is_figure(element: etree._Element) -> bool:
    captions = [index for index, child in enumerate(element) if local(child) == "figcaption"]
    if not captions:
        return True
    before, after = (element.text or "").strip(), (element[-1].tail or "").strip()
    first, last = captions == [0] and not before, captions == [len(element) - 1] and not after
    return first or last


def _is_table(element: etree._Element) -> bool:
    letters = {"caption": "c", "thead": "h", "tbody": "b", "tfoot": "f", "tr": "r"}
    kinds = _kinds(element, letters)
    if not _TABLE.fullmatch(kinds) or kinds.count("f") > 1:
        return False
    for part in element:
        if local(part) == "caption":
            if next(part.iter(f"{_XHTML}table"), None) is not None:
                return False
        elif local(part) in _ROWS:
            if "?" in _kinds(part, {"tr": "r"}) or not all(_is_row(row) for row in part):
                return False
        elif not _is_row(part):
            return False
    return True


def _is_row(element: etree._Element) -> bool:
    return "?" not in _kinds(element, {"td": "d", "th": "h"})


def _is_ruby(element: etree._Element) -> bool:
    out = ["b" if (element.text or "").strip() else ""]
    for child in element:
        out.append({"rt": "r", "rp": "p", "rb": "?"}.get(local(child), "b"))
        out.append("b" if (child.tail or "").strip() else "")
    return _RUBY.fullmatch("".join(out)) is not None


def _is_part_of_ruby(element: etree._Element) -> bool:
    around = element.getparent()
    return around is not None and "ruby" in (local(around), around.get(OWN_TAG))


def _stands_alone(element: etree._Element) -> bool:
    """No link within a link, no definition within one."""
    return next(element.iterancestors(str(element.tag)), None) is None


def _may_head(element: etree._Element) -> bool:
    """A term or a cell's head holds no heading and no section."""
    heads = {f"{_XHTML}dt", f"{_XHTML}th"}
    return not any(around.tag in heads for around in element.iterancestors())


_CHECKS: Final[dict[str, Callable[[etree._Element], bool]]] = {
    "ul": _is_list,
    "ol": _is_list,
    "dl": _is_terms,
    "figure": _is_figure,
    "table": _is_table,
    "ruby": _is_ruby,
    "rb": _is_part_of_ruby,
    "rt": _is_part_of_ruby,
    "rp": _is_part_of_ruby,
    "a": _stands_alone,
    "dfn": _stands_alone,
    "bdo": lambda element: element.get("dir") in {"ltr", "rtl"},
    **dict.fromkeys(_NOT_IN_HEADS, _may_head),
}

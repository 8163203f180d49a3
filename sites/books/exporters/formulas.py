"""Whether a formula is one by MathML 3's schema: how many children, which values, where words stand."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

_NAMESPACE: Final = "{http://www.w3.org/1998/Math/MathML}"
_TOKENS: Final = frozenset({"mi", "mn", "mo", "mtext", "ms"})
_CHILDREN: Final = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
    **dict.fromkeys(("mspace", "mprescripts"), 0),
}
_ANY: Final = frozenset(
    {"math", "mrow", "msqrt", "mstyle", "merror", "mpadded", "mphantom", "mtd", "menclose"}
)
_ONLY: Final = {"mtable": "mtr", "mtr": "mtd"}
_YES_NO: Final = re.compile(r"true|false")
_LENGTH: Final = re.compile(r"-?(\d+\.?\d*|\.\d+)(em|ex|px|in|cm|mm|pt|pc|%)|0")
_PAD: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(em|ex|px|in|cm|mm|pt|pc|%)|0")
_COUNT: Final = re.compile(r"[1-9]\d{0,2}")
_VARIANTS: Final = re.compile(
    r"normal|bold|italic|bold-italic|double-struck|bold-fraktur|script|bold-script|fraktur"
    r"|sans-serif|bold-sans-serif|sans-serif-italic|sans-serif-bold-italic|monospace"
)
_NOTATIONS: Final = re.compile(
    r"(longdiv|actuarial|radical|box|roundedbox|circle|left|right|top|bottom|updiagonalstrike"
    r"|downdiagonalstrike|verticalstrike|horizontalstrike|madruwb)"
    r"( (longdiv|actuarial|radical|box|roundedbox|circle|left|right|top|bottom|updiagonalstrike"
    r"|downdiagonalstrike|verticalstrike|horizontalstrike|madruwb))*"
)
_VALUES: Final = {
    "display": re.compile(r"block|inline"),
    "alttext": re.compile(r".*", re.DOTALL),
    "mathvariant": _VARIANTS,
    "form": re.compile(r"prefix|infix|postfix"),
    **dict.fromkeys(("displaystyle", "fence", "separator", "stretchy", "symmetric"), _YES_NO),
    **dict.fromkeys(("largeop", "movablelimits", "accent", "accentunder"), _YES_NO),
    **dict.fromkeys(("lspace", "rspace", "minsize", "linethickness"), _LENGTH),
    "maxsize": _LENGTH,
    **dict.fromkeys(("width", "height", "depth", "voffset"), _PAD),
    "scriptlevel": re.compile(r"[+-]?\d{1,2}"),
    "columnspan": _COUNT,
    "rowspan": _COUNT,
    "notation": _NOTATIONS,
}


def is_valid_formula(formula: etree._Element) -> bool:
    """Would the schema take this ``math`` element?"""
    return all(_is_valid(element) for element in formula.iter())


def _is_valid(element: etree._Element) -> bool:
    tag = str(element.tag)
    name = tag.removeprefix(_NAMESPACE)
    if name == tag or not _has_valid_attributes(element):
        return False
    if name in _TOKENS:
        return len(element) == 0
    words = [element.text, *(child.tail for child in element)]
    if any((text or "").strip() for text in words):
        return False
    if name in _CHILDREN:
        return len(element) == _CHILDREN[name]
    if name == "mmultiscripts":
        return _pairs_up([child.tag == f"{_NAMESPACE}mprescripts" for child in element])
    if name in _ONLY:
        return all(child.tag == f"{_NAMESPACE}{_ONLY[name]}" for child in element)
    return name in _ANY and _holds_no_parts(element)


def _pairs_up(marks: list[bool]) -> bool:
    """A base, pairs of scripts, and behind one mark the pairs before the base."""
    if marks.count(True) > 1 or not marks or marks[0]:
        return False
    before = marks.index(True) if True in marks else len(marks)
    return before % 2 == 1 and (len(marks) - before) % 2 == (before < len(marks))


def _holds_no_parts(element: etree._Element) -> bool:
    return not any(child.tag in {f"{_NAMESPACE}mtr", f"{_NAMESPACE}mtd"} for child in element)


def _has_valid_attributes(element: etree._Element) -> bool:
    for key, value in element.attrib.items():
        taken = _VALUES.get(str(key))
        if taken is None or not taken.fullmatch(str(value)):
            return False
    return True

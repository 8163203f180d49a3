"""What a publisher's stylesheet says that a text would be poorer without.

The stylesheets themselves stay behind, fonts and all. But many books say "italic" only by a class,
so the few declarations that carry meaning are read from rules for a class or an element, and from
``style`` attributes. Rules with other selectors are passed over; the cascade is the last rule's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from lxml import etree

from sites.books.importers.markup import get, local_name

_SELECTOR: Final = re.compile(r"([a-z][a-z0-9]*)?(?:\.([A-Za-z_][\w-]*))?")
RULES: Final = 20_000  # rules that are read of one stylesheet

#: property → value → the trait that it gives. An empty trait takes the property's others back.
_TRAITS: Final = {
    "font-style": {"italic": "italic", "oblique": "italic", "normal": ""},
    "font-weight": {"bold": "bold", "bolder": "bold", "700": "bold", "normal": "", "400": ""},
    "font-variant": {"small-caps": "small-caps", "normal": ""},
    "font-variant-caps": {"small-caps": "small-caps", "normal": ""},
    "text-align": {"center": "center", "right": "right", "end": "right", "left": "", "justify": ""},
    "display": {"none": "hidden", "block": "block", "inline": ""},
    "writing-mode": {
        "vertical-rl": "vertical-rl",
        "tb-rl": "vertical-rl",
        "vertical-lr": "vertical-lr",
        "horizontal-tb": "",
    },
    "direction": {"rtl": "rtl", "ltr": ""},
}
_PREFIX: Final = re.compile(r"^-(?:epub|webkit|moz|ms)-")

Declared = dict[str, str]
_NOTHING: Final[Declared] = {}


class Styles:
    """Traits by element and class. ``add`` stylesheets in their order."""

    def __init__(self) -> None:
        self._rules: defaultdict[tuple[str, str], Declared] = defaultdict(dict)

    def add(self, stylesheet: str) -> None:
        for rule in _without_comments(stylesheet).split("}")[:RULES]:
            selectors, _brace, block = rule.rpartition("{")
            declared = _declared(block)
            if not declared:
                continue
            # Inside @media the selector follows another brace, after @import a semicolon.
            for selector in re.split(r"[{;]", selectors)[-1].split(","):
                simple = _SELECTOR.fullmatch(selector.strip())
                if simple and simple[0]:
                    self._rules[simple[1] or "", simple[2] or ""].update(declared)

    def update(self, other: Styles) -> None:
        for key, declared in other._rules.items():
            self._rules[key].update(declared)

    def traits(self, element: etree._Element) -> frozenset[str]:
        """Give an element's own traits, such as ``italic``; nothing is inherited here."""
        name = local_name(element)
        found: Declared = dict(self._rules.get((name, ""), _NOTHING))
        for each in get(element, "class").split()[:20]:
            found.update(self._rules.get(("", each), _NOTHING))
            found.update(self._rules.get((name, each), _NOTHING))
        if style := get(element, "style"):
            found.update(_declared(style[:2_000]))
        return frozenset(trait for trait in found.values() if trait)


def _without_comments(stylesheet: str) -> str:
    first, *others = stylesheet.split("/*")
    return first + "".join(other.partition("*/")[2] for other in others)


def _declared(block: str) -> Declared:
    declared: Declared = {}
    for declaration in block.split(";"):
        name, colon, value = declaration.partition(":")
        name = _PREFIX.sub("", name.strip().lower())
        values = _TRAITS.get(name)
        if colon and values is not None:
            word = _PREFIX.sub("", value.replace("!important", "").strip().lower())
            if word in values:
                declared[name] = values[word]
    return declared

"""What a file says of itself, made fit for a sentence: it may hold what a terminal would obey."""

from __future__ import annotations

import unicodedata
from typing import Final

NAME_LENGTH: Final = 80  # a line of a terminal; names in an archive may have 65,535 bytes

#: Unicode's categories of controls, formats (with those that turn the direction of writing),
#: surrogates, and ends of lines and paragraphs.
_OBEYED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Formats that only join letters, as Persian and Hindi words need.
_JOINERS: Final = frozenset("\u200c\u200d")
#: Unicode's explicit directional formatting (UAX #9, section 2): it turns what stands beside it on
#: every page that shows the text.
_TURNS: Final = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def unturned(text: str) -> str:
    """Give ``text`` without directional formatting, as forms take what people type; what is nothing
    else is shown as ``readable`` does."""
    kept = text.translate(_TURNS)
    return kept if kept.strip() or not text.strip() else readable(text)


def readable(text: str) -> str:
    """Give ``text`` with "?" for each character that a terminal or a browser would obey rather
    than show: escapes, line ends, overrides of the direction."""
    return "".join(
        "?" if unicodedata.category(letter) in _OBEYED and letter not in _JOINERS else letter
        for letter in text
    )


def short_name(name: str) -> str:
    """Give the beginning of a name from a file, as ``readable`` does."""
    return readable(name[:NAME_LENGTH])

"""What people type, and paste, into one line or several, without what nobody sees."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Unicode's explicit directional formatting (UAX #9, section 2): it turns what stands beside it on
#: other pages, too. The marks of one letter's direction (LRM, RLM, ALM) are harmless, and stay.
_DIRECTIONS: Final = "\u202a-\u202e\u2066-\u2069"
#: Control characters but tab and line ends; the byte order mark.
_CONTROLS: Final = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff"
_UNWANTED: Final = re.compile(f"[{_DIRECTIONS}{_CONTROLS}]")
#: Any blank but those that keep two words on one line, which French titles need.
_BLANKS: Final = re.compile(r"[^\S\u00a0\u202f]+")
#: Letters and symbols by category that draw nothing: the Hangul fillers, the empty Braille cell.
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: Blanks, marks that need a letter, controls, formats such as the zero-width space.
_UNSEEN: Final = frozenset({"Zs", "Zl", "Zp", "Mn", "Me", "Cc", "Cf", "Cs"})


def one_line(typed: str) -> str:
    """Give ``typed`` as one line: blanks, tabs and line ends become single spaces, controls and
    directional formatting go. What cannot be seen at all is empty."""
    return _or_nothing(_BLANKS.sub(" ", _UNWANTED.sub("", typed)).strip())


def some_lines(typed: str) -> str:
    """Give ``typed`` with its lines and blanks; controls and directional formatting go."""
    return _or_nothing(_UNWANTED.sub("", typed))


def _or_nothing(text: str) -> str:
    return text if any(_is_seen(character) for character in text) else ""


def _is_seen(character: str) -> bool:
    return character not in _FILLERS and unicodedata.category(character) not in _UNSEEN

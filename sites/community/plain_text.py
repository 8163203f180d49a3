"""What readers write, as it is kept: plain text that cannot disturb what stands beside it.

Markup is no matter here: a text is kept as it was typed, and escaped where it is shown.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sites.community.exceptions import TooLong

#: Raw characters per character that is kept, beyond which nothing is even looked at: letters come
#: with up to three marks apart (NFD), and lines with two characters for their end.
RAW: Final = 4
#: Marks upon one letter. Hebrew with its accents has four, Tibetan stacks in Sanskrit words eight;
#: more of them climb over the lines above.
MOST_MARKS: Final = 8
#: Empty lines between two paragraphs: more push away what others wrote.
MOST_EMPTY_LINES: Final = 1
#: Lines of one text, three screens; a poem has fewer. What is beyond runs on: a letter on each line
#: pushes away what others wrote as well.
MOST_LINES: Final = 100

_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
#: Explicit directional formatting (Unicode's UAX #9) and its deprecated relatives, which turn what
#: stands beside the text. The marks of one letter's direction (LRM, RLM, ALM) are harmless, and stay.
_DIRECTIONS: Final = "\u202a-\u202e\u2066-\u206f"
#: Controls but tab and line end, halves of a pair, interlinear annotation, the byte order mark, and
#: what is no character.
_CONTROLS: Final = "\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\ufffb\ufeff\ufffe\uffff"
_UNWANTED: Final = re.compile(f"[{_DIRECTIONS}{_CONTROLS}]")
_EMPTY_LINES: Final = re.compile(rf"\n(?:[^\S\n]*\n){{{MOST_EMPTY_LINES + 1},}}")

#: Letters and symbols by category that draw nothing: the Hangul fillers, the empty Braille cell.
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: Blanks, marks that need a letter, controls, formats such as the zero-width space.
_UNSEEN: Final = frozenset({"Zs", "Zl", "Zp", "Mn", "Me", "Cc", "Cf", "Cs"})
_MARKS: Final = frozenset({"Mn", "Me"})


def clean_plain_text(text: str, *, most: int) -> str:
    """Give a text of several lines as it is kept: in NFC, without controls and directional
    formatting, with at most one empty line between two others, and as many lines as somebody may
    take up. What nobody could see is empty.

    Raises ``TooLong`` for more than ``most`` characters of that.
    """
    if len(text) > RAW * most:
        raise TooLong(len(text), most)
    lines = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    composed = _without_towers(unicodedata.normalize("NFC", lines))
    cleaned = _without_columns(_EMPTY_LINES.sub("\n" * (MOST_EMPTY_LINES + 1), composed).strip())
    if len(cleaned) > most:
        raise TooLong(len(cleaned), most)
    return cleaned if any(_is_seen(character) for character in cleaned) else ""


def clean_line(text: str, *, most: int) -> str:
    """Give a text of one line as it is kept: as above, with every run of blanks as one space."""
    return clean_plain_text(" ".join(text[: RAW * most + 1].split()), most=most)


def _without_towers(text: str) -> str:
    """Give ``text`` with at most ``MOST_MARKS`` marks in a row."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _without_columns(text: str) -> str:
    """Give ``text`` with at most ``MOST_LINES`` lines."""
    *lines, rest = text.split("\n", MOST_LINES - 1)
    return "\n".join([*lines, " ".join(rest.split()) if "\n" in rest else rest])


def _is_seen(character: str) -> bool:
    return character not in _FILLERS and unicodedata.category(character) not in _UNSEEN

"""Count, time and quote the words of a text."""

from __future__ import annotations

import re
from typing import Final

from sites.books.text.blocks import Block, read_blocks
from sites.books.text.tokens import plain_text, split_clean

#: Silent reading of prose in English: 238 words a minute (Brysbaert 2019, "How many words do we
#: read per minute?", Journal of Memory and Language 109). The 255 characters a minute measured for
#: Chinese (Trauzettel-Klosinski and Dietz 2012, IOVS 53) are close enough for one number.
WORDS_PER_MINUTE: Final = 238

OPENING_LIMIT: Final = 240  # characters: four lines of the display face on a phone

#: Scripts that set no spaces between words: a character counts as a word, as their readers count.
_CHARACTER: Final = re.compile(
    "[\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_GAP: Final = re.compile(r"[\s—―–]+|\.\.+|…")
_LETTER: Final = re.compile(r"[^\W_]")
_SENTENCE_END: Final = re.compile(r"[。！？]+[」』）”]*|[.!?…؟۔]+[\"'”’»)\]]*(?=\s|$)")
#: Words before a full stop that does not end the sentence.
_SHORT: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "sr",
        "jr",
        "rev",
        "hon",
        "capt",
        "col",
        "gen",
        "lt",
        "sgt",
        "no",
        "nos",
        "vol",
        "fig",
        "p",
        "pp",
        "ch",
        "cf",
        "e.g",
        "i.e",
        "etc",
        "drs",
        "ir",
        "h",
        "hj",
        "s.h",
        "tn",
        "ny",
        "sdr",
        "yth",
        "dll",
        "dsb",
    ]
)


def word_count(text: str) -> int:
    """Count the words of a clean text; Chinese and Japanese by characters."""
    plain, characters = _CHARACTER.subn(" ", plain_text(_with_gaps(text)))
    return characters + sum(1 for word in _GAP.split(plain) if _LETTER.search(word))


def reading_minutes(words: int) -> int:
    """Give the minutes that ``words`` take to read, rounded, at least one."""
    return max(1, round(words / WORDS_PER_MINUTE))


def opening_line(text: str) -> str:
    """Give the first sentence of the first paragraph that is part of the story, or "".

    Headings, notes, figures and tables are passed over. A sentence longer than ``OPENING_LIMIT``
    characters is cut after a word and ends in an ellipsis.
    """
    for block in read_blocks(split_clean(text)):
        if _tells(block):
            return _shortened(_first_sentence(block.text[: 2 * OPENING_LIMIT]))
    return ""


def _with_gaps(text: str) -> str:
    return text.replace("><", "> <").replace("<br>", "<br> ")


def _tells(block: Block) -> bool:
    aside = {"aside", "figure", "table", "blockquote"}
    return (
        block.tag in {"p", "pre"}
        and not aside.intersection(block.around)
        and _LETTER.search(block.text) is not None
        and "media:" not in block.text
    )


def _first_sentence(text: str) -> str:
    for end in _SENTENCE_END.finditer(text):
        before = text[: end.start()].rpartition(" ")[2].strip("\"'“‘«([").lower()
        after = text[end.end() :].lstrip()
        is_short = end[0] == "." and (before in _SHORT or (len(before) == 1 and before.isalpha()))
        if not is_short and not after[:1].islower():
            return text[: end.end()]
    return text


def _shortened(sentence: str) -> str:
    if len(sentence) <= OPENING_LIMIT:
        return sentence
    cut = sentence[: OPENING_LIMIT - 1]
    return cut.rpartition(" ")[0].rstrip(" ,;:—–-") + "…" if " " in cut else cut + "…"

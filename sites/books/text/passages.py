"""Passages that readers marked, found again in a text that has been edited since.

A passage is known by its place (paragraph and characters) and by its words. Where the words stand at
the place, that is it; else they are looked for in the whole chapter, and what stood around them
decides between several; else its beginning and its end are, for words in between may have changed.
What cannot be found without doubt is gone: a mark on the wrong words would be worse than none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sites.books.text.passage import AROUND, Passage
from sites.books.text.running_text import Part, RunningText

#: Without blanks: fewer characters say nothing about where they come from ("the sea").
TELLING: Final = 16
#: Twice as many characters of what stands around a short passage make it certain.
CERTAIN: Final = 8
#: Beginnings and ends by which an edited passage is known, at least; and how its length may change.
EDGE: Final = 12
SHORTEST, LONGEST = 0.5, 1.6
#: Places that are looked at: "he said" stands in a chapter some hundred times.
MOST_PLACES: Final = 500

_SQUEEZED_OUT: Final = re.compile(r"[\s\u00ad\u200b]+")
_STRAIGHT: Final = str.maketrans("‘’‚‛“”„‟«»–—‑", '\'\'\'\'""""""---')


@dataclass(frozen=True, slots=True)
class Found:
    """Where a passage is in the row of words; ``is_same`` says that it has its words still."""

    start: int
    end: int
    is_same: bool = True


def digest_of(text: str) -> str:
    """Give what stands for a text as long as nobody edits it: PostgreSQL's ``md5()`` of it."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def passage_at(text: RunningText, found: Found) -> Passage | None:
    """Give the passage that stands there now, without blanks at its ends; None for blanks alone."""
    words = text.words[found.start : found.end]
    start = found.start + len(words) - len(words.lstrip())
    end = found.end - (len(words) - len(words.rstrip()))
    parts = text.parts(start, end) if start < end else []
    if not parts:
        return None
    return Passage(
        parts[0].paragraph,
        parts[0].start,
        parts[-1].paragraph,
        parts[-1].end,
        tidy(text.words[start:end]),
        text.words[max(0, start - AROUND) : start],
        text.words[end : end + AROUND],
    )


def tidy(words: str) -> str:
    """Give words of a row as they are read: one blank at a time, and a line for each paragraph."""
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return "\n".join(line for line in lines if line)


def find_passage(text: RunningText, passage: Passage) -> Found | None:
    """Find a passage in a text. None says that it is gone."""
    needle = _squeeze(passage.quote)[0]
    if not needle:
        return None
    return (
        _in_place(text, passage, needle)
        or _by_words(text, passage, needle)
        or _by_edges(text, passage, needle)
    )


def parts_of(text: RunningText, passage: Passage) -> list[Part]:
    """Give the parts of paragraphs that a passage is made of now; none where it is gone."""
    found = find_passage(text, passage)
    return text.parts(found.start, found.end) if found else []


def _in_place(text: RunningText, passage: Passage, needle: str) -> Found | None:
    start = text.at(passage.paragraph, passage.start)
    end = text.at(passage.last_paragraph, passage.end, closing=True)
    if start is None or end is None or _squeeze(text.words[start:end])[0] != needle:
        return None
    return Found(start, end)


def _by_words(text: RunningText, passage: Passage, needle: str) -> Found | None:
    words, places = _squeezed(text)
    best: tuple[tuple[int, int, int], Found] | None = None
    for at in islice(_places_of(needle, words), MOST_PLACES):
        found = Found(places[at], places[at + len(needle) - 1] + 1)
        likeness = _likeness(words, at, at + len(needle), passage)
        is_here = text.parts(found.start, found.start + 1)[0].paragraph == passage.paragraph
        if len(needle) < TELLING and not is_here and likeness < 2 * CERTAIN - 1:
            continue
        worth = (likeness, int(is_here), -_distance(text, passage, found))
        if best is None or worth > best[0]:
            best = worth, found
    return best[1] if best else None


def _by_edges(text: RunningText, passage: Passage, needle: str) -> Found | None:
    """Find what still begins and ends as the passage did, and is about as long."""
    edge = max(EDGE, len(needle) // 5)
    if len(needle) < 3 * edge:
        return None
    words, places = _squeezed(text)
    head, tail = needle[:edge], needle[-edge:]
    best: tuple[int, Found] | None = None
    for at in islice(_places_of(head, words), MOST_PLACES):
        low = at + max(edge, int(len(needle) * SHORTEST) - edge)
        end = words.find(tail, low, at + int(len(needle) * LONGEST))
        if end < 0:
            continue
        found = Found(places[at], places[end + edge - 1] + 1, is_same=False)
        worth = -_distance(text, passage, found)
        if best is None or worth > best[0]:
            best = worth, found
    return best[1] if best else None


def _places_of(needle: str, words: str) -> Iterator[int]:
    at = words.find(needle)
    while at >= 0:
        yield at
        at = words.find(needle, at + 1)


def _likeness(words: str, start: int, end: int, passage: Passage) -> int:
    """Count the characters around a place that are those of before, up to ``AROUND`` on each side;
    the text's edge is nearly ``CERTAIN`` as well, where the passage stood at one."""
    before, after = _squeeze(passage.before)[0], _squeeze(passage.after)[0]
    count = 0
    for own, there in (
        (before[::-1], words[max(0, start - AROUND) : start][::-1]),
        (after, words[end : end + AROUND]),
    ):
        if not own and not there:
            count += CERTAIN - 1
            continue
        for one, other in zip(own, there, strict=False):
            if one != other:
                break
            count += 1
    return count


def _distance(text: RunningText, passage: Passage, found: Found) -> int:
    expected = text.at(passage.paragraph, passage.start)
    return abs(found.start - expected) if expected is not None else found.start


def _squeezed(text: RunningText) -> tuple[str, list[int]]:
    """Squeeze a text once for all passages that are looked for in it: hundreds, where readers marked
    much and somebody edited it since."""
    if text.squeezed is None:
        text.squeezed = _squeeze(text.words)
    return text.squeezed


def _squeeze(words: str) -> tuple[str, list[int]]:
    """Give words without blanks and with plain quotation marks, and where each character stood."""
    squeezed: list[str] = []
    places: list[int] = []
    at = 0
    for gap in _SQUEEZED_OUT.finditer(words):
        squeezed.append(words[at : gap.start()])
        places.extend(range(at, gap.start()))
        at = gap.end()
    squeezed.append(words[at:])
    places.extend(range(at, len(words)))
    return "".join(squeezed).translate(_STRAIGHT), places

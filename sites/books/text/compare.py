"""What changed between two clean texts, by paragraph and by word, for people to read.

Paragraphs are paired by their ids and words as in ``difference.py``; within a pair, words are
compared with difflib (Ratcliff and Metzener's "gestalt" matching), which reads well but can take
time with the cube of the lengths. So each step has a limit, beyond which the comparison is coarser
and never wrong: what is called the same is the same, to the letter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from sites.books.text.blocks import Block, read_blocks
from sites.books.text.difference import pair_blocks
from sites.books.text.tokens import plain_text, split_clean

#: Paragraphs of both texts together that are paired by their words, which takes a second for so many
#: that were all edited. More are paired by id and by equality alone.
PAIRED_LIMIT: Final = 6_000
#: What comparing the words of one paragraph may take, in pairs of equal words × the words of the
#: shorter side, which is difflib's worst case: two seconds for "a a a a" against "a b a b", far less
#: for anything that people write. 1,500 words of prose stay below; longer ones, and what is built to
#: take long, are shown as one paragraph that went and one that came.
WORDS_LIMIT: Final = 100_000_000
#: ... and of all paragraphs of a comparison together: some seconds at most.
EFFORT_LIMIT: Final = 200_000_000
#: Changed paragraphs on one page: an evening of reading. What is beyond is counted.
ROWS_LIMIT: Final = 400
#: Characters of them on one page, before and after together: two printed books. A paragraph of millions
#: would be a page of as many, which no browser draws; it is counted as well.
CHARACTERS_LIMIT: Final = 500_000

#: A word or a mark with the blanks after it.
_WORD: Final = re.compile(r"(?:\w+|[^\w\s])\s*|\s+")
_ID: Final = re.compile(r' (?:id="p-[a-z2-7]{8}"|href="#p-[a-z2-7]{8}")')

Change = Literal["same", "in", "out"]
Kind = Literal["changed", "added", "removed", "moved", "format"]


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words: in both texts, only in the new one, or only in the old one."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph that is not as it was; ``skipped`` paragraphs before it are."""

    kind: Kind
    parts: tuple[Part, ...]
    tag: str
    skipped: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. ``left_off`` changed paragraphs are beyond ``ROWS_LIMIT`` or ``CHARACTERS_LIMIT``;
    ``unchanged`` is how many are the same after the last row that is shown."""

    title: tuple[Part, ...]
    rows: tuple[Row, ...]
    unchanged: int
    left_off: int

    @property
    def is_same(self) -> bool:
        return not self.rows and all(part.change == "same" for part in self.title)


@dataclass(frozen=True, slots=True)
class Version:
    """What a chapter said at a time: its title and its clean text."""

    title: str
    text: str


def compare(old: Version, new: Version) -> Comparison:
    """Compare two versions of a chapter. The parts are plain text: escape them on a page."""
    budget, space = _Budget(EFFORT_LIMIT), _Budget(CHARACTERS_LIMIT)
    rows: list[Row] = []
    unchanged = left_off = 0
    for kind, before, after in _pairs(_read(old.text), _read(new.text)):
        if kind is None:
            unchanged += 1
            continue
        old_words, new_words = before.text if before else "", after.text if after else ""
        if len(rows) == ROWS_LIMIT or not space.take(len(old_words) + len(new_words)):
            left_off += 1
        else:
            parts = tuple(_words(old_words, new_words, budget))
            tag = (after or before).tag  # type: ignore[union-attr]  # one of the two is there
            rows.append(Row(kind, parts, tag, unchanged))
            unchanged = 0
    title = tuple(_words(old.title, new.title, budget))
    return Comparison(title, tuple(rows), unchanged, left_off)


def words_changed(old: str, new: str) -> tuple[int, int]:
    """Give how many words of the clean text ``new`` were not in ``old``, and the other way round.

    Words are counted and not placed: what was only moved counts as nothing. Linear in the lengths.
    """
    before, after = _count(old), _count(new)
    return (after - before).total(), (before - after).total()


def _count(text: str) -> Counter[str]:
    return Counter(plain_text(text).split())


@dataclass(frozen=True, slots=True)
class _Paragraph:
    block: Block
    #: Its own markup without ids: what says whether only the form changed.
    markup: str

    @property
    def text(self) -> str:
        return self.block.text

    @property
    def tag(self) -> str:
        return self.block.tag


class _Budget:
    """Steps of comparing, or characters, that are left."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def take(self, steps: int) -> bool:
        if steps > min(self._left, WORDS_LIMIT):
            return False
        self._left -= steps
        return True


def _read(text: str) -> list[_Paragraph]:
    pieces = split_clean(text)
    blocks = read_blocks(pieces)
    ends = [*(block.index for block in blocks[1:]), len(pieces)][: len(blocks)]
    return [
        _Paragraph(block, _ID.sub("", "".join(pieces[block.index : end]).rstrip()))
        for block, end in zip(blocks, ends, strict=True)
    ]


Pair = tuple[Kind | None, _Paragraph | None, _Paragraph | None]


def _pairs(old: Sequence[_Paragraph], new: Sequence[_Paragraph]) -> Iterator[Pair]:
    """Give the paragraphs of the new text in order, and before each those that went there."""
    old_of = _old_of(old, new)
    stayed = _in_order(old_of)
    continued = {i for i in old_of if i is not None}
    place = 0
    for j, after in enumerate(new):
        i = old_of[j]
        if i is not None and j in stayed:
            yield from (("removed", old[n], None) for n in range(place, i) if n not in continued)
            place = i + 1
        yield (
            (_kind(old[i], after, moved=j not in stayed), old[i], after)
            if i is not None
            else (
                "added",
                None,
                after,
            )
        )
    yield from (("removed", old[n], None) for n in range(place, len(old)) if n not in continued)


def _kind(before: _Paragraph, after: _Paragraph, *, moved: bool) -> Kind | None:
    if before.text != after.text:
        return "changed"
    if moved:
        return "moved"
    return None if before.markup == after.markup else "format"


def _old_of(old: Sequence[_Paragraph], new: Sequence[_Paragraph]) -> list[int | None]:
    if len(old) + len(new) <= PAIRED_LIMIT:
        pairing = pair_blocks([each.block for each in old], [each.block for each in new])
        return pairing.old_of
    by_id = {each.block.id: i for i, each in enumerate(old) if each.block.id}
    free = {each.text: i for i, each in enumerate(old) if each.block.id not in by_id}
    taken: set[int] = set()
    pairs: list[int | None] = []
    for each in new:
        i = by_id.get(each.block.id, free.get(each.text))
        pairs.append(i if i not in taken else None)
        taken.update(() if i is None else (i,))
    return pairs


def _in_order(old_of: Sequence[int | None]) -> set[int]:
    """Give the new paragraphs that stand in the order of the old ones: the longest such row (patience
    sorting, Aldous and Diaconis 1999). The others were moved."""
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for j, i in enumerate(old_of):
        if i is None:
            continue
        place = _first_not_below(tops, old_of, i)
        before[j] = tops[place - 1] if place else None
        tops[place : place + 1] = [j]
    row: set[int] = set()
    last = tops[-1] if tops else None
    while last is not None:
        row.add(last)
        last = before[last]
    return row


def _first_not_below(tops: Sequence[int], old_of: Sequence[int | None], i: int) -> int:
    low, high = 0, len(tops)
    while low < high:
        middle = (low + high) // 2
        top = old_of[tops[middle]]
        low, high = (middle + 1, high) if top is not None and top < i else (low, middle)
    return low


def _words(old: str, new: str, budget: _Budget) -> Iterator[Part]:
    """Give the runs of words. What both begin and end with is the same without further work."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    parts = [Part("same", "".join(after[:start]))]
    parts += _compared(before[start : len(before) - end], after[start : len(after) - end], budget)
    parts.append(Part("same", "".join(after[len(after) - end :])))
    yield from (part for part in parts if part.text)


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """Count the words that both begin with."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(before), len(after)))


def _compared(before: list[str], after: list[str], budget: _Budget) -> Iterator[Part]:
    if not before or not after or not budget.take(_effort(before, after)):
        yield Part("out", "".join(before))
        yield Part("in", "".join(after))
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for code, i1, i2, j1, j2 in matcher.get_opcodes():
        if code == "equal":
            yield Part("same", "".join(after[j1:j2]))
        else:
            yield Part("out", "".join(before[i1:i2]))
            yield Part("in", "".join(after[j1:j2]))


def _effort(before: Sequence[str], after: Sequence[str]) -> int:
    counts = Counter(after)
    pairs = sum(count * counts[word] for word, count in Counter(before).items())
    return pairs * min(len(before), len(after)) + len(before) + len(after)

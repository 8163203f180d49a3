"""Which way text runs: a small part of the Unicode bidirectional algorithm (UAX 9).

Titles and names are short and carry no embeddings, so two levels do: the base direction and
runs against it. Rules are cited by their numbers there.
"""

import unicodedata
from dataclasses import dataclass
from itertools import groupby

STRONG = {"L": False, "R": True, "AL": True}
NUMBERS = ("EN", "AN")
WITHIN_NUMBERS = ("CS", "ES", "ET")


@dataclass(frozen=True)
class Run:
    """A stretch of text that runs one way."""

    text: str
    rtl: bool


def is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left (rules P2, P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in STRONG:
            return STRONG[kind]
    return False


def runs(text: str, *, rtl: bool) -> list[Run]:
    """The runs of one line in the order they stand from left to right, in base direction `rtl`."""
    directions = _resolve(text, rtl=rtl)
    pairs = groupby(zip(text, directions, strict=True), key=lambda pair: pair[1])
    found = [Run("".join(character for character, _ in group), way) for way, group in pairs]
    return found[::-1] if rtl else found


def _resolve(text: str, *, rtl: bool) -> list[bool]:
    """The direction of each character: strong ones their own, neutral ones their neighbours'."""
    kinds = [unicodedata.bidirectional(character) for character in text]
    ways = [STRONG.get(kind) for kind in kinds]
    for index, kind in enumerate(kinds):
        if kind in NUMBERS:  # digits always run from left to right (I1, I2)
            ways[index] = False
        elif kind == "NSM" and index:  # marks go with their letter (W1)
            ways[index] = ways[index - 1]
        elif kind in WITHIN_NUMBERS and _between_numbers(kinds, index):  # 1,250 is one (W4)
            ways[index] = False
    return _fill_neutrals(ways, rtl=rtl)


def _between_numbers(kinds: list[str], index: int) -> bool:
    before, after = kinds[:index][-1:], kinds[index + 1 :][:1]
    return bool(before and after) and before[0] in NUMBERS and after[0] in NUMBERS


def _fill_neutrals(ways: list[bool | None], *, rtl: bool) -> list[bool]:
    """Give each stretch of neutrals its neighbours' direction where they agree (N1, N2)."""
    filled: list[bool] = []
    index = 0
    for way, group in groupby(ways):
        length = len(list(group))
        before = filled[-1] if filled else rtl
        after = ways[index + length] if index + length < len(ways) else rtl
        meant = before if before == after else rtl
        filled += [meant if way is None else way] * length
        index += length
    return filled

"""How much two paragraphs have in common."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Likeness (see ``Likeness.score``) from which two paragraphs in the same place are the same, and
#: two in different places. Half a paragraph scores 0.67 against the whole, a third of it 0.5.
NEAR: Final = 0.4
ANYWHERE: Final = 0.6
#: The share of a paragraph's words that must be in another for it to be a part of that one, and
#: the words that this takes: two paragraphs often share "he said".
HELD: Final = 0.8
HELD_WORDS_NEAR: Final = 3
HELD_WORDS_ANYWHERE: Final = 8

RARE: Final = 24  # a word in more paragraphs than that tells little
VOTERS: Final = 24  # rare words that are asked for each paragraph
VOTED: Final = 8  # paragraphs with the most votes that are compared

SHORT: Final = 80  # letters; below that, words are too few to compare
LETTERS_ALIKE: Final = 0.5

#: Scripts without spaces are compared by pairs of characters.
_DENSE: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WORD: Final = re.compile(rf"[{_DENSE}]+|[^\W{_DENSE}]+")
_IS_DENSE: Final = re.compile(rf"[{_DENSE}]")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What an old and a new paragraph share. ``score`` is Dice's coefficient (1945): twice the
    words in common over the words of both, from 0 to 1."""

    common: int
    old: int
    new: int

    @property
    def score(self) -> float:
        return 2 * self.common / (self.old + self.new) if self.common else 0.0

    @property
    def holds_old(self) -> bool:
        """Is nearly all of the old paragraph in the new one?"""
        return self.common >= max(1, HELD * self.old)

    def is_taken_up(self, *, near: bool) -> bool:
        """Has the new paragraph taken up the old one, so that its readers should go there?"""
        return self.holds_old and (near or self.common >= HELD_WORDS_ANYWHERE)

    def is_same(self, *, near: bool) -> bool:
        """Is the new paragraph the old one, edited? ``near``: it stands in the same place."""
        if self.score >= (NEAR if near else ANYWHERE):
            return True
        enough = HELD_WORDS_NEAR if near else HELD_WORDS_ANYWHERE
        return self.common >= max(enough, HELD * min(self.old, self.new))


class Words:
    """The words of one paragraph, counted."""

    __slots__ = ("counts", "total")

    def __init__(self, text: str) -> None:
        self.counts: Counter[str] = Counter()
        for word in _WORD.findall(text.casefold()):
            if len(word) > 1 and _IS_DENSE.match(word):
                self.counts.update(word[n : n + 2] for n in range(len(word) - 1))
            else:
                self.counts[word] += 1
        self.total = self.counts.total()

    def compare(self, new: Words) -> Likeness:
        return Likeness(_common(self.counts, new.counts), self.total, new.total)


def _common(one: Counter[str], other: Counter[str]) -> int:
    if len(other) < len(one):
        one, other = other, one
    find = other.get
    return sum(min(count, find(word, 0)) for word, count in one.items())


def pieces_of(whole: Words, parts: Mapping[int, Words]) -> list[int]:
    """Give the keys, in order, of two or more ``parts`` that ``whole`` is a merge of; else [].

    Every part must bring words into ``whole`` that the longer ones do not explain.
    """
    found: list[int] = []
    together: Counter[str] = Counter()
    explained = 0
    for key in sorted(parts, key=lambda key: (-parts[key].total, key)):
        part = parts[key]
        if not part.total or part.total > whole.total or not part.compare(whole).holds_old:
            continue
        now = _common(together + part.counts, whole.counts)
        if now - explained >= HELD * part.total:
            found.append(key)
            together += part.counts
            explained = now
    return sorted(found) if len(found) > 1 else []


class Index:
    """Finds paragraphs by their rare words."""

    def __init__(self, words: Mapping[int, Words]) -> None:
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for key, counted in words.items():
            for word in counted.counts:
                self._places[word].append(key)

    def sharing_rare_words(self, sought: Words) -> set[int]:
        """Give the paragraphs that share the most rare words with ``sought``."""
        known = ((len(self._places.get(word, ())), word) for word in sought.counts)
        rare = sorted(pair for pair in known if 0 < pair[0] <= RARE)[:VOTERS]
        votes = Counter(key for _count, word in rare for key in self._places[word])
        best = sorted(votes, key=lambda key: (-votes[key], key))
        return set(best[:VOTED])


def like_letters(old: str, new: str) -> bool:
    """Are two short texts alike letter by letter ("No." and "Nope.")?"""
    if not 0 < len(old) <= SHORT or not 0 < len(new) <= SHORT:
        return False
    one, other = _letter_pairs(old), _letter_pairs(new)
    total = one.total() + other.total()
    return total > 0 and 2 * _common(one, other) / total >= LETTERS_ALIKE


def _letter_pairs(text: str) -> Counter[str]:
    letters = "".join(re.findall(r"\w", text.casefold()))
    return Counter(letters[n : n + 2] for n in range(max(1, len(letters) - 1)))

"""Which block of a new text is which block of the old one.

First, equal blocks are paired as Paul Heckel described in "A technique for isolating differences
between files" (Communications of the ACM 21, 1978): what occurs once on both sides is the same, and
its equal neighbours are, too. That takes linear time and finds what was moved. Then edited blocks
are paired by their words, in order of likeness (``likeness.py``). Last, what an editor's ids claim
is believed where nothing speaks against it, and a short or empty block continues the one in its
place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sites.books.text.blocks import Block
from sites.books.text.likeness import Index, Words, like_letters, pieces_of

#: Blocks this far from the expected place are compared, before and after it.
REACH: Final = 6


@dataclass(frozen=True, slots=True)
class Pairing:
    """``old_of[j]`` is the old block that the new block ``j`` continues, or None.

    ``absorbed[i]`` is the new block that holds most words of the old block ``i``, which no new
    block continues (the second part of a merge).
    """

    old_of: list[int | None]
    absorbed: dict[int, int]


def pair_blocks(old: Sequence[Block], new: Sequence[Block]) -> Pairing:
    """Pair the blocks of two texts: each is in one pair at most.

    The result depends on the two texts and the ids in them alone.
    """
    pairs = _Pairs(old, new)
    pairs.take_equal()
    absorbed = pairs.take_alike()
    pairs.take_claims()
    pairs.take_places()
    return Pairing(pairs.old_of, {i: j for i, j in absorbed.items() if pairs.new_of[i] is None})


class _Pairs:
    def __init__(self, old: Sequence[Block], new: Sequence[Block]) -> None:
        self._old = old
        self._new = new
        self._old_keys = [_key(block) for block in old]
        self._new_keys = [_key(block) for block in new]
        self.old_of: list[int | None] = [None] * len(new)
        self.new_of: list[int | None] = [None] * len(old)
        by_id = {block.id: i for i, block in enumerate(old) if block.id}
        #: For each new block the old one whose id it carries.
        self._claims = [by_id.get(block.id) if block.id else None for block in new]

    def take_equal(self) -> None:
        """Pair equal blocks: claimed ones, unique ones, their neighbours, the rest in order."""
        claimants = Counter(self._claims)
        for j, i in enumerate(self._claims):
            if i is not None and claimants[i] == 1 and self._equal(i, j):
                self._take(i, j)
        old_places, new_places = _places(self._old_keys), _places(self._new_keys)
        for key, places in new_places.items():
            if len(places) == 1 and len(old_places.get(key, ())) == 1:
                self._take(old_places[key][0], places[0])
        self._spread_forward()
        self._spread_backward()
        for key, places in new_places.items():
            free_old = [i for i in old_places.get(key, ()) if self.new_of[i] is None]
            free_new = [j for j in places if self.old_of[j] is None]
            for i, j in zip(free_old, free_new, strict=False):
                self._take(i, j)

    def take_alike(self) -> dict[int, int]:
        """Pair edited blocks in order of likeness; give where the words of others went."""
        words = {i: Words(self._old[i].text) for i in _free(self.new_of) if self._old[i].text}
        index = Index(words)
        scores: list[tuple[float, int, int]] = []
        absorbed: dict[int, int] = {}
        expected = self._expected_places()
        for j in _free(self.old_of):
            sought = Words(self._new[j].text)
            near = self._near(j, expected[j], words)
            candidates = dict.fromkeys(sorted(near | index.sharing_rare_words(sought)))
            likes = {i: words[i].compare(sought) for i in candidates}
            parts = pieces_of(sought, {i: words[i] for i in likes if i in near})
            for i, like in likes.items():
                if like.is_taken_up(near=i in near):
                    absorbed.setdefault(i, j)
                if i not in parts and like.is_same(near=i in near):
                    scores.append((-like.score, i, j))
            if parts:  # a merge: the first one's id, with the standing of the longest
                scores.append((-max(likes[part].score for part in parts), parts[0], j))
        for _score, i, j in sorted(scores):
            self._take(i, j)
        return absorbed

    def take_claims(self) -> None:
        """Pair what is left by the ids that the new blocks carry: a paragraph typed over."""
        for j, i in enumerate(self._claims):
            if i is not None:
                self._take(i, j)

    def take_places(self) -> None:
        """Pair what is left and stands between the same neighbours, when it is short or empty."""
        for j in _free(self.old_of):
            before = self.old_of[j - 1] if j else -1
            i = before + 1 if before is not None else len(self._old)
            if i < len(self._old) and self._may_continue(self._old[i], self._new[j]):
                self._take(i, j)

    def _take(self, i: int, j: int) -> None:
        if self.new_of[i] is None and self.old_of[j] is None:
            self.new_of[i], self.old_of[j] = j, i

    def _equal(self, i: int, j: int) -> bool:
        return self._old_keys[i] == self._new_keys[j]

    def _spread_forward(self) -> None:
        for j in range(len(self._new)):
            before = self.old_of[j - 1] if j else -1
            i = before + 1 if before is not None else len(self._old)
            if i < len(self._old) and self._equal(i, j):
                self._take(i, j)

    def _spread_backward(self) -> None:
        last = len(self._new) - 1
        for j in range(last, -1, -1):
            after = self.old_of[j + 1] if j < last else len(self._old)
            if after and self._equal(after - 1, j):
                self._take(after - 1, j)

    def _expected_places(self) -> list[tuple[int, int]]:
        """For each new block, where it would stand by the pair before and by the pair after."""
        by_before, place = [], 0
        for i in self.old_of:
            place = i if i is not None else place
            by_before.append(place)
            place += 1
        by_after, place = [], len(self._old) - 1
        for i in reversed(self.old_of):
            place = i if i is not None else place
            by_after.append(place)
            place -= 1
        return list(zip(by_before, reversed(by_after), strict=True))

    def _near(self, j: int, expected: tuple[int, int], words: dict[int, Words]) -> set[int]:
        near = {
            i for place in expected for i in range(place - REACH, place + REACH + 1) if i in words
        }
        claim = self._claims[j]
        return near | {claim} if claim is not None and claim in words else near

    def _may_continue(self, old: Block, new: Block) -> bool:
        if old.tag != new.tag:
            return False
        if not old.text and not new.text:
            return True
        return like_letters(old.text, new.text)


def _key(block: Block) -> str:
    return block.text or f"\0{block.tag}\0{block.borrowed}"


def _places(keys: Iterable[str]) -> dict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        places[key].append(index)
    return places


def _free(pairs: Sequence[int | None]) -> list[int]:
    return [index for index, pair in enumerate(pairs) if pair is None]

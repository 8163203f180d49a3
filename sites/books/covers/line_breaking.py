"""The ways a title can break into lines, and what speaks against each.

Every break into at most six lines is tried: titles are short, and nothing cheaper is as good.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import sqrt

MOST_LINES = 6
MOST_PIECES = 13  # 1,586 ways to break; the words of a longer title are joined until so many remain

# Words that lean on the next one and should not end a line, in Indonesian and English.
LEANING_WORDS = {
    *("di", "ke", "dari", "dan", "yang", "si", "sang", "untuk", "atau", "pada", "para"),
    *("the", "of", "a", "an", "and", "in", "on", "to", "or", "for", "with", "by", "at", "from"),
}

Measure = Callable[[str], float]


@dataclass(frozen=True)
class Piece:
    """What no break divides: a word or a part of one, and the space or nothing that follows it."""

    text: str
    space: str = ""


@dataclass(frozen=True)
class Line:
    """A line of a title and its width in ems."""

    text: str
    width: float

    @property
    def loose(self) -> bool:
        """Whether its last word leans on the next line: "of", "di", or half a hyphenated word."""
        return self.text.endswith("-") or self.text.split()[-1].lower() in LEANING_WORDS


@dataclass(frozen=True)
class Break:
    """One way to break a title."""

    lines: tuple[Line, ...]

    @cached_property
    def width(self) -> float:
        """The width of the widest line in ems."""
        return max(line.width for line in self.lines)

    @property
    def raggedness(self) -> float:
        """How far lines fall short of the widest, as a root mean square: 0 is a block.

        Squares, because one word left alone looks worse than several lines a little short.
        """
        squares = [(1 - line.width / self.width) ** 2 for line in self.lines]
        return sqrt(sum(squares) / len(squares))

    @property
    def loose_ends(self) -> int:
        """How many lines but the last end in a word that leans on the next."""
        return sum(line.loose for line in self.lines[:-1])


def breaks(title: str, measure: Measure, *, widest: float) -> Iterator[Break]:
    """Yield every way to break a title; a word wider than `widest` ems breaks anywhere."""
    pieces = _joined(list(_pieces(title, measure, widest)), measure)
    last = len(pieces)
    lines = {
        (start, end): _line(pieces[start:end], measure)
        for start in range(last)
        for end in range(start + 1, last + 1)
    }
    for cuts in range(min(last, MOST_LINES)):
        for inner in combinations(range(1, last), cuts):
            yield Break(tuple(lines[span] for span in pairwise((0, *inner, last))))


def _line(pieces: Sequence[Piece], measure: Measure) -> Line:
    text = "".join(piece.text + piece.space for piece in pieces).strip()
    return Line(text, measure(text))


def _pieces(title: str, measure: Measure, widest: float) -> Iterator[Piece]:
    """The words of a title, divided after hyphens and where they are wider than a line."""
    for word in title.split():
        parts = [
            part
            for hyphened in _after_hyphens(word)
            for part in _chopped(hyphened, measure, widest)
        ]
        yield from (Piece(part) for part in parts[:-1])
        yield Piece(parts[-1], " ")


def _after_hyphens(word: str) -> list[str]:
    parts = word.split("-")
    if not all(parts):  # a hyphen at either end belongs to the word
        return [word]
    return [f"{part}-" for part in parts[:-1]] + [parts[-1]]


def _chopped(word: str, measure: Measure, widest: float) -> Iterator[str]:
    """A word in stretches of about equal length that each fit in a line."""
    stretches = int(measure(word) / widest) + 1
    length = -(-len(word) // stretches)
    yield from (word[start : start + length] for start in range(0, len(word), length))


def _joined(pieces: list[Piece], measure: Measure) -> list[Piece]:
    """At most MOST_PIECES pieces: the narrowest neighbours are joined first."""
    widths = [measure(piece.text) for piece in pieces]
    while len(pieces) > MOST_PIECES:
        sums = [first + second for first, second in pairwise(widths)]
        at = sums.index(min(sums))
        first, second = pieces[at : at + 2]
        pieces[at : at + 2] = [Piece(first.text + first.space + second.text, second.space)]
        widths[at : at + 2] = [sums[at]]
    return pieces

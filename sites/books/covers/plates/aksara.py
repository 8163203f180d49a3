"""Aksara: letters alone. Each line of the title fills the width, bars of colour fill the rest."""

from dataclasses import dataclass

from sites.books.covers.line_breaking import Break, Line, breaks
from sites.books.covers.plates.sheet import Artwork, Sheet
from sites.books.covers.shapes import WIDTH, path, rectangle
from sites.books.covers.type_setting import SMALLEST, Box, Setting

ROOM = Box(22, 44, 256, 312)
LARGEST = 104  # units: one short word must not shout
LEADING = 0.94  # of the sizes added up, for choosing between breaks
MOST_LINES = 5
DESCENT, DESCENT_OF_TAILS = 0.17, 0.27  # ems below a line without and with such letters
TAILS = frozenset("gjpqy,;çşąęįţț")
LOOSE_END, UNEVENNESS = 900, 6  # square units of lettering that a fault is worth

Bars = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Filling:
    """One way to fill the width: a break, and the size of each of its lines in units."""

    way: Break
    sizes: tuple[float, ...]

    @property
    def height(self) -> float:
        """How high the lines stand, in units."""
        pairs = zip(self.way.lines, self.sizes, strict=True)
        return sum((0.78 + _descent(line)) * size for line, size in pairs)

    @property
    def score(self) -> float:
        """The area that the letters cover, less what speaks against the break."""
        pairs = zip(self.way.lines, self.sizes, strict=True)
        area = sum(min(ROOM.width, line.width * size) * size for line, size in pairs)
        uneven = max(self.sizes) - min(self.sizes)
        return area - LOOSE_END * self.way.loose_ends - UNEVENNESS * uneven


def aksara(sheet: Sheet) -> Artwork:
    """Set the title as large as the cover allows, upwards from the author."""
    setting, top = _filled(sheet)
    colours = sheet.palette
    accent, second, ink = colours.accent, colours.second, colours.ink
    bars: Bars = sheet.chance.choice(
        (
            ((accent, 0.5), (second, 0.3), (ink, 0.06)),
            ((second, 0.62), (accent, 0.12), (ink, 0.12)),
            ((accent, 0.14), (second, 0.14), (ink, 0.05), (accent, 0.4)),
            ((ink, 0.05), (second, 0.55), (accent, 0.2)),
        )
    )
    shapes, down = "", 0.0
    for fill, share in bars:
        height = max(3, (top - 20) * share)
        shapes += path(rectangle((0, down), WIDTH, height), fill)
        down += height
    return Artwork(shapes, setting)


def _filled(sheet: Sheet) -> tuple[Setting, float]:
    """The title set as wide as the room, and where its first line's capitals begin."""
    typesetter = sheet.type
    widest = ROOM.width / SMALLEST
    ways = breaks(typesetter.title, typesetter.measure, widest=widest)
    best = max(
        (_fill(way) for way in ways if len(way.lines) <= MOST_LINES),
        key=lambda filling: filling.score,
    )
    top = baseline = ROOM.top + ROOM.height - best.height
    lines = []
    for line, size in zip(best.way.lines, best.sizes, strict=True):
        baseline += 0.78 * size
        lines.append(typesetter.stand(line, size, ROOM, baseline))
        baseline += _descent(line) * size
    return Setting(tuple(lines), baseline), top


def _fill(way: Break) -> Filling:
    sizes = [min(ROOM.width / line.width, LARGEST) for line in way.lines]
    fit = min(1, ROOM.height / (sum(sizes) * LEADING))
    return Filling(way, tuple(size * fit for size in sizes))


def _descent(line: Line) -> float:
    return DESCENT_OF_TAILS if TAILS & set(line.text) else DESCENT

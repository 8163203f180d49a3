"""The few SVG shapes that covers are made of, written in as few bytes as will do."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

WIDTH, HEIGHT = 300, 400  # units of a cover: 3 to 4, as books stand

Point = tuple[float, float]


def number(value: float) -> str:
    """A number to a tenth of a unit: finer than a screen shows a cover."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def numbers(*values: float) -> str:
    """Numbers with spaces between them."""
    return " ".join(number(value) for value in values)


def path(data: str, fill: str, *, opacity: float = 1) -> str:
    """A filled path."""
    seen = f' opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<path fill="{fill}"{seen} d="{data}"/>'


def line(data: str, stroke: str, width: float, *, opacity: float = 1) -> str:
    """A path drawn as a line."""
    seen = f' stroke-opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<path fill="none" stroke="{stroke}" stroke-width="{width:g}"{seen} d="{data}"/>'


def rectangle(corner: Point, width: float, height: float) -> str:
    """Path data of a rectangle, from its upper left corner."""
    across = number(width)
    return f"M{numbers(*corner)}h{across}v{number(height)}h-{across}z"


def circles(centres: Iterable[Point], radius: float) -> str:
    """Path data of circles of one size."""
    r, d = number(radius), number(2 * radius)
    round_trip = f"a{r} {r} 0 1 1 {d} 0a{r} {r} 0 1 1-{d} 0z"
    return "".join(f"M{numbers(x - radius, y)}{round_trip}" for x, y in centres)


def repeated(motif: str, places: Iterable[Point]) -> str:
    """Path data of one motif, written with relative commands from its origin, at each place."""
    return "".join(f"M{numbers(*place)}{motif}" for place in places)


def smooth(points: Sequence[Point]) -> str:
    """Path data that follows points as a curve, through the middles between them.

    It belongs after an `M` or an `L`, starts at the first point and ends at the last.
    """
    data = numbers(*points[0])
    for (x, y), (next_x, next_y) in pairwise(points[1:]):
        data += f"Q{numbers(x, y, (x + next_x) / 2, (y + next_y) / 2)}"
    return f"{data}L{numbers(*points[-1])}"

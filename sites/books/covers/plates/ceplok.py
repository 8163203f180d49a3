"""Ceplok: the rosette of Javanese batik, four rings of petals in a circle of seeds."""

from math import cos, pi, sin

from sites.books.covers.plates.sheet import Artwork, Sheet
from sites.books.covers.shapes import Point, circles, numbers, path

SEEDS = 118 / 112  # how far out the seeds lie, as a share of the longest petals


def ceplok(sheet: Sheet) -> Artwork:
    """Lay the rosette above the title; without one it takes the middle and grows."""
    chance, colours = sheet.chance, sheet.palette
    count = chance.choice((8, 10, 12))
    centre, longest = ((150.0, 186.0), 132.0) if sheet.wordless else ((150.0, 142.0), 112.0)
    turn = 2 * pi / count
    rings = (
        (1.0, colours.second, 0.9, 0.0),
        (0.82, colours.accent, 0.62, 0.5),
        (0.54, colours.ink, 0.9, 0.0),
        (0.3, colours.second, 1.0, 0.5),
    )
    shapes = ""
    for share, fill, fullness, shift in rings:
        length = share * longest
        half = pi / count * length * fullness
        angles = [turn * (petal + shift) for petal in range(count)]
        shapes += path("".join(_petal(centre, angle, length, half) for angle in angles), fill)
    seeds = [_turned(centre, turn * (seed + 0.5), (0, -longest * SEEDS)) for seed in range(count)]
    shapes += path(circles([centre], 7) + circles(seeds, 2.6), colours.accent)
    return Artwork(shapes, sheet.title_at_foot(278))


def _petal(centre: Point, angle: float, length: float, half: float) -> str:
    """A petal from the centre outwards, twice `half` wide at most of its control points."""
    outline = ((half, -0.35), (half, -0.8), (0, -1), (-half, -0.8), (-half, -0.35), (0, 0))
    points = [_turned(centre, angle, (x, y * length)) for x, y in outline]
    there = numbers(*(value for point in points[:3] for value in point))
    back = numbers(*(value for point in points[3:] for value in point))
    return f"M{numbers(*centre)}C{there}C{back}z"


def _turned(centre: Point, angle: float, point: Point) -> Point:
    """A point turned clockwise about a centre that it is measured from."""
    x, y = point
    return (
        centre[0] + x * cos(angle) - y * sin(angle),
        centre[1] + x * sin(angle) + y * cos(angle),
    )

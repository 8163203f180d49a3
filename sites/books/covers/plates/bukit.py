"""Bukit: hills behind hills, their ridges sums of a few sines, under a low sun."""

from collections.abc import Callable
from math import pi, sin

from sites.books.covers.chance import Chance
from sites.books.covers.palettes import mix
from sites.books.covers.plates.sheet import Artwork, Sheet, below
from sites.books.covers.shapes import HEIGHT, WIDTH, circles, path, smooth

STEP = 12  # units between the points of a ridge


def bukit(sheet: Sheet) -> Artwork:
    """Stand four or five ridges before the sun, the nearest in another colour."""
    chance, colours = sheet.chance, sheet.palette
    rise = 90 if sheet.wordless else 0
    sun, radius = chance.whole(70, 230), chance.whole(20, 32)
    hills, shapes = chance.choice((4, 5)), ""
    for hill in range(hills):
        ridge = _ridge(chance, 15 - hill * 1.5)
        top = 250 - rise + hill * (150 + rise) / hills
        if not hill:  # the sun stands behind the farthest ridge, more than half of it above
            shapes = path(circles([(sun, top - ridge(sun) - radius * 0.3)], radius), colours.accent)
        points = [(x, top - ridge(x)) for x in range(0, WIDTH + 1, STEP)]
        if hill < hills - 1:
            fill = mix(colours.ground, colours.second, 0.45 + 0.55 * hill / (hills - 2))
        else:
            fill = mix(colours.second, colours.accent, 0.42)
        shapes += path(f"M0 {HEIGHT}L{smooth(points)}L{WIDTH} {HEIGHT}z", fill)
    title = sheet.title_at_head()
    return Artwork(shapes, title, below(title))


def _ridge(chance: Chance, height: float) -> Callable[[float], float]:
    """The height of a ridge over each x: four sines, each finer and lower, on one broad swell."""
    sines = [
        (chance.between(0.5, 1) / order, order * 2.2 / 60, chance.between(0, 2 * pi))
        for order in range(1, 5)
    ]

    def ridge(x: float) -> float:
        waves = sum(amount * sin(often * x + start) for amount, often, start in sines)
        return height * waves + 12 * sin(x / WIDTH * pi)

    return ridge

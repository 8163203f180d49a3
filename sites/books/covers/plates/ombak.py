"""Ombak: the swell of the sea under a small sun, one wave of it bright."""

from sites.books.covers.chance import Chance
from sites.books.covers.palettes import mix
from sites.books.covers.plates.sheet import Artwork, Sheet, below
from sites.books.covers.shapes import HEIGHT, WIDTH, circles, line, number, numbers, path

HIGHEST, HIGHEST_WORDLESS = 196.0, 120.0  # units from the top to the first wave


def ombak(sheet: Sheet) -> Artwork:
    """Roll waves towards the foot, each higher and deeper in colour than the one behind."""
    chance, colours = sheet.chance, sheet.palette
    waves, length = chance.choice((6, 7, 8)), chance.choice((100, 150, 200))
    bright, height = chance.whole(1, waves - 2), length * chance.between(0.07, 0.1)
    radius = chance.whole(17, 30)
    title = sheet.title_at_head()
    highest = HIGHEST if title.lines else HIGHEST_WORDLESS
    first = max(highest, below(title) + radius * 1.55 + 14)
    sun = (chance.whole(190, 240), first - radius * 0.55)
    shapes = path(circles([sun], radius), colours.accent)
    for wave in range(waves):
        far = wave / waves
        crest = _crest(chance, wave, length, height * (0.75 + 0.6 * far))
        top = first + far * (HEIGHT - first)
        data = f"M{numbers(crest[0], top)}{crest[1]}"
        colour = mix(colours.ground, colours.second, 0.35 + 0.65 * far)
        shapes += path(f"{data}V{HEIGHT + 40}H{number(crest[0])}z", colour)
        if wave == bright:
            shapes += line(data, colours.accent, 3)
        else:
            shapes += line(data, colours.ink, 1.1, opacity=0.75)
    return Artwork(shapes, title, below(title))


def _crest(chance: Chance, wave: int, length: int, height: float) -> tuple[float, str]:
    """Where a wave starts, left of the cover, and its line with relative commands."""
    shift = (length / 2 if wave % 2 else 0) + chance.whole(-8, 8)
    left = shift - 2 * length
    halves = int((WIDTH - left) / (length / 2)) + 2
    first = f"q{numbers(length / 4, -2 * height, length / 2, 0)}"
    return left, first + f"t{numbers(length / 2, 0)}" * halves

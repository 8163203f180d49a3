"""Lurik: the striped cloth of Java. Stripes of Fibonacci widths, mirrored, and a few threads across."""

from sites.books.covers.palettes import Palette
from sites.books.covers.plates.sheet import Artwork, Sheet
from sites.books.covers.shapes import WIDTH, path, rectangle

WIDTHS = (2, 3, 5, 8, 13, 21)
WIDEST_INK = 5  # an ink stripe wider than this would look like a bar across the title


def lurik(sheet: Sheet) -> Artwork:
    """Weave the cloth down to the title."""
    foot = 344 if sheet.wordless else sheet.chance.choice((238, 252, 264))
    shapes = path(rectangle((0, 0), WIDTH, foot), sheet.palette.second)
    shapes += _warp(sheet, foot) + _weft(sheet, foot)
    return Artwork(shapes, sheet.title_at_foot(foot + 20))


def _warp(sheet: Sheet, foot: int) -> str:
    """The stripes from top to bottom, one path for each colour."""
    chance, colours = sheet.chance, sheet.palette
    first = [colours.second, chance.choice((colours.accent, colours.ink))]
    more = (colours.accent, colours.second, colours.ground, colours.ink, colours.second)
    half = [*first, *(chance.choice(more) for _ in range(chance.whole(7, 11)))]
    stripes = [(_width(chance.choice(WIDTHS), colour, colours), colour) for colour in half]
    stripes += stripes[::-1]
    scale = WIDTH / sum(width for width, _ in stripes)
    data: dict[str, str] = {}
    left = 0.0
    for width, colour in stripes:
        data[colour] = data.get(colour, "") + rectangle((left, 0), width * scale, foot)
        left += width * scale
    data.pop(colours.second, None)  # the cloth's own colour
    return "".join(path(stripe, colour) for colour, stripe in data.items())


def _width(width: int, colour: str, colours: Palette) -> int:
    return min(width, WIDEST_INK) if colour == colours.ink else width


def _weft(sheet: Sheet, foot: int) -> str:
    """The threads across."""
    chance, colours = sheet.chance, sheet.palette
    threads, top = "", chance.whole(30, 60)
    for _ in range(chance.whole(2, 4)):
        colour = chance.choice((colours.ground, colours.accent, colours.ink))
        threads += path(
            rectangle((0, top), WIDTH, chance.choice((2, 3, 8, 18))), colour, opacity=0.78
        )
        top += chance.choice((21, 34, 55))
        if top > foot - 20:
            break
    return threads

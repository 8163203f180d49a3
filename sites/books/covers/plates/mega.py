"""Mega: clouds as batik from Cirebon draws them, rings over rings."""

from sites.books.covers.plates.sheet import Artwork, Sheet, below
from sites.books.covers.shapes import HEIGHT, WIDTH, circles, path

HIGHEST, HIGHEST_WORDLESS = 168.0, 64.0  # units from the top to the first ring


def mega(sheet: Sheet) -> Artwork:
    """Pile up rows of rings, each row over the feet of the one behind."""
    chance, colours = sheet.chance, sheet.palette
    radius, rings = chance.choice((52, 64, 78)), chance.choice((4, 5))
    fills = (colours.second, colours.ground, colours.accent, colours.ground, colours.ink)
    title = sheet.title_at_head()
    top = max(HIGHEST, below(title) + 14) if title.lines else HIGHEST_WORDLESS
    shapes, row = "", 0
    while top < HEIGHT:
        start = -radius if row % 2 else 0
        centres = [(x, top + radius) for x in range(start, WIDTH + radius + 1, 2 * radius)]
        for ring in range(rings):
            shapes += path(circles(centres, radius * (1 - ring / rings)), fills[ring])
        top += radius * 0.56
        row += 1
    return Artwork(shapes, title, below(title))

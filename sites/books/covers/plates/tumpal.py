"""Tumpal: the rows of tall triangles that border a sarong."""

from sites.books.covers.plates.sheet import Artwork, Sheet, below
from sites.books.covers.shapes import HEIGHT, WIDTH, numbers, path

ROWS = 3
TALLEST = 118  # units
GAP = 3  # between rows
MOST_ACROSS = 20  # more would be a texture


def tumpal(sheet: Sheet) -> Artwork:
    """Stand three rows on the foot, each of narrower triangles than the one below."""
    chance, colours = sheet.chance, sheet.palette
    across = chance.choice((4, 5, 6))
    fills = chance.choice(
        (
            (colours.second, colours.accent, colours.ink),
            (colours.accent, colours.second, colours.ink),
            (colours.accent, colours.ink, colours.second),
        )
    )
    shapes, foot = "", float(HEIGHT)
    for row in range(6 if sheet.wordless else ROWS):
        height = min(WIDTH / across * 1.55, TALLEST)
        shapes += path(_row(across, foot, height), fills[row % ROWS])
        foot -= height + GAP
        across = across * 2 if across * 2 <= MOST_ACROSS else across
    title = sheet.title_at_head(max(80, foot - 78), largest=46)
    return Artwork(shapes, title, below(title))


def _row(across: int, foot: float, height: float) -> str:
    """A row of triangles, each with a smaller one cut out of its foot."""
    width, data = WIDTH / across, ""
    for left in (index * width for index in range(across)):
        inner = (left + 0.26 * width, foot, left + 0.5 * width, foot - height / 2)
        data += f"M{numbers(left, foot)}L{numbers(left + width / 2, foot - height)}"
        data += f"L{numbers(left + width, foot)}H{numbers(left + 0.74 * width)}"
        data += f"L{numbers(*inner[2:])}L{numbers(*inner[:2])}z"
    return data

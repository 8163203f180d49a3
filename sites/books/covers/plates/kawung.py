"""Kawung: the batik of four petals, like palm fruit cut open, on a square grid."""

from sites.books.covers.plates.sheet import Artwork, Sheet
from sites.books.covers.shapes import HEIGHT, WIDTH, circles, numbers, path, rectangle, repeated

SHARE = 0.62  # of the cover's height
FOOT_WORDLESS = 350.0  # units: the cloth is cut there, to leave the author and the point a strip
PETAL = ((0.06, 0.32), (0.2, 0.44), (0.44, 0.44))  # half an outline, in squares from the centre


def kawung(sheet: Sheet) -> Artwork:
    """Print the grid down to the title, with one flower in the accent."""
    chance, colours = sheet.chance, sheet.palette
    across = chance.choice((3, 4, 5))
    side = WIDTH / across
    down = round((1 if sheet.wordless else SHARE) * HEIGHT / side)
    foot = min(down * side, FOOT_WORDLESS)
    odd = (chance.whole(0, across - 1), chance.whole(0, down - 1))
    squares = [(column, row) for row in range(down) for column in range(across)]
    centres = {square: ((square[0] + 0.5) * side, (square[1] + 0.5) * side) for square in squares}
    flower = _flower(side)
    knots = [(column * side, row * side) for column in range(1, across) for row in range(1, down)]
    shapes = path(rectangle((0, 0), WIDTH, foot), colours.second)
    shapes += path(repeated(flower, (c for s, c in centres.items() if s != odd)), colours.ink)
    shapes += path(repeated(flower, [centres[odd]]), colours.accent)
    shapes += path(circles(centres.values(), side * 0.035), colours.second)
    shapes += path(circles(knots, side * 0.055), colours.accent)
    shapes += path(rectangle((0, foot), WIDTH, HEIGHT - foot), colours.ground)
    return Artwork(shapes, sheet.title_at_foot(foot + 18))


def _flower(side: float) -> str:
    """Four petals from the centre, with relative commands."""
    petals = ""
    for right, down in ((1, -1), (1, 1), (-1, 1), (-1, -1)):
        (ax, ay), (bx, by), (cx, cy) = ((x * side * right, y * side * down) for x, y in PETAL)
        there = numbers(ax, ay, bx, by, cx, cy)
        # Back along the other edge: the same points with their axes swapped.
        swapped = [(y * side * right, x * side * down) for x, y in PETAL]
        back = [(x - cx, y - cy) for x, y in (swapped[1], swapped[0], (0.0, 0.0))]
        petals += f"c{there}c{numbers(*(value for point in back for value in point))}z"
    return petals

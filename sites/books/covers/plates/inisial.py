"""Inisial: the title's first letter, so large that the cover crops it."""

from sites.books.covers.lettering import Lettering, italic_lettering
from sites.books.covers.plates.sheet import MARGIN, Artwork, Sheet
from sites.books.covers.shapes import WIDTH, path, rectangle
from sites.books.covers.type_setting import Box

ARTICLES = frozenset(("the", "a", "an", "si", "sang"))  # these give no book its initial
RULE = 318  # units from the top: the line between letter and title
BOTTOM = RULE - 6  # units: as low as the letter's ink may reach
CAPITAL, CROPPED = 0.73, 0.1  # ems: a capital's height, and what its crop may take of it
TAIL = 0.1  # ems below the baseline
WIDE = 240  # units: a wider letter starts at the edge or beyond it


def inisial(sheet: Sheet) -> Artwork:
    """Hang the letter from the head and set the title small below a rule."""
    chance, colours = sheet.chance, sheet.palette
    letter = initial(sheet.type.title, sheet.type.lettering)
    upright, italic = sheet.type.lettering, italic_lettering()
    lettering = chance.choice((upright, italic if italic.legible(letter) else upright))
    outline = lettering.outline(letter)
    whole = letter.isdigit() or outline.depth > TAIL  # headless, a 1 or a J would be a mere bar
    room = BOTTOM / (CAPITAL - (0 if whole else CROPPED) + outline.depth)
    size = min(chance.whole(430, 520), room)
    width = outline.width * size
    beyond, share = chance.choice((-0.1, 0.0)), chance.choice((0.5, 0.8))
    left = beyond * width if width > WIDE else (WIDTH - width) * share
    lowest = BOTTOM - outline.depth * size
    baseline = lowest if whole else min(chance.whole(285, 315), lowest)
    shapes = outline.standing(left, baseline, size=size, fill=colours.second)
    shapes += path(rectangle((MARGIN, RULE), WIDTH - 2 * MARGIN, 1.5), colours.accent)
    box = Box(MARGIN, RULE + 10, WIDTH - 2 * MARGIN, 32)
    return Artwork(shapes, sheet.type.in_box(box, largest=26))


def initial(title: str, lettering: Lettering) -> str:
    """The first letter or figure of a title after its article, as a capital where there is one."""
    words = title.split()
    if len(words) > 1 and words[0].lower() in ARTICLES:
        words = words[1:]
    letter = next((character for character in "".join(words) if character.isalnum()), title[0])
    capital = letter.upper()
    return capital if len(capital) == 1 and lettering.legible(capital) else letter

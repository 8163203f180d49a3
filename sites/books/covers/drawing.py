"""A cover from its seed: choose the colours and the plate, draw, letter, bind."""

from sites.books.covers import Cover
from sites.books.covers.chance import Chance, seed
from sites.books.covers.direction import is_rtl
from sites.books.covers.lettering import author_lettering, title_lettering
from sites.books.covers.lexicon import leanings
from sites.books.covers.palettes import PALETTES, Palette, mix
from sites.books.covers.plates import PLATES, Plate
from sites.books.covers.plates.sheet import FOOT, MARGIN, Artwork, Sheet
from sites.books.covers.shapes import HEIGHT, WIDTH, circles, path, rectangle
from sites.books.covers.type_setting import Typesetter

LEANING = 0.85  # how often a word in the title decides the plate
SPINE = 6.2  # units: the shaded strip where the book is bound
AUTHOR_SIZE = 10.0  # units
AUTHOR_WIDTH = 210.0  # units; the point stands beyond it
SMALLEST_AUTHOR = 7.0  # units: a longer list of names is cut short
POINT = 4.6  # units: the radius of the house's point


def draw(title: str, author: str, *, version: int) -> Cover:
    """Draw the cover of a book; see `sites.books.covers.draw_cover`."""
    chance = Chance(seed(title, author, version))
    rtl = is_rtl(title)
    lettering = title_lettering(rtl=rtl)
    legible = lettering.legible(title)
    palette = chance.choice(PALETTES)
    plate = choose_plate(legible, title, chance, rtl=rtl)
    artwork = plate.draw(Sheet(chance, palette, Typesetter(legible, lettering, rtl)))
    svg = bind(artwork, author, palette, rtl=rtl)
    return Cover(svg, palette.ground, palette.name, plate.name)


def choose_plate(legible: str, title: str, chance: Chance, *, rtl: bool) -> Plate:
    """A plate that suits what can be lettered of a title, more often one its words lean to."""
    suitable = [plate for plate in PLATES if plate.suits(legible, rtl=rtl)]
    names = leanings(title)
    leaning = [plate for plate in suitable if plate.name in names]
    return chance.choice(leaning if leaning and chance.fraction() < LEANING else suitable)


def bind(artwork: Artwork, author: str, palette: Palette, *, rtl: bool) -> str:
    """The whole cover: ground, picture, title, author, point and spine.

    The picture stands in an SVG of its own, which cuts what reaches over the edge.
    """
    spine = rectangle((WIDTH - SPINE if rtl else 0, 0), SPINE, HEIGHT)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<svg width="{WIDTH}" height="{HEIGHT}">'
        f"{path(rectangle((0, 0), WIDTH, HEIGHT), palette.ground)}{artwork.shapes}</svg>"
        f"{_title(artwork, palette, rtl=rtl)}{_author(artwork, author, palette, rtl=rtl)}"
        f"{path(spine, '#000', opacity=0.1)}</svg>"
    )


def _title(artwork: Artwork, palette: Palette, *, rtl: bool) -> str:
    lettering = title_lettering(rtl=rtl)
    return "".join(
        lettering.outline(line.text, rtl=rtl).standing(
            line.left, line.baseline, size=line.size, fill=palette.ink
        )
        for line in artwork.title.lines
    )


def _author(artwork: Artwork, author: str, palette: Palette, *, rtl: bool) -> str:
    """The author's line; where it stands at the foot, the point ends it."""
    lettering = author_lettering()
    baseline = artwork.author
    name, size = _author_line(lettering.legible(author.upper()))
    outline = lettering.outline(name, rtl=is_rtl(name))
    left = WIDTH - MARGIN - outline.width * size if rtl else MARGIN
    softened = mix(palette.ground, palette.ink, 0.86)
    svg = outline.standing(left, baseline, size=size, fill=softened)
    if baseline == FOOT:
        centre = (MARGIN + 2 if rtl else WIDTH - MARGIN - 2, FOOT - 3.5)
        svg += path(circles([centre], POINT), palette.accent)
    return svg


def _author_line(name: str) -> tuple[str, float]:
    """What of the author's name fits on a line, and its size: last names of a list may go."""
    largest = AUTHOR_SIZE * (1.4 if is_rtl(name) else 1)  # Arabic letters are small in their em
    while name:
        size = min(largest, AUTHOR_WIDTH / author_lettering().width(name, rtl=is_rtl(name)))
        if size >= SMALLEST_AUTHOR:
            return name, size
        shorter = name.rstrip("…").rsplit(",", 1)[0] if "," in name else name[: len(name) * 4 // 5]
        name = shorter.rstrip(" ,…") + "…"
    return "", largest

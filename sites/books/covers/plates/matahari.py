"""Matahari: the sun low over water, with its path of light."""

from sites.books.covers.plates.sheet import Artwork, Sheet, below
from sites.books.covers.shapes import HEIGHT, WIDTH, circles, path, rectangle

LARGEST_WORDLESS = 120.0  # units: the sun's radius where no title needs the sky


def matahari(sheet: Sheet) -> Artwork:
    """Set the sun behind the horizon and break its light on the swell."""
    chance, colours = sheet.chance, sheet.palette
    x, horizon = chance.choice((96, 150, 204)), chance.whole(276, 300)
    title = sheet.title_at_head()
    room = (horizon - below(title) - 14) / 1.35
    radius = min(chance.whole(62, 92), room) if title.lines else LARGEST_WORDLESS
    shapes = path(circles([(x, horizon - radius * 0.35)], radius), colours.accent)
    shapes += path(rectangle((0, horizon), WIDTH, HEIGHT - horizon), colours.ground)
    water, light = "", ""
    top, thickness = float(horizon), 2.2
    while top < HEIGHT:
        height = min(thickness, HEIGHT - top)
        far = (top - horizon) / 150
        width = max(20.0, (1 - far) * radius * 2) * chance.between(0.7, 1.15)
        water += rectangle((0, top), WIDTH, height)
        light += rectangle((x - width / 2, top), width, height)
        top += thickness + 6.5
        thickness *= 1.28
    shapes += path(water, colours.second) + path(light, colours.accent)
    return Artwork(shapes, title, below(title))

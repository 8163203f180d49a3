"""Covers drawn by code, for books that bring none.

The same title and author always get the same cover: a hash of them makes every choice. See
`docs/covers.png` for a sheet of them.
"""

from dataclasses import dataclass

__all__ = ["Cover", "draw_cover"]


@dataclass(frozen=True)
class Cover:
    """A drawn cover.

    `svg` is a complete document of 300 × 400 units that needs no font and no other file; `ground`
    is its background as #RRGGBB; `palette` and `plate` name the colours and the picture chosen.
    """

    svg: str
    ground: str
    palette: str
    plate: str


def draw_cover(title: str, author: str, *, version: int = 1) -> Cover:
    """Draw the cover of a book, the same on every machine for the same three arguments.

    Any text is taken: what the faces cannot letter is left out, and a title in a script that they
    lack gets a cover without words. Another `version` gives the same book another cover.
    """
    from sites.books.covers.drawing import draw  # loads HarfBuzz: not when the process starts

    return draw(title, author, version=version)

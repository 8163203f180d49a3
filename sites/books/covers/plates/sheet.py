"""What a plate is given and what it gives back."""

from dataclasses import dataclass

from sites.books.covers.chance import Chance
from sites.books.covers.palettes import Palette
from sites.books.covers.shapes import HEIGHT, WIDTH
from sites.books.covers.type_setting import Box, Setting, Typesetter

MARGIN = 24  # units left and right of words
TOP = 26  # units above a title that stands at the head
FOOT = 378  # the author's baseline where the picture leaves the foot free


@dataclass(frozen=True)
class Sheet:
    """An empty cover: its colours, its title, and the chance that decides the rest."""

    chance: Chance
    palette: Palette
    type: Typesetter

    @property
    def wordless(self) -> bool:
        """Whether the title cannot be lettered, so that the picture takes its room."""
        return not self.type.title

    def title_at_head(self, height: float = 126, *, largest: float = 44) -> Setting:
        """Set the title above the picture, in a box of a height in units."""
        return self.type.in_box(Box(MARGIN, TOP, WIDTH - 2 * MARGIN, height), largest=largest)

    def title_at_foot(self, top: float, *, largest: float = 36) -> Setting:
        """Set the title below the picture, from `top` down to the author's line."""
        height = HEIGHT - top - 44
        return self.type.in_box(Box(MARGIN, top, WIDTH - 2 * MARGIN, height), largest=largest)


@dataclass(frozen=True)
class Artwork:
    """A picture as SVG shapes, the title set around it, and where the author stands.

    Shapes may reach over the cover's edge, where they are cut. `author` is the baseline of the
    author's line: FOOT where the picture leaves the foot free, else `below` the title.
    """

    shapes: str
    title: Setting
    author: float = FOOT


def below(title: Setting) -> float:
    """The author's baseline under a title at the head, in units."""
    return title.bottom + 16 if title.lines else TOP + 10

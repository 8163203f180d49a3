"""The ten plates: pictures from Indonesian cloth and landscape, each in its own file."""

from collections.abc import Callable
from dataclasses import dataclass

from sites.books.covers.plates.aksara import aksara
from sites.books.covers.plates.bukit import bukit
from sites.books.covers.plates.ceplok import ceplok
from sites.books.covers.plates.inisial import inisial
from sites.books.covers.plates.kawung import kawung
from sites.books.covers.plates.lurik import lurik
from sites.books.covers.plates.matahari import matahari
from sites.books.covers.plates.mega import mega
from sites.books.covers.plates.ombak import ombak
from sites.books.covers.plates.sheet import Artwork, Sheet
from sites.books.covers.plates.tumpal import tumpal


@dataclass(frozen=True)
class Plate:
    """A plate and the titles it suits.

    `longest` is how many characters its lettering holds at a good size; `typographic` is true
    where the picture is made of the title's letters, in Latin, Greek or Cyrillic.
    """

    draw: Callable[[Sheet], Artwork]
    longest: int = 90
    typographic: bool = False

    @property
    def name(self) -> str:
        """The plate's Indonesian name."""
        return self.draw.__name__

    def suits(self, title: str, *, rtl: bool) -> bool:
        """Whether the plate holds a title, empty where it cannot be lettered."""
        return len(title) <= self.longest and not (self.typographic and (rtl or not title))


PLATES = (
    Plate(lurik, longest=1_000),
    Plate(kawung),
    Plate(tumpal, longest=1_000),
    Plate(mega),
    Plate(matahari),
    Plate(ombak),
    Plate(bukit),
    Plate(ceplok, longest=60),
    Plate(inisial, longest=22, typographic=True),
    Plate(aksara, longest=46, typographic=True),
)

"""The twelve dyes that covers are coloured with, named as Indonesian dyers and painters name them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Four colours as #RRGGBB: ink is for words on the ground, the other two are for the picture."""

    name: str
    ground: str
    ink: str
    accent: str
    second: str


PALETTES = (
    Palette("nila", "#2E2275", "#FBF3DF", "#F2B441", "#5546B8"),
    Palette("soga", "#5A2E17", "#F8E9CF", "#E09A45", "#8A4B25"),
    Palette("delima", "#8A0F24", "#FFEDE0", "#F4A77C", "#B92B42"),
    Palette("kunyit", "#F0B429", "#2A1B3D", "#C6011B", "#FFDF94"),
    Palette("pandan", "#17483C", "#F3F0DC", "#9CCB86", "#2C6B57"),
    Palette("laut", "#0F4252", "#F0F4EF", "#E9C46A", "#23748A"),
    Palette("gading", "#F3E9D6", "#23203F", "#3B2C93", "#C6011B"),
    Palette("lavender", "#D4D8F7", "#231A5E", "#3B2C93", "#E4677C"),
    Palette("arang", "#1E1E2A", "#F4F1EA", "#EE6C4D", "#4A4A66"),
    Palette("terakota", "#A8412B", "#FFF4E6", "#F6C28B", "#7E2B1B"),
    Palette("langit", "#A9CCE3", "#14294B", "#FBF6E3", "#D9603F"),
    Palette("beras", "#FAF7EF", "#26262B", "#2C6B57", "#E9A23B"),
)


def mix(first: str, second: str, share: float) -> str:
    """The colour between two, `share` of the way from the first to the second, as #RRGGBB."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

"""The icon sprite and the favicons: complete, light, and drawn on one grid."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import resvg_py
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.svgLib.path import parse_path
from PIL import Image, ImageChops, ImageStat

from sites.hosts import HOSTS

STATIC = Path(__file__).parents[2] / "sites" / "static"
SPRITE = STATIC / "icons.svg"
FAVICONS = STATIC / "favicons"
SVG = "{http://www.w3.org/2000/svg}"

# The names that templates may ask for.
NAMES = {
    *("search", "bell", "person", "back", "forward", "contents", "text-size", "bookmark"),
    *("bookmark-filled", "sun", "moon", "globe", "home", "book", "pen", "building", "key"),
    *("error", "check", "close", "menu", "arrow-end", "share", "sign-out", "external"),
}


def symbols() -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(SPRITE.read_text(encoding="utf-8"))  # noqa: S314  our own file
    return {symbol.attrib["id"]: symbol for symbol in root.iter(f"{SVG}symbol")}


def test_the_sprite_has_every_icon_in_under_four_kilobytes() -> None:
    assert set(symbols()) == NAMES
    assert SPRITE.stat().st_size < 4_000


@pytest.mark.parametrize("name", sorted(NAMES))
def test_an_icon_is_lines_on_the_grid(name: str) -> None:
    symbol = symbols()[name]
    assert symbol.attrib["viewBox"] == "0 0 24 24"
    (path,) = symbol
    pen = ControlBoundsPen(None)
    parse_path(path.attrib["d"], pen)
    left, top, right, bottom = pen.bounds
    # Half a stroke is 0.8: within these bounds no line touches the edge.
    assert left >= 0.8
    assert top >= 0.8
    assert right <= 23.2
    assert bottom <= 23.2


def test_icons_take_their_colour_from_the_words_beside_them() -> None:
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', SPRITE.read_text(encoding="utf-8")))
    assert colours == {"currentColor"}


@pytest.mark.parametrize("room", HOSTS)
def test_every_room_has_a_favicon_and_its_small_picture(room: str) -> None:
    svg = (FAVICONS / f"{room}.svg").read_text(encoding="utf-8")
    small = Image.open(FAVICONS / f"{room}-32.png").convert("RGBA")
    assert small.size == (32, 32)
    drawn = resvg_py.svg_to_bytes(svg_string=svg, width=32, height=32)
    again = Image.open(io.BytesIO(bytes(drawn))).convert("RGBA")
    difference = ImageStat.Stat(ImageChops.difference(small, again)).mean
    assert max(difference) < 1


def test_no_two_rooms_share_a_favicon() -> None:
    drawings = {(FAVICONS / f"{room}.svg").read_text(encoding="utf-8") for room in HOSTS}
    assert len(drawings) == len(HOSTS)

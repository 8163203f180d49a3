"""Turn SVG into pictures: sanitised first, then drawn by a process that may fail.

resvg reads any file that an ``image`` element names, relative to the working directory (seen with
resvg_py 0.5.0), so only pictures from the package itself remain, put into the drawing as data.
"""

from __future__ import annotations

import base64
import binascii
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from sites.books import covers
from sites.books.importers import limits
from sites.books.importers.book import ImportedPicture
from sites.books.importers.errors import PictureTooLarge
from sites.books.importers.markup import XLINK, get, local_name, text_of
from sites.books.importers.pictures import BrokenPicture, as_png, read_picture
from sites.books.importers.rasterise import MEMORY
from storage.bounded import bounded_command

SVG: Final = "http://www.w3.org/2000/svg"
WIDTH: Final = 1_600  # as for pictures
HEIGHT: Final = 2_400
USUAL_WIDTH: Final = 600.0  # of a drawing that names no size
USUAL_HEIGHT: Final = 400.0
SHARPNESS: Final = 2  # device pixels for one of the drawing's

_PROGRAM: Final = Path(__file__).with_name("rasterise.py")
_FONTS: Final = Path(covers.__file__).with_name("faces")
_REMOVED: Final = frozenset({"script", "foreignobject", "iframe", "audio", "video", "handler"})
_REFERRING: Final = frozenset({"image", "feimage", "use", "tref", "mpath", "textpath"})
_LENGTH: Final = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*(px|pt|em|ex|mm|cm|in)?\s*")
_UNITS: Final = {"pt": 4 / 3, "em": 16.0, "ex": 8.0, "mm": 3.78, "cm": 37.8, "in": 96.0}
_DATA: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
EMBEDDED: Final = 20  # pictures within one drawing: each may take a second to decode
#: The HTML parser lowers the case of names; these matter.
_CAMEL: Final = {
    name.lower(): name
    for name in (
        *("viewBox", "preserveAspectRatio", "linearGradient", "radialGradient", "clipPath"),
        *("gradientTransform", "gradientUnits", "textPath", "patternUnits", "patternTransform"),
        *("clipPathUnits", "markerWidth", "markerHeight", "refX", "refY", "spreadMethod"),
    )
}

#: Gives the bytes of the package's part that a reference leads to, or None.
ReadPart = Callable[[str], bytes | None]


@dataclass(slots=True)
class Draughtsman:
    """Draws the SVGs of one book, within the time that all of them may take."""

    seconds_left: float = limits.DRAWINGS_SECONDS
    clock: Callable[[], float] = time.monotonic

    def draw(self, root: etree._Element, part: str, read: ReadPart) -> ImportedPicture:
        """Draw an ``svg`` element as a picture. Raises BrokenPicture, also when the time is up."""
        if self.seconds_left <= 0:
            raise BrokenPicture(part)
        started = self.clock()
        try:
            return self._drawn(root, part, read)
        finally:
            self.seconds_left -= self.clock() - started

    def _drawn(self, root: etree._Element, part: str, read: ReadPart) -> ImportedPicture:
        width, height = _size(root)
        _sanitise(root, read)
        _say_size(root, width, height)
        source = _source(root)
        if len(source) > limits.DRAWING_SIZE:
            raise BrokenPicture(part)
        scale = min(SHARPNESS, WIDTH / width, HEIGHT / height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        png = self._rasterise(source, size, part, with_fonts=_has_text(root))
        try:
            picture = read_picture(png, part)
        except PictureTooLarge as error:
            raise BrokenPicture(part) from error
        shown = min(1.0, WIDTH / width, HEIGHT / height)
        return ImportedPicture(
            picture.key,
            picture.content,
            picture.type,
            max(1, round(width * shown)),
            max(1, round(height * shown)),
        )

    def _rasterise(
        self, source: bytes, size: tuple[int, int], part: str, *, with_fonts: bool
    ) -> bytes:
        seconds = min(limits.DRAWING_SECONDS, self.seconds_left)
        words = [str(number) for number in size]
        fonts = [str(path) for path in sorted(_FONTS.glob("*.ttf"))] if with_fonts else []
        command = bounded_command(
            _PROGRAM, *words, *fonts, memory=MEMORY, seconds=max(1, round(seconds))
        )
        try:
            # Our own program, our own numbers; the drawing goes by standard input.
            done = subprocess.run(  # noqa: S603
                command, input=source, capture_output=True, timeout=seconds, check=False
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            raise BrokenPicture(part) from error
        if done.returncode or not done.stdout:
            raise BrokenPicture(part)
        return done.stdout


def only_image(root: etree._Element) -> str:
    """Give what an ``svg`` shows that does nothing but show one picture, as covers do; else ""."""
    drawn = [
        element
        for element in root.iter()
        if local_name(element) not in {"svg", "g", "title", "desc", "defs", "metadata", "style"}
    ]
    if len(drawn) == 1 and local_name(drawn[0]) == "image":
        return get(drawn[0], "xlink:href") or get(drawn[0], "href")
    return ""


def description_of(root: etree._Element) -> str:
    """Give a drawing's own words for those who don't see it."""
    label = get(root, "aria-label")
    for name in ("title", "desc"):
        label = label or next((text_of(each) for each in root if local_name(each) == name), "")
    return label


def _has_text(root: etree._Element) -> bool:
    return any(local_name(element) == "text" for element in root.iter())


def _size(root: etree._Element) -> tuple[float, float]:
    box = _box(root)
    width, height = _length(get(root, "width")), _length(get(root, "height"))
    if box and not (width and height):
        width, height = (width or box[2], 0.0) if not height else (0.0, height)
        width = width or height * box[2] / box[3]
        height = height or width * box[3] / box[2]
    # A line of any length still has a width that can be drawn.
    return (
        min(max(width or USUAL_WIDTH, 1.0), 100_000.0),
        min(max(height or USUAL_HEIGHT, 1.0), 100_000.0),
    )


def _say_size(root: etree._Element, width: float, height: float) -> None:
    """Write the size in pixels, so that the program need not work it out again."""
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    if not _box(root):
        for name in ("viewBox", "viewbox"):
            root.attrib.pop(name, "")


def _box(root: etree._Element) -> list[float]:
    """Give the view box's four numbers, or nothing where it is missing or empty."""
    written = get(root, "viewBox") or get(root, "viewbox")
    box = [_number(part) for part in re.split(r"[\s,]+", written)]
    return box if len(box) == 4 and box[2] > 0 and box[3] > 0 else []


def _number(text: str) -> float:
    match = re.fullmatch(r"-?\d{1,7}(\.\d{0,9})?", text)
    return float(text) if match else 0.0


def _length(text: str) -> float:
    match = _LENGTH.fullmatch(text)
    return float(match[1]) * _UNITS.get(match[2] or "", 1.0) if match else 0.0


def _sanitise(root: etree._Element, read: ReadPart) -> None:
    """Remove what runs and what refers to anything but this drawing and its book's pictures."""
    pictures = 0
    for element in list(root.iter()):
        name = local_name(element)
        pictures += name == "image"
        if name in _REMOVED or not name:
            _remove(element)
        elif name in _REFERRING:
            reference = get(element, "xlink:href") or get(element, "href")
            for key in ("href", f"{XLINK}href", "xlink:href"):
                element.attrib.pop(key, "")
            if reference.startswith("#"):
                element.set(f"{XLINK}href", reference)
            elif name == "image" and pictures <= EMBEDDED and (data := _as_data(reference, read)):
                element.set(f"{XLINK}href", data)
            else:
                _remove(element)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _as_data(reference: str, read: ReadPart) -> str:
    embedded = _DATA.match(reference)
    try:
        if embedded:
            content = base64.b64decode(reference[embedded.end() :], validate=False)
        else:
            content = read(reference) or b""
        png = as_png(content, reference[:80])
    except (BrokenPicture, PictureTooLarge, binascii.Error, ValueError):
        return ""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _source(root: etree._Element) -> bytes:
    text: str = etree.tostring(root, encoding="unicode", with_tail=False)
    if not str(root.tag).startswith("{"):
        text = re.sub(r"[a-z]{4,20}(?=[\s=/>])", lambda match: _CAMEL.get(match[0], match[0]), text)
        text = text.replace("<svg", f'<svg xmlns="{SVG}"', 1)
    return text.encode()

"""Re-encode pictures: what leaves here was drawn by us, whatever came in.

Decoding is Pillow's, after a look at the dimensions; everything but the pixels (EXIF, comments,
colour profiles, trailing bytes) stays behind.
"""

from __future__ import annotations

import io
import struct
from collections import Counter
from typing import Final

from PIL import ExifTags, Image  # heavy: import this module lazily

from sites.books.importers import limits
from sites.books.importers.book import ImportedCover, ImportedPicture
from sites.books.importers.errors import PictureTooLarge
from storage import keys
from storage.keys import content_key

FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
WIDTH: Final = 1_600  # the measure of 40 rem at 2.5 device pixels
HEIGHT: Final = 2_400
#: From this size on a picture is halved at least before anything else is done with it: four times
#: the page's, so that what remains is never less than the page shows.
MANY_PIXELS: Final = 4 * WIDTH * HEIGHT
STRIP: Final = 512  # rows that are converted at a time
QUALITY: Final = 80
FEW_COLOURS: Final = 256  # a drawing or a scan of type: kept without loss, and smaller so

COVER_WIDTHS: Final = (640, 320, 160)
#: The largest a cover of a width may be, in bytes: home shows some twenty at 320.
COVER_SIZE: Final = {640: 90_000, 320: 25_000, 160: 10_000}
COVER_QUALITIES: Final = (82, 74, 66, 56, 46, 36)

#: Bytes that a pixel takes while it is decoded. Of WebP and AVIF by measurement with Pillow 11:
#: their decoders hold several copies of the whole. A progressive JPEG is held in coefficients of two
#: bytes for each channel, besides the result.
_DECODING: Final = {"WEBP": 17, "AVIF": 15}
_BYTES: Final = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2}
_BYTES_USUAL: Final = 4  # of a pixel of every other mode
_COEFFICIENT: Final = 2

#: What broken pictures make Pillow raise; warnings where they are errors.
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    KeyError,
    IndexError,
    OverflowError,
    MemoryError,
    ZeroDivisionError,
    struct.error,
    Image.DecompressionBombError,
    Warning,
)


#: How a picture is turned upright, by the orientation that its camera wrote (Exif 2.3, tag 0x0112).
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class BrokenPicture(Exception):
    """The bytes are no picture that we can decode, within the memory that one may take."""


def read_picture(content: bytes, part: str) -> ImportedPicture:
    """Re-encode a picture for the page. Its key is made from what comes out.

    Raises PictureTooLarge beyond ``limits.PICTURE_PIXELS``, and BrokenPicture for what is broken or
    beyond ``limits.PICTURE_SIDE`` or ``limits.PICTURE_MEMORY``.
    """
    image = decode(content, part)
    try:
        image.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS, reducing_gap=2.0)
        lossless = image.getcolors(FEW_COLOURS) is not None
        encoded = _webp(image, QUALITY, lossless=lossless)
    except _BROKEN as error:
        raise BrokenPicture(part) from error
    key = content_key("pictures", encoded, "image/webp")
    return ImportedPicture(key, encoded, "image/webp", image.width, image.height)


def read_cover(content: bytes, part: str) -> ImportedCover:
    """Draw a cover in its three widths. Raises as ``read_picture`` does."""
    image = decode(content, part).convert("RGB")
    made: dict[int, bytes] = {}
    try:
        for width in COVER_WIDTHS:
            height = max(1, round(image.height * width / image.width))
            fitted = image
            if image.width > width:
                fitted = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
            made[width] = _small_webp(fitted, COVER_SIZE[width])
    except _BROKEN as error:
        raise BrokenPicture(part) from error
    # The largest gives all three their name.
    digest = keys.digest(made[COVER_WIDTHS[0]])
    names = {
        width: content_key("covers", digest, "image/webp", variant=str(width)) for width in made
    }
    files = {names[width]: content for width, content in made.items()}
    return ImportedCover(names[COVER_WIDTHS[0]], files, _ground(image))


def decode(content: bytes, part: str) -> Image.Image:
    """Decode a picture upright, as RGB, RGBA or L; a very large one is made smaller, yet not below
    the page's size. Raises as ``read_picture`` does."""
    image = _opened(content, part)
    pixels = image.width * image.height
    if pixels > limits.PICTURE_PIXELS:
        raise PictureTooLarge(part, pixels, limits.PICTURE_PIXELS)
    if max(image.size) > limits.PICTURE_SIDE or _memory(image) > limits.PICTURE_MEMORY:
        raise BrokenPicture(part)
    try:
        return _upright(image)
    except _BROKEN as error:
        raise BrokenPicture(part) from error


def pixels_of(content: bytes, part: str) -> int:
    """Give how many pixels a picture has, without decoding it. Raises as ``read_picture`` does."""
    image = _opened(content, part)
    return image.width * image.height


def _opened(content: bytes, part: str) -> Image.Image:
    """Read a picture's head. Pillow has an alarm of its own, at twice and four times our limit."""
    alarm = Image.MAX_IMAGE_PIXELS or 0
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(part, 2 * alarm, limits.PICTURE_PIXELS) from error
    except Image.DecompressionBombWarning as error:
        raise PictureTooLarge(part, alarm, limits.PICTURE_PIXELS) from error
    except _BROKEN as error:
        raise BrokenPicture(part) from error


def as_png(content: bytes, part: str) -> bytes:
    """Re-encode a picture that stands inside a drawing. Raises as ``read_picture`` does."""
    image = decode(content, part)
    try:
        image.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS, reducing_gap=2.0)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
    except _BROKEN as error:
        raise BrokenPicture(part) from error
    return buffer.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    # JPEG can be decoded at a half, a quarter or an eighth: a fraction of time and memory.
    image.draft("RGB", (2 * WIDTH, 2 * HEIGHT))
    image.load()
    exif = image.getexif()
    smaller = _usual_mode(image) if (factor := _factor(image)) == 1 else _halved(image, factor)
    turn = _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
    return smaller if turn is None else smaller.transpose(turn)


def _memory(image: Image.Image) -> int:
    """Give the bytes that decoding will take, by the picture's head."""
    by_pixel = _DECODING.get(image.format or "", _BYTES.get(image.mode, _BYTES_USUAL))
    if "progressive" in image.info or "progression" in image.info:
        by_pixel += _COEFFICIENT * len(image.getbands())
    return image.width * image.height * by_pixel


def _factor(image: Image.Image) -> int:
    """Give by how much a picture can be made smaller and still be twice what the page shows, or as
    much where that would be very large."""
    least = 2 if image.width * image.height > MANY_PIXELS else 1
    return max(least, int(max(image.width / WIDTH, image.height / HEIGHT) / 2))


def _halved(image: Image.Image, factor: int) -> Image.Image:
    """Make a picture smaller by a whole number, strip by strip: never a second one of full size."""
    width, height = image.size
    rows = factor * max(1, STRIP // factor)
    smaller: Image.Image | None = None
    for top in range(0, height, rows):
        strip = _usual_mode(image.crop((0, top, width, min(height, top + rows)))).reduce(factor)
        if smaller is None:
            smaller = Image.new(strip.mode, (strip.width, -(-height // factor)))
        smaller.paste(strip, (0, top // factor))
    return smaller or image


def _usual_mode(image: Image.Image) -> Image.Image:
    if image.mode in {"RGB", "RGBA", "L"}:
        return image
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    transparent = image.mode in {"LA", "PA", "RGBa", "La"} or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def _webp(image: Image.Image, quality: int, *, lossless: bool) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=4, lossless=lossless, exif=b"", xmp=b"")
    return buffer.getvalue()


def _small_webp(image: Image.Image, size: int) -> bytes:
    encoded = b""
    for quality in COVER_QUALITIES:
        encoded = _webp(image, quality, lossless=False)
        if len(encoded) <= size:
            break
    return encoded


def _ground(image: Image.Image) -> str:
    """Give the colour that most of the edge has, as #RRGGBB.

    The edge of a copy 48 pixels wide is sorted into 512 boxes of like colours; the mean of the
    fullest box is taken.
    """
    small = image.resize((48, 64), Image.Resampling.BOX)
    edge = [(x, y) for x in range(48) for y in (0, 63)] + [
        (x, y) for x in (0, 47) for y in range(64)
    ]
    boxes: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for place in edge:
        colour = small.getpixel(place)
        if isinstance(colour, tuple):
            boxes.setdefault(tuple(value // 32 for value in colour), []).append(colour)
    counts = Counter({box: len(colours) for box, colours in boxes.items()})
    colours = boxes[counts.most_common(1)[0][0]]
    means = (round(sum(values) / len(values)) for values in zip(*colours, strict=True))
    return "#" + "".join(f"{mean:02X}" for mean in means)

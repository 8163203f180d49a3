from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zlib
from pathlib import Path
from struct import pack

import pytest
from PIL import Image

from sites.books.importers import limits, pictures
from sites.books.importers.errors import PictureTooLarge
from sites.books.importers.pictures import BrokenPicture, decode, read_cover, read_picture
from tests.sites.books.importers.epub_builder import picture


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def photo(width: int, height: int) -> bytes:
    """A picture of many colours."""
    buffer = io.BytesIO()
    noise = Image.effect_noise((width, height), 60).convert("RGB")
    Image.blend(noise, Image.new("RGB", (width, height), "#AA3311"), 0.6).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_the_usual_formats_become_webp(kind: str) -> None:
    read = read_picture(picture(kind=kind), "a")
    assert (read.type, read.width, read.height) == ("image/webp", 40, 30)
    assert opened(read.content).format == "WEBP"
    assert opened(read.content).size == (40, 30)


def test_other_formats_are_no_pictures() -> None:
    for kind in ("BMP", "TIFF", "PPM", "ICO"):
        with pytest.raises(BrokenPicture):
            read_picture(picture(kind=kind), "a")


def test_metadata_stays_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    content = picture(kind="JPEG", exif=exif, comment=b"secret comment", icc_profile=b"secret icc")
    assert b"secret" in content
    read = read_picture(content, "a")
    assert b"secret" not in read.content
    assert not opened(read.content).getexif()
    assert "icc_profile" not in opened(read.content).info


def test_a_picture_lying_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    read = read_picture(picture(kind="JPEG", exif=exif), "a")
    assert (read.width, read.height) == (30, 40)


def test_transparency_stays() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (9, 9), (255, 0, 0, 0)).save(buffer, "PNG")
    assert opened(read_picture(buffer.getvalue(), "a").content).mode == "RGBA"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "RGBA"])
def test_every_mode_is_read(mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (9, 9)).save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    assert read_picture(buffer.getvalue(), "a").width == 9


def test_a_large_picture_is_made_smaller_and_a_small_one_is_not_made_larger() -> None:
    read = read_picture(photo(3_200, 2_000), "a")
    assert (read.width, read.height) == (1_600, 1_000)
    assert read_picture(picture(4, 3), "a").width == 4


def test_drawings_of_few_colours_are_kept_without_loss() -> None:
    read = read_picture(picture(200, 200, "#123456"), "a")
    assert opened(read.content).convert("RGB").getpixel((50, 50)) == (0x12, 0x34, 0x56)


def test_only_the_first_frame_of_an_animation_is_kept() -> None:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    assert getattr(opened(read_picture(buffer.getvalue(), "a").content), "n_frames", 1) == 1


def test_the_key_is_made_from_what_comes_out() -> None:
    one = read_picture(picture(), "a").key
    assert one == read_picture(picture(), "b").key
    assert one.startswith("pictures/")
    content = read_picture(picture(), "a").content
    assert one == f"pictures/{hashlib.sha256(content).hexdigest()}.webp"
    assert one != read_picture(picture(colour="#000000"), "a").key


@pytest.mark.parametrize("content", [b"", b"x", picture()[:60], b"<svg/>", bytes(500)])
def test_broken_pictures_are_broken(content: bytes) -> None:
    with pytest.raises(BrokenPicture):
        read_picture(content, "a")


def test_too_many_pixels_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PICTURE_PIXELS", 1_000)
    with pytest.raises(PictureTooLarge, match=r"The picture a\.png has"):
        decode(picture(40, 30), "a.png")


@pytest.mark.parametrize("limit", [600, 1_000])
def test_pillows_own_alarm_is_the_same_refusal(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """Over its limit Pillow warns, over twice that it raises; both are one sentence."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit - 100)
    with pytest.raises(PictureTooLarge):
        decode(picture(40, 30), "a.png")


def test_a_cover_has_three_widths() -> None:
    cover = read_cover(photo(1_200, 1_600), "a")
    assert cover.name.endswith("-640.webp")
    assert {name[-9:] for name in cover.files} == {"-160.webp", "-320.webp", "-640.webp"}
    sizes = {name[-8:-5]: opened(content).size for name, content in cover.files.items()}
    assert sizes == {"640": (640, 853), "320": (320, 427), "160": (160, 213)}


def test_a_cover_at_320_is_light_enough_for_a_shelf() -> None:
    cover = read_cover(photo(1_200, 1_600), "a")
    assert len(cover.files[cover.name.replace("-640", "-320")]) <= 25_000


def test_a_small_cover_is_not_made_larger() -> None:
    cover = read_cover(picture(200, 300), "a")
    assert opened(cover.files[cover.name]).width == 200


def test_the_ground_is_the_colour_of_most_of_the_edge() -> None:
    image = Image.new("RGB", (300, 400), "#102030")
    image.paste(Image.new("RGB", (280, 360), "#FFEEDD"), (10, 20))
    image.paste(Image.new("RGB", (300, 30), "#FF0000"), (0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    assert read_cover(buffer.getvalue(), "a").ground == "#102030"


def png(width: int, height: int, *, depth: int, colour: int) -> bytes:
    """A black PNG, packed without ever being whole in memory. ``colour`` as in its head: 0 grey,
    2 RGB, 6 RGBA."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    channels = {0: 1, 2: 3, 6: 4}[colour]
    row = bytes(1 + width * channels * depth // 8)
    packing = zlib.compressobj(1)
    packed = b"".join(packing.compress(row) for _row in range(height)) + packing.flush()
    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


#: 40 million pixels, in shapes and depths that once took up to 1.6 GB.
LARGE = {
    "16-bit grey": (6_320, 6_320, 16, 0),
    "16-bit RGBA": (6_320, 6_320, 16, 6),
    "RGBA": (6_320, 6_320, 8, 6),
    "RGB, as wide as allowed": (20_000, 1_990, 8, 2),
    "RGBA, as tall as allowed": (1_990, 20_000, 8, 6),
}
MEASURE = """
import re, sys
from pathlib import Path
from sites.books.importers import pictures
content = sys.stdin.buffer.read()
try:
    getattr(pictures, sys.argv[1])(content, "a")
except pictures.BrokenPicture:
    print("broken")
# Not ru_maxrss, which the process has from the one that started it.
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux says what a process took"
)


def megabytes_taken(content: bytes, function: str) -> tuple[int, bool]:
    """Read a picture in a process of its own; give its peak, and whether it was read."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, function],
        input=content,
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
    )
    words = done.stdout.decode().split()
    return int(words[-1]) // 1024, words[0] != "broken"


@needs_proc
@pytest.mark.parametrize("function", ["read_picture", "read_cover"])
@pytest.mark.parametrize("shape", LARGE.values(), ids=LARGE.keys())
def test_the_largest_picture_takes_less_than_400_mb(
    shape: tuple[int, int, int, int], function: str
) -> None:
    width, height, depth, colour = shape
    taken, was_read = megabytes_taken(png(width, height, depth=depth, colour=colour), function)
    assert was_read
    assert taken < 400


@needs_proc
@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("WEBP", "RGBA", {"method": 0}),
        ("AVIF", "RGB", {"speed": 10}),
        ("JPEG", "RGB", {"progressive": True, "subsampling": 0}),
        ("JPEG", "CMYK", {"progressive": True}),
        ("JPEG", "RGB", {}),
    ],
)
@pytest.mark.parametrize("side", [3_400, 6_320])
def test_a_decoder_that_holds_several_copies_takes_less_than_400_mb(
    kind: str, mode: str, options: dict[str, object], side: int
) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (side, side)).save(buffer, kind, **options)
    taken, was_read = megabytes_taken(buffer.getvalue(), "read_picture")
    assert was_read or side > 3_400
    assert taken < 400


@pytest.mark.parametrize("size", [(1, 20_001), (20_001, 1)])
def test_a_side_beyond_the_limit_is_left_out_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(BrokenPicture):
        decode(png(*size, depth=16, colour=0), "a.png")


def test_strips_fit_together() -> None:
    column = Image.linear_gradient("L").resize((1_300, 9_000))
    buffer = io.BytesIO()
    column.save(buffer, "PNG")
    whole = decode(buffer.getvalue(), "a.png")
    assert whole.size == (1_300, 9_000)
    halved = pictures._halved(column, 3)
    expected = column.reduce(3)
    assert halved.size == expected.size
    assert halved.tobytes() == expected.tobytes()

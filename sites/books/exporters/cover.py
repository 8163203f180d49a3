"""The cover of an edition as a JPEG, which every reader shows: a drawn one is rasterised first."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Final

from sites.books import importers
from sites.books.exporters import limits
from sites.books.importers.pictures import BrokenPicture, decode
from sites.books.importers.rasterise import MEMORY
from storage.backends import public
from storage.bounded import bounded_command

WIDTH: Final = 900  # three pixels for each unit of a drawn cover: a tablet's height
HEIGHT: Final = 1_200
QUALITY: Final = 88
_PROGRAM: Final = Path(importers.__file__).with_name("rasterise.py")


def cover_picture(key: str) -> bytes | None:
    """Give the cover that the storage keeps under ``key``; None where there is none to show."""
    try:
        content = public().read(key)
    except FileNotFoundError:
        return None
    if key.endswith(".svg"):
        content = _rasterised(content)
    try:
        image = decode(content, key).convert("RGB") if content else None
    except BrokenPicture:
        return None
    if image is None:
        return None
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def _rasterised(drawing: bytes) -> bytes:
    """Draw one of the house's own covers, whose words are outlines: no font is needed."""
    seconds = max(1, round(limits.COVER_SECONDS))
    command = bounded_command(_PROGRAM, str(WIDTH), str(HEIGHT), memory=MEMORY, seconds=seconds)
    try:
        # Our own program, our own numbers; the drawing goes by standard input.
        done = subprocess.run(  # noqa: S603
            command, input=drawing, capture_output=True, timeout=seconds, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return b""
    return b"" if done.returncode else done.stdout

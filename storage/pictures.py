"""Pictures that people send: decoded and written anew, in a process that may fail."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Final, NamedTuple

from storage.bounded import bounded_command
from storage.errors import StorageUnavailable

_PROGRAM: Final = Path(__file__).with_name("clean_picture.py")
FORMATS: Final = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
}


#: Seconds to wait for others' pictures, each of which takes up to three. Who waits holds one of few
#: turns at the gate; ``upload.js`` asks again by itself.
PATIENCE: Final = 5.0
#: One picture may take half a gigabyte, so that a process decodes one at a time.
_turn: Final = threading.Lock()


class PictureLimits(NamedTuple):
    """How much a picture may ask for, and how large it comes out."""

    #: A page scanned at 600 dpi has 35 million.
    pixels: int = 40_000_000
    #: Of one side: a poster of 1.2 m at 400 dpi has 18,900.
    side: int = 20_000
    #: It is fitted into these, and never made larger.
    width: int = 1_600
    height: int = 2_400
    #: Bytes of address space of its process. The largest picture takes 480 MB as WebP, whose decoder
    #: holds three copies; Python and Pillow take 100.
    memory: int = 1024 * 1024 * 1024
    #: Of processor time: that picture takes three.
    seconds: int = 15


class BrokenPicture(Exception):
    """Bytes that are no picture of that type, or one beyond the limits."""


def clean(content: bytes, type_: str, *, limits: PictureLimits | None = None) -> bytes:
    """Give a picture's pixels as PNG, upright: nothing else of the file is left, such as where it
    was taken. Raises ``BrokenPicture``, and ``StorageUnavailable`` where others' take too long."""
    limits = limits or PictureLimits()
    if type_ not in FORMATS:
        raise BrokenPicture
    numbers = [str(number) for number in limits[:4]]
    command = bounded_command(
        _PROGRAM, FORMATS[type_], *numbers, memory=limits.memory, seconds=limits.seconds
    )
    if not _turn.acquire(timeout=PATIENCE):
        raise StorageUnavailable("decoding a picture after others'")
    try:
        # Our own program, our own numbers; the picture goes by standard input.
        done = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=2 * limits.seconds, check=False
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise BrokenPicture from error
    finally:
        _turn.release()
    if done.returncode or not done.stdout.endswith(b"IEND\xaeB`\x82"):
        raise BrokenPicture
    return done.stdout

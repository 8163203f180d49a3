"""Run the program that turns manuscripts into HTML, within time and memory."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final, Literal

from sites.books.importers import limits
from sites.books.importers.converters import MEMORY, NO_MEMORY
from sites.books.importers.errors import DamagedFile, TooIntricate
from storage.bounded import bounded_command

_PROGRAM: Final = Path(__file__).with_name("converters.py")
_OUT_OF_TIME: Final = -24  # ended by SIGXCPU


def convert(content: bytes, kind: Literal["docx", "markdown"]) -> bytes:
    """Give what ``converters.py`` makes of a file. Raises DamagedFile, and TooIntricate for what
    takes more than ``limits.CONVERTING_SECONDS`` or too much memory."""
    seconds = limits.CONVERTING_SECONDS
    command = bounded_command(_PROGRAM, kind, memory=MEMORY, seconds=round(seconds))
    try:
        # Our own program and words; the file goes by standard input.
        done = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=seconds, check=False
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise TooIntricate from error
    if done.returncode in {NO_MEMORY, _OUT_OF_TIME}:
        raise TooIntricate
    if done.returncode:
        raise DamagedFile
    return done.stdout

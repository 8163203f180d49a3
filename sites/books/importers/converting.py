"""Run the program that turns manuscripts into HTML, within time and memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final, Literal

from sites.books.importers import limits
from sites.books.importers.errors import DamagedFile, TooIntricate

_PROGRAM: Final = Path(__file__).with_name("converters.py")
_NO_MEMORY: Final = 3
_OUT_OF_TIME: Final = -24  # ended by SIGXCPU


def convert(content: bytes, kind: Literal["docx", "markdown"]) -> bytes:
    """Give what ``converters.py`` makes of a file. Raises DamagedFile, and TooIntricate for what
    takes more than ``limits.CONVERTING_SECONDS`` or too much memory."""
    seconds = limits.CONVERTING_SECONDS
    command = [sys.executable, "-I", str(_PROGRAM), kind, str(round(seconds))]
    try:
        # Our own program and words; the file goes by standard input.
        done = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=seconds, check=False
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise TooIntricate from error
    if done.returncode in {_NO_MEMORY, _OUT_OF_TIME}:
        raise TooIntricate
    if done.returncode:
        raise DamagedFile
    return done.stdout

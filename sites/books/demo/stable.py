"""Names that look random and are the same on every machine, so that pictures of pages stay alike."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256
from itertools import count

from sites.books.text.paragraphs import ID_LENGTH


def stable_name(seed: str, length: int) -> str:
    """Give ``length`` characters of a–z and 2–7 (at most 51) that only ``seed`` decides on."""
    return base64.b32encode(sha256(seed.encode()).digest()).decode().lower()[:length]


def stable_ids(seed: str) -> Callable[[], str]:
    """Give a source of paragraph ids, to be used once for each text."""
    numbers = count(1)
    return lambda: "p-" + stable_name(f"{seed}/{next(numbers)}", ID_LENGTH)

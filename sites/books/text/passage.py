"""A passage of a chapter: what a model needs of it, without what finds it (``passages.py``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Characters that are kept of what stands on either side.
AROUND: Final = 32


@dataclass(frozen=True, slots=True)
class Passage:
    """``start`` is a character of ``paragraph``, ``end`` one of ``last_paragraph``, not included;
    ``before`` and ``after`` are what stood around ``quote``, at most ``AROUND`` characters."""

    paragraph: str
    start: int
    last_paragraph: str
    end: int
    quote: str
    before: str = ""
    after: str = ""

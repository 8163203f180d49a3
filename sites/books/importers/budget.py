"""How much text of one file has been read so far, against what may be."""

from __future__ import annotations

from dataclasses import dataclass

from sites.books.importers import limits
from sites.books.importers.errors import FileTooLarge, TooManyParts


@dataclass(slots=True)
class Budget:
    """Counts the bytes and the tags of all pages."""

    _size: int = 0
    _tags: int = 0

    def take(self, part: str, content: bytes) -> None:
        """Count a page. Raises FileTooLarge beyond ``limits.TEXT_SIZE`` and TooManyParts beyond
        ``limits.TAGS``."""
        self._size += len(content)
        if self._size > limits.TEXT_SIZE:
            raise FileTooLarge(part, limits.TEXT_SIZE)
        self._tags += content.count(b"<")
        if self._tags > limits.TAGS:
            raise TooManyParts(self._tags, limits.TAGS)

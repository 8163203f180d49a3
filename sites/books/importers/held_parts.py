"""Parts that were made in memory, beside those of an archive, found and read like a package's."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping

from sites.books.importers.errors import FileTooLarge
from sites.books.importers.package import Package


class HeldParts(Package):
    """``held`` parts come first; ``around`` is the archive that they were made from, if any."""

    def __init__(self, held: Mapping[str, bytes], around: Package | None = None) -> None:
        self._held = dict(held)
        self._around = around
        self._entries = {name: zipfile.ZipInfo() for name in held}
        self._spellings = {}

    def find(self, name: str) -> str | None:
        if name in self._held:
            return name
        return self._around.find(name) if self._around else None

    def read(self, name: str, limit: int) -> bytes:
        if name not in self._held and self._around:
            return self._around.read(name, limit)
        content = self._held[name]
        if len(content) > limit:
            raise FileTooLarge(name, limit)
        return content

"""Put pictures where everybody may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sites.books.pictures import derive_later
from storage.backends import public


def store_files(
    files: Mapping[str, bytes], *, progress: Callable[[int], None] | None = None
) -> None:
    """Store files under exactly their keys; ``progress`` is told how many are done. What pages ask
    for of pictures is made after the commit.

    Keys are made from contents, so that equal ones are stored once for all books. What an action
    stored before it failed stays: another book may have the same picture by now. ``sweep_storage``
    finds what nothing shows.
    """
    place = public()
    for done, (key, content) in enumerate(files.items()):
        if progress:
            progress(done)
        place.put(key, content)
    derive_later(files)

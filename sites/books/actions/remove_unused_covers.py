from __future__ import annotations

from collections.abc import Iterable

from sites.books.models import Book
from storage.backends import public
from storage.models import Picture


def remove_unused_covers_forever(keys: Iterable[str]) -> None:
    """Delete the files of covers that no book has any more, in all their sizes.

    Meant for after the commit. Names are hashes of contents: another book may have the same cover.
    """
    for key in set(keys):
        if key and not Book.objects.filter(cover=key).exists():
            for name in sizes_of(key):
                public().delete(name)
            Picture.objects.filter(key=key).delete()


def sizes_of(key: str) -> list[str]:
    """Give the keys of a cover in all its sizes, with what was made of it."""
    if key.endswith(".svg"):
        return [key, f"{key.removesuffix('.svg')}.png"]
    stem = key.removesuffix("-640.webp")
    if stem == key:
        return [key]
    made = [each for picture in Picture.objects.filter(key=key) for each in _made_of(picture)]
    return [*made, *(f"{stem}-{width}.webp" for width in (160, 320, 640))]


def _made_of(picture: Picture) -> list[str]:
    from storage.derivatives import derived_keys

    return derived_keys(picture)

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.storage import default_storage

from sites.books.models import Book
from storage.models import Picture


def remove_unused_covers_forever(keys: Iterable[str]) -> None:
    """Delete the files of covers that no book has any more, in all their sizes.

    Meant for after the commit. Names are hashes of contents: another book may have the same cover.
    """
    for key in set(keys):
        if key and not Book.objects.filter(cover=key).exists():
            for name in _sizes(key):
                default_storage.delete(name)
            Picture.objects.filter(key=key).delete()


def _sizes(key: str) -> list[str]:
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

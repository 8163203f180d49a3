"""Which stored files books use; for sweeps (``storage.orphans``)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from sites.books.actions.remove_unused_covers import sizes_of
from sites.books.exporters.kept_edition import FOLDER
from sites.books.models import Book, PendingImport

_PICTURES = """
SELECT DISTINCT found[1] FROM {table}, regexp_matches(text, 'media:([^"]+)', 'g') AS found
WHERE text LIKE '%%media:%%'
"""


def used_keys() -> Iterator[str]:
    """Give the keys of covers in all sizes, of pictures in texts, in their former versions and in what
    is not stored yet, and of files that wait for their owner's word."""
    for cover in (
        Book.objects.exclude(cover="").values_list("cover", flat=True).distinct().iterator()
    ):
        yield from sizes_of(cover)
    with connection.cursor() as cursor:
        for table in ("books_chapter", "books_revision", "books_chapterdraft"):
            cursor.execute(_PICTURES.format(table=table))
            for (key,) in cursor:
                yield key
    yield from PendingImport.objects.values_list("key", flat=True).iterator()


def used_prefixes() -> list[str]:
    """Editions of books that are there: each download forgets those of former versions."""
    return [f"{FOLDER}/{pk}/" for pk in Book.objects.values_list("pk", flat=True)]

"""``python -m benchmarks.search_probe NAME,… WORDS``: milliseconds of ways to search by turns, as JSON.

A process of its own, because it has the settings of one house.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

import django


def main(names: list[str], words: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")
    django.setup()
    ways: dict[str, Callable[[str], object]] = {"ours": _ours, "ilike": _ilike, "vector": _vector}
    taken: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        ways[name](words[0])  # once without counting
    for word in words:
        for name in names:
            begun = time.perf_counter()
            ways[name](word)
            taken[name].append((time.perf_counter() - begun) * 1000)
    print(json.dumps(taken))


def _ours(word: str) -> object:
    from django.utils import timezone

    from sites.books.models import Book
    from sites.books.search.find import Among, Slice, find_books

    now = timezone.now()
    among = Among(Book.objects.published(now), ["en", "id"])
    return find_books(word, among, Slice(0, 12), now=now)


def _ilike(word: str) -> object:
    """What the catalogue did before: titles, first lines and names alone."""
    from django.db.models import Q

    from sites.books.models import Authorship, Book

    named = Authorship.objects.filter(author__name__icontains=word).order_by()
    worded = Book.objects.filter(
        Q(title__icontains=word) | Q(subtitle__icontains=word) | Q(opening_line__icontains=word)
    ).order_by()
    keys = worded.values_list("pk", flat=True).union(named.values_list("book", flat=True))
    found = Book.objects.published().filter(pk__in=keys).newest_first()
    return found.count(), list(found[:12])


def _vector(word: str) -> object:
    """What Django's documentation begins with."""
    from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector

    from sites.books.models import Chapter

    query = SearchQuery(word, config="english", search_type="websearch")
    vector = SearchVector("title", "text", config="english")
    found = Chapter.objects.published().annotate(said=vector, rank=SearchRank(vector, query))
    return list(found.filter(said=query).order_by("-rank").values_list("pk", "rank")[:12])


if __name__ == "__main__":
    main(sys.argv[1].split(","), json.loads(sys.argv[2]))

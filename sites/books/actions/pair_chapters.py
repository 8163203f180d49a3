"""Which chapter of a file is which chapter of the book, when a file comes in again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from sites.books.importers.book import ImportedChapter
from sites.books.models import Chapter
from sites.books.text.tokens import plain_text

#: Stands before the file of a chapter that was out when an import withdrew it: only what an import
#: made a draft may an import publish again.
WITHDRAWN: Final = "withdrawn:"


def pair_chapters(
    stored: Sequence[Chapter], imported: Sequence[ImportedChapter], *, written_here: bool = False
) -> dict[int, Chapter]:
    """Give, by the place in ``imported``, the stored chapter that it continues.

    A chapter of an edition that the house wrote is the one with its uid. The others are paired by file and title together, then by title, then by file, then by their
    words; by each only where it names one chapter on both sides. Title before file alone, because a
    new edition with one chapter more has every later file renumbered. Chapters that were written
    here (without a source) are only paired with ``written_here``: where a person chose the book.
    """
    pairs = _pairs_by_uid(stored, imported)
    taken = {chapter.pk for chapter in pairs.values()}
    free = [
        chapter
        for chapter in stored
        if (chapter.source or written_here) and chapter.pk not in taken
    ]
    keys: list[tuple[Callable[[Chapter], object], Callable[[ImportedChapter], object]]] = [
        (lambda chapter: (_file(chapter), chapter.title), lambda new: (new.source, new.title)),
        (lambda chapter: chapter.title, lambda new: new.title),
        (_file, lambda new: new.source),
        (lambda chapter: _words(chapter.text), lambda new: _words(new.html)),
    ]
    for key_of_stored, key_of_imported in keys:
        waiting = [place for place in range(len(imported)) if place not in pairs]
        if not free or not waiting:
            break
        old_keys = [key_of_stored(chapter) for chapter in free]
        new_keys = {place: key_of_imported(imported[place]) for place in waiting}
        old_counts, new_counts = Counter(old_keys), Counter(new_keys.values())
        by_key = dict(zip(old_keys, free, strict=True))
        for place, key in new_keys.items():
            if old_counts[key] == 1 and new_counts[key] == 1:
                pairs[place] = by_key[key]
        taken = {chapter.pk for chapter in pairs.values()}
        free = [chapter for chapter in free if chapter.pk not in taken]
    return pairs


def _pairs_by_uid(
    stored: Sequence[Chapter], imported: Sequence[ImportedChapter]
) -> dict[int, Chapter]:
    by_uid = {chapter.uid: chapter for chapter in stored}
    pairs: dict[int, Chapter] = {}
    for place, new in enumerate(imported):
        if new.house_uid in by_uid:
            pairs[place] = by_uid.pop(new.house_uid)
    return pairs


def _file(chapter: Chapter) -> str:
    return chapter.source.removeprefix(WITHDRAWN)


def _words(text: str) -> str:
    return " ".join(plain_text(text).split())

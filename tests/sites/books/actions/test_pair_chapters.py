from __future__ import annotations

import pytest

from sites.books.actions.pair_chapters import pair_chapters
from sites.books.importers.book import ImportedChapter
from sites.books.models import Chapter

Row = tuple[str, str, str]


def paired(stored: list[Row], imported: list[Row]) -> dict[int, int]:
    """Pair rows of (source, title, text); give places."""
    old = [
        Chapter(pk=place, source=source, title=title, text=f"<p>{text}</p>")
        for place, (source, title, text) in enumerate(stored)
    ]
    new = [
        ImportedChapter(uid="", source=source, title=title, html=f"<p>{text}</p>", words=1)
        for source, title, text in imported
    ]
    return {place: int(chapter.pk) for place, chapter in pair_chapters(old, new).items()}


PAIRS = {
    "the same": (
        [("a", "A", "x"), ("b", "B", "y")],
        [("a", "A", "x"), ("b", "B", "y")],
        {0: 0, 1: 1},
    ),
    "another order": (
        [("a", "A", "x"), ("b", "B", "y")],
        [("b", "B", "y"), ("a", "A", "x")],
        {0: 1, 1: 0},
    ),
    "renumbered files": (
        [("1", "A", "x"), ("2", "B", "y")],
        [("1", "New", "z"), ("2", "A", "x"), ("3", "B", "y")],
        {1: 0, 2: 1},
    ),
    "a new title": (
        [("a", "A", "x"), ("b", "B", "y")],
        [("a", "A!", "x"), ("b", "B", "y")],
        {0: 0, 1: 1},
    ),
    "titles that many have": (
        [("a", "I", "x"), ("b", "I", "y")],
        [("b", "I", "y"), ("c", "I", "z")],
        {0: 1, 1: 0},
    ),
    "new titles and files": (
        [("a", "A", "x"), ("b", "B", "y")],
        [("c", "C", "y"), ("d", "D", "x")],
        {0: 1, 1: 0},
    ),
    "nothing alike": ([("a", "A", "x")], [("b", "B", "y")], {}),
    "written here": ([("", "A", "x")], [("a", "A", "x")], {}),
    "nothing stored": ([], [("a", "A", "x")], {}),
}


@pytest.mark.parametrize(("stored", "imported", "expected"), PAIRS.values(), ids=PAIRS.keys())
def test_chapters_are_found_again(
    stored: list[Row], imported: list[Row], expected: dict[int, int]
) -> None:
    assert paired(stored, imported) == expected

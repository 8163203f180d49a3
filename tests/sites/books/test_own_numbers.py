"""Books that number their chapters by themselves."""

from __future__ import annotations

import pytest

from sites.books.own_numbers import has_own_numbers
from tests.sites.chapter.library import make_book, make_chapters

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "title",
    [
        "Chapter 1. Loomings.",
        "CHAPTER THE FIRST",
        "190 A FOUR-LEAVED CLOVER",
        "3. Pulang",
        "IV. DEATH BY WATER",
        "Bab Satu",
        "الفصل الثاني: ما هو السرطان؟",
        "第一章",
    ],
)
def test_titles_with_numbers_are_known(title: str) -> None:
    book = make_book()
    _first, last = make_chapters(book, 2, title="Etymology")
    last.title = title
    last.save()
    assert has_own_numbers(book)


@pytest.mark.parametrize(
    "title",
    [
        "Etymology",
        "I Am Born",
        "1984",
        "Mild Weather",
        "Chapters of Rain",
        "Babad",
        "Partner in Crime",
        "V",
    ],
)
def test_titles_without_numbers_are_left_alone(title: str) -> None:
    book = make_book()
    make_chapters(book, 2, title=title)
    assert not has_own_numbers(book)


def test_other_books_do_not_count() -> None:
    make_chapters(make_book("numbered"), 1, title="Chapter 1")
    book = make_book()
    make_chapters(book, 1, title="Pasang")
    assert not has_own_numbers(book)

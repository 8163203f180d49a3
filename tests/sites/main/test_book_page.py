"""One book's page: the contents with the reader's marks, and what stands beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.marks import mark_of
from sites.books.models import Author, Authorship, Book, Chapter, ReadingProgress, Status
from sites.main import book_page as module
from sites.main.book_page import book_page
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return create_user("reader@example.com", password=None)


def keep(reader: User, book: Book, number: int, fraction: float) -> None:
    chapter = book.chapters.get(number=number)
    ReadingProgress.objects.create(user=reader, book=book, chapter=chapter, fraction=fraction)


def marks(page: module.BookPage) -> list[str]:
    return [mark_of(page.place, row.chapter.number).kind for row in page.rows]


def test_chapters_before_the_place_are_read_and_the_place_is_here(reader: User) -> None:
    book = make_book("laut", chapters=4)
    keep(reader, book, 2, 0.5)
    page = book_page("laut", reader, timezone.now())
    assert marks(page) == ["read", "here", "", ""]
    assert page.place is not None
    assert mark_of(page.place, 2).left == page.place.minutes_left
    assert 0 < page.place.minutes_left < page.rows[2].minutes
    # Half of the second chapter and the two after it.
    assert module.minutes_left(page.place, page) == pytest.approx(page.minutes * 2.5 / 4, abs=1)


def test_a_chapter_read_to_its_end_leads_to_the_next(reader: User) -> None:
    book = make_book("laut", chapters=3)
    keep(reader, book, 1, 1.0)
    page = book_page("laut", reader, timezone.now())
    assert marks(page) == ["read", "here", ""]


def test_a_finished_book_is_read_throughout(reader: User) -> None:
    book = make_book("laut", chapters=3)
    keep(reader, book, 3, 1.0)
    page = book_page("laut", reader, timezone.now())
    assert marks(page) == ["read"] * 3
    assert page.place is not None
    assert page.place.is_finished


def test_a_stranger_sees_no_marks_and_no_drafts() -> None:
    book = make_book("laut", chapters=3)
    Chapter.objects.filter(book=book, number=2).update(status=Status.DRAFT)
    page = book_page("laut", AnonymousUser(), timezone.now())
    assert [row.chapter.number for row in page.rows] == [1, 3]
    assert marks(page) == ["", ""]
    assert page.place is None


def test_hidden_and_missing_books_are_equally_404(reader: User) -> None:
    draft("rahasia")
    make_book("besok", publish_at=timezone.now() + timedelta(days=1))
    for slug in ("rahasia", "besok", "tidak-ada"):
        with pytest.raises(Http404):
            book_page(slug, reader, timezone.now())


def test_its_author_sees_the_draft_and_is_told_what_is_not_out(reader: User) -> None:
    book = draft("rahasia", author="Dewi")
    Author.objects.update(user=reader)
    page = book_page("rahasia", reader, timezone.now())
    assert page.book == book
    assert not page.is_out
    # The chapters are published by themselves, in a book that is not.
    assert [row.chapter.number for row in page.rows] == [1, 2, 3]
    Chapter.objects.filter(number=3).update(status=Status.DRAFT)
    assert [row.out for row in book_page("rahasia", reader, timezone.now()).rows] == [
        True,
        True,
        False,
    ]


def test_a_very_long_book_shows_its_beginning_and_leads_on(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONTENTS_LIMIT", 5)
    book = make_book("long", chapters=6)
    keep(reader, book, 6, 0.5)
    page = book_page("long", reader, timezone.now())
    assert page.is_cut
    assert marks(page) == ["read"] * 5
    assert page.place is not None
    assert page.place.chapter.number == 6
    assert page.place is not None
    assert module.minutes_left(page.place, page) == 0
    monkeypatch.setattr(module, "CONTENTS_LIMIT", 6)
    assert not book_page("long", reader, timezone.now()).is_cut


def test_others_are_published_books_that_share_a_name() -> None:
    make_book("laut", author="Ratih")
    make_book("angin", author="Ratih")
    make_book("kopi", author="Laras")
    draft("rahasia", author="Ratih")
    shared = make_book("bersama", author="Laras")
    Authorship.objects.create(book=shared, author=Author.objects.get(slug="ratih"), position=2)
    page = book_page("laut", AnonymousUser(), timezone.now())
    assert {book.slug for book in page.others} == {"angin", "bersama"}
    assert book_page("kopi", AnonymousUser(), timezone.now()).others == [shared]


def test_a_book_without_chapters_or_author_is_a_page_too() -> None:
    make_book("bare", chapters=0)
    page = book_page("bare", AnonymousUser(), timezone.now())
    assert (page.rows, page.first_number, page.minutes, page.others) == ([], None, 0, [])

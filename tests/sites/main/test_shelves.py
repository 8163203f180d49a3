"""The first page: one sentence a day, and shelves of what is out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from sites.accounts.actions import create_user
from sites.books.models import Book, Chapter, Genre, ReadingProgress, Status
from sites.main import shelves
from sites.main.shelves import featured, home_page, just_published
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


def test_a_day_has_one_opening_book_and_the_days_share_them_out() -> None:
    now = timezone.now()
    for number in range(6):
        make_book(f"book-{number}", opening_line="It began.")
    picks = [featured(DAY + timedelta(days=n), now) for n in range(60)]
    again = [featured(DAY + timedelta(days=n), now) for n in range(60)]
    assert picks == again
    assert len({book.slug for book in picks if book}) == 6


def test_only_a_book_with_a_line_and_a_chapter_out_opens_the_house() -> None:
    make_book("silent")
    make_book("unwritten", chapters=0, opening_line="It will begin.")
    draft("hidden", opening_line="Nobody knows.")
    assert featured(DAY, timezone.now()) is None
    chosen = make_book("chosen", opening_line="It began.")
    Chapter.objects.filter(book=chosen, number=1).update(status=Status.DRAFT)
    found = featured(DAY, timezone.now())
    assert found == chosen
    assert found.first_number == 2  # type: ignore[attr-defined]


def test_the_line_is_in_the_readers_language_where_there_is_one() -> None:
    now = timezone.now()
    for language in ("en", "en", "id", "ar"):
        slug = f"{language}-{Book.objects.count()}"
        make_book(slug, language=language, opening_line="It began.")
    days = [DAY + timedelta(days=n) for n in range(20)]
    assert {featured(day, now, language="id").language for day in days} == {"id"}  # type: ignore[union-attr]
    assert {featured(day, now, language="en").slug for day in days} == {"en-0", "en-1"}  # type: ignore[union-attr]
    assert featured(DAY, now, language="fr") == featured(DAY, now)


def test_only_the_newest_books_share_the_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "FEATURED_AMONG", 2)
    now = timezone.now()
    for number in range(5):
        make_book(
            f"book-{number}", opening_line="It began.", publish_at=now - timedelta(days=number + 1)
        )
    picks = {featured(DAY + timedelta(days=n), now) for n in range(40)}
    assert {book.slug for book in picks if book} == {"book-0", "book-1"}


def test_the_shelves_hold_what_is_out_and_nothing_else() -> None:
    now = timezone.now()
    editor = create_user("editor@example.com", password=None, roles=["editor"])
    make_book("old", publish_at=now - timedelta(days=9))
    make_book("new", is_complete=False)
    make_book("tomorrow", publish_at=now + timedelta(days=1), is_complete=False)
    draft("draft", is_complete=False)
    for user in (AnonymousUser(), editor):
        page = home_page(user, now)
        assert [book.slug for book in page.new] == ["new", "old"]
        assert [book.slug for book in page.serials] == ["new"]
        assert [chapter.book.slug for chapter in page.just_published] == ["new"]


def test_just_published_shows_each_serial_once_by_its_newest_chapter() -> None:
    now = timezone.now()
    make_book("whole", chapters=50)
    first = make_book("first", is_complete=False, chapters=300)
    second = make_book("second", is_complete=False, publish_at=now - timedelta(days=3))
    Chapter.objects.filter(book=first, number=7).update(publish_at=now - timedelta(minutes=2))
    found = just_published(now)
    assert [(chapter.book, chapter.number) for chapter in found] == [(first, 7), (second, 3)]


def test_genres_count_what_is_out_and_the_fullest_comes_first() -> None:
    now = timezone.now()
    names = ("essay", "novel", "empty")
    essay, novel, _empty = (
        Genre.objects.create(slug=name, name_en=name, name_id=name) for name in names
    )
    make_book("one").genres.add(novel)
    make_book("two").genres.add(novel, essay)
    draft("three").genres.add(essay)
    counted = [(genre.slug, genre.book_count) for genre in shelves.genres(now)]  # type: ignore[attr-defined]
    assert counted == [("novel", 2), ("essay", 1)]


def test_the_first_shelf_of_a_reader_is_what_they_are_reading() -> None:
    reader = create_user("reader@example.com", password=None)
    book = make_book("begun", author="Ratih")
    make_book("untouched")
    chapter = book.chapters.get(number=2)
    ReadingProgress.objects.create(user=reader, book=book, chapter=chapter, fraction=0.5)
    page = home_page(reader, timezone.now())
    assert [(place.book, place.chapter, place.percent) for place in page.continuing] == [
        (book, chapter, 50)
    ]
    assert home_page(AnonymousUser(), timezone.now()).continuing == []

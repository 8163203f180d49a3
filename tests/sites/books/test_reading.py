"""What comes before and after a chapter, and where a person goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from sites.accounts.models import User
from sites.accounts.roles import EDITOR
from sites.books.models import Book, Chapter, ReadingProgress, Status
from sites.books.reading import around, continuing, place_in
from tests.sites.chapter.library import at, hide, make_author, make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db

NOW = at(12)


@pytest.fixture
def reader() -> User:
    return make_reader()


@pytest.fixture
def chapters() -> list[Chapter]:
    return make_chapters(make_book(), 4)


def be_at(user: User, chapter: Chapter, fraction: float, paragraph: str = "p-abcdef23") -> None:
    ReadingProgress.objects.update_or_create(
        user=user,
        book=chapter.book,
        defaults={
            "chapter": chapter,
            "paragraph": paragraph,
            "fraction": fraction,
            "updated_at": at(9) + timedelta(seconds=ReadingProgress.objects.count()),
        },
    )


def test_neighbours_skip_hidden_chapters(chapters: list[Chapter], reader: User) -> None:
    hide(chapters[1])
    found = around(reader, chapters[2], NOW)
    assert found.previous == chapters[0]
    assert found.next == chapters[3]
    assert found.last_number == 4


def test_chapters_still_to_come_are_no_neighbours(chapters: list[Chapter]) -> None:
    Chapter.objects.filter(pk=chapters[3].pk).update(publish_at=NOW + timedelta(hours=1))
    found = around(AnonymousUser(), chapters[2], NOW)
    assert found.next is None
    assert found.last_number == 3
    later = around(AnonymousUser(), chapters[2], NOW + timedelta(hours=2))
    assert later.next == chapters[3]


def test_authors_and_editors_turn_to_their_drafts(chapters: list[Chapter]) -> None:
    hide(chapters[1])
    author = make_author(chapters[0].book)
    editor = make_reader("editor@example.org", EDITOR)
    for person in (author, editor):
        assert around(person, chapters[0], NOW).next == chapters[1]
    stranger = make_author(make_book("another"), "stranger@example.org")
    assert around(stranger, chapters[0], NOW).next == chapters[2]


def test_the_first_and_the_last_chapter_have_one_neighbour(chapters: list[Chapter]) -> None:
    assert around(AnonymousUser(), chapters[0], NOW).previous is None
    assert around(AnonymousUser(), chapters[3], NOW).next is None


def test_neighbours_take_one_query(
    chapters: list[Chapter], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = around(AnonymousUser(), chapters[1], NOW)
        assert (found.previous and found.previous.title, found.next and found.next.title) == (
            "Piece 1",
            "Piece 3",
        )


def test_before_the_first_page_there_is_no_place(chapters: list[Chapter], reader: User) -> None:
    assert place_in(reader, chapters[0].book, NOW) is None
    assert place_in(AnonymousUser(), chapters[0].book, NOW) is None


def test_a_person_goes_on_at_the_paragraph(chapters: list[Chapter], reader: User) -> None:
    be_at(reader, chapters[1], 0.5)
    place = place_in(reader, chapters[0].book, NOW)
    assert place is not None
    assert (place.chapter, place.anchor, place.fraction) == (chapters[1], "#p-abcdef23", 0.5)
    assert place.is_begun
    assert not place.is_finished
    assert place.minutes_left == 3  # of five
    assert place.percent == 38  # one chapter and a half of four


def test_a_chapter_read_to_its_end_leads_to_the_next(chapters: list[Chapter], reader: User) -> None:
    hide(chapters[2])
    be_at(reader, chapters[1], 1.0)
    place = place_in(reader, chapters[0].book, NOW)
    assert place is not None
    assert (place.chapter, place.anchor, place.fraction) == (chapters[3], "", 0.0)
    assert not place.is_begun
    assert not place.is_finished


def test_a_book_read_to_its_end_is_finished_until_the_next_chapter_is_out(
    chapters: list[Chapter], reader: User
) -> None:
    be_at(reader, chapters[3], 1.0)
    place = place_in(reader, chapters[0].book, NOW)
    assert place is not None
    assert place.is_finished
    assert continuing(reader, now=NOW) == []
    new = Chapter.objects.create(
        book=chapters[0].book, number=5, title="Piece 5", status=Status.PUBLISHED, publish_at=NOW
    )
    assert [place.chapter for place in continuing(reader, now=NOW)] == [new]


def test_a_hidden_chapter_is_passed_over(chapters: list[Chapter], reader: User) -> None:
    be_at(reader, chapters[1], 0.5)
    hide(chapters[1])
    place = place_in(reader, chapters[0].book, NOW)
    assert place is not None
    assert (place.chapter, place.anchor) == (chapters[2], "")


def test_a_hidden_book_is_not_continued(chapters: list[Chapter], reader: User) -> None:
    be_at(reader, chapters[1], 0.5)
    Book.objects.update(status=Status.DRAFT)
    assert place_in(reader, chapters[0].book, NOW) is None
    assert continuing(reader, now=NOW) == []


def test_the_latest_read_stands_first(reader: User) -> None:
    for number in range(9):
        be_at(reader, make_chapters(make_book(f"book-{number}", author="someone"))[0], 0.5)
    be_at(make_reader("other@example.org"), Chapter.objects.all()[0], 0.5)
    slugs = [place.book.slug for place in continuing(reader, now=NOW)]
    assert slugs == [f"book-{number}" for number in range(8, 1, -1)]


@pytest.mark.parametrize("count", [1, 7])
def test_continuing_takes_as_many_queries_for_one_book_as_for_many(
    reader: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader.has_role(EDITOR)
    for number in range(count):
        be_at(reader, make_chapters(make_book(f"book-{number}", author="someone"))[1], 1.0)
    with django_assert_num_queries(3):
        places = continuing(reader, now=NOW)
        assert {place.book.author_names for place in places} == {"someone"}
        assert len(places) == count

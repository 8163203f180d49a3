"""A person has one place in a book, and the latest wins."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites.accounts.models import User
from sites.books.actions.keep_place import ChapterNotReadable, NotAPlace, Spot, keep_place
from sites.books.models import Chapter, ReadingProgress
from tests.sites.chapter.library import at, hide, make_author, make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db

PARAGRAPH = "p-abcdef23"


@pytest.fixture
def chapters() -> list[Chapter]:
    return make_chapters(make_book())


@pytest.fixture
def reader() -> User:
    return make_reader()


def kept(user: User) -> tuple[int, str, float]:
    row = ReadingProgress.objects.get(user=user)
    return row.chapter_id, row.paragraph, row.fraction


def test_the_place_is_kept_and_moves_on(chapters: list[Chapter], reader: User) -> None:
    assert keep_place(reader, chapters[0], spot=Spot(PARAGRAPH, 0.25), now=at(9))
    assert kept(reader) == (chapters[0].pk, PARAGRAPH, 0.25)
    assert keep_place(reader, chapters[1], spot=Spot("", 0.0), now=at(10))
    assert kept(reader) == (chapters[1].pk, "", 0.0)
    assert ReadingProgress.objects.get(user=reader).updated_at == at(10)


def test_a_place_that_arrives_late_does_not_undo_a_later_one(
    chapters: list[Chapter], reader: User
) -> None:
    keep_place(reader, chapters[2], spot=Spot(PARAGRAPH, 0.5), now=at(10))
    assert not keep_place(reader, chapters[0], spot=Spot("", 0.1), now=at(9, 59))
    assert kept(reader) == (chapters[2].pk, PARAGRAPH, 0.5)


def test_each_person_and_each_book_has_a_place_of_its_own(
    chapters: list[Chapter], reader: User
) -> None:
    other_book = make_chapters(make_book("other"))
    other = make_reader("other@example.org")
    keep_place(reader, chapters[0], spot=Spot(PARAGRAPH, 0.5), now=at(9))
    keep_place(reader, other_book[1], spot=Spot(PARAGRAPH, 0.5), now=at(9))
    keep_place(other, chapters[2], spot=Spot(PARAGRAPH, 0.5), now=at(9))
    places = ReadingProgress.objects.values_list("user", "book", "chapter")
    assert set(places) == {
        (reader.pk, chapters[0].book_id, chapters[0].pk),
        (reader.pk, other_book[1].book_id, other_book[1].pk),
        (other.pk, chapters[0].book_id, chapters[2].pk),
    }


def test_a_hidden_chapter_keeps_no_place(chapters: list[Chapter], reader: User) -> None:
    hide(chapters[1])
    with pytest.raises(ChapterNotReadable, match=r"\.$"):
        keep_place(reader, chapters[1], spot=Spot("", 0.0), now=at(9))
    assert not ReadingProgress.objects.exists()


def test_authors_keep_their_place_in_their_own_drafts(chapters: list[Chapter]) -> None:
    hide(chapters[1])
    author = make_author(chapters[1].book)
    assert keep_place(author, chapters[1], spot=Spot("", 0.0), now=at(9))


def test_a_chapter_that_has_gone_keeps_no_place(chapters: list[Chapter], reader: User) -> None:
    Chapter.objects.filter(pk=chapters[1].pk).delete()
    with pytest.raises(ChapterNotReadable):
        keep_place(reader, chapters[1], spot=Spot("", 0.0), now=at(9))


def test_without_an_account_no_place_is_kept(chapters: list[Chapter], reader: User) -> None:
    with pytest.raises(PermissionDenied, match="Sign in"):
        keep_place(AnonymousUser(), chapters[0], spot=Spot("", 0.0), now=at(9))
    reader.is_active = False
    with pytest.raises(PermissionDenied):
        keep_place(reader, chapters[0], spot=Spot("", 0.0), now=at(9))


@pytest.mark.parametrize(
    "paragraph",
    [
        "p-",
        "p-ABCDEF23",
        "p-abcdef2",
        "p-abcdef234",
        "abcdef23",
        "p-abcdef23\n",
        "p-abcde\x0023",
        "1",
    ],
)
def test_what_is_no_paragraph_is_refused(
    chapters: list[Chapter], reader: User, paragraph: str
) -> None:
    with pytest.raises(NotAPlace, match=r"\.$"):
        keep_place(reader, chapters[0], spot=Spot(paragraph, 0.5), now=at(9))


@pytest.mark.parametrize("fraction", [-0.001, 1.001, float("nan"), float("inf"), -float("inf")])
def test_what_is_no_fraction_is_refused(
    chapters: list[Chapter], reader: User, fraction: float
) -> None:
    with pytest.raises(NotAPlace):
        keep_place(reader, chapters[0], spot=Spot(PARAGRAPH, fraction), now=at(9))


def test_one_statement_writes_the_place(chapters: list[Chapter], reader: User) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        keep_place(reader, chapters[0], spot=Spot(PARAGRAPH, 0.5), now=at(9))
    writing = [query["sql"] for query in queries if "INSERT INTO" in query["sql"]]
    assert len(writing) == 1
    # Within a transaction, whose savepoint the test's own makes.
    assert len(queries) - 2 <= 3  # with the person's roles, and whether the chapter may be read


@pytest.mark.django_db(transaction=True)
def test_places_sent_at_the_same_time_leave_the_latest() -> None:
    reader, chapters = make_reader(), make_chapters(make_book())
    start = threading.Barrier(4)
    errors: list[BaseException] = []

    def keep(minute: int) -> None:
        try:
            start.wait(timeout=20)
            keep_place(reader, chapters[minute % 3], spot=Spot("", minute / 100), now=at(9, minute))
        except BaseException as error:  # noqa: BLE001  shown by the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=keep, args=(minute,)) for minute in (3, 1, 4, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors
    assert kept(reader)[2] == 0.04

"""Who may hear what happens to a book: exactly those who may see it, asked for all at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from realtime.rooms import Ask, kind_of
from realtime.streams import ROOMS_AT_ONCE
from realtime.testing import published
from sites.accounts.models import Person, User
from sites.books.actions.catalogue import delete_for_good, save_entry
from sites.books.actions.credit_authors import Credit, credit_authors
from sites.books.actions.leave_book import leave_book
from sites.books.actions.save_book import save_book
from sites.books.actions.withdraw_book import withdraw_book
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Author, Authorship, Book, BookStatus, Chapter, Status
from sites.books.rooms import how_it_stands, may_see
from tests.sites.books.actions.people import author_with_book, person
from tests.sites.chapter.library import hide, make_author, make_book, make_chapters

pytestmark = pytest.mark.django_db


def books() -> list[Book]:
    """One in each state that a reader's page may be open on."""
    now = timezone.now()
    return [
        make_book("out"),
        make_book("planned", publish_at=now + timedelta(days=1)),
        *(
            make_book(status, status=status)
            for status in BookStatus.values
            if status != "published"
        ),
    ]


def people(own: Book) -> list[Person]:
    suspended = person("editor", name="suspended")
    suspended.is_active = False
    suspended.save()
    roles = ("reader", "author", "editor", "support", "moderator", "manager", "operator")
    return [
        AnonymousUser(),
        suspended,
        make_author(own),
        person("superuser"),
        *(person(role, name=f"a-{role}") for role in roles),
    ]


def test_a_room_is_heard_by_those_who_see_its_book_and_by_nobody_else() -> None:
    all_books = books()
    everybody = people(own=all_books[2])
    asks = [Ask(user, str(book.pk)) for user in everybody for book in all_books]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        allowed = may_see(asks)
    assert len(queries) == 1
    for ask in asks:
        seen = Book.objects.visible_to(ask.user).filter(pk=ask.key).exists()
        assert (ask in allowed) is seen, (str(ask.user), ask.key)
    assert len(allowed) < len(asks)


def test_visitors_alone_hear_what_is_out() -> None:
    asks = [Ask(AnonymousUser(), str(book.pk)) for book in books()]
    assert [ask for ask in asks if ask in may_see(asks)] == asks[:1]


@pytest.mark.parametrize(
    "key", ["", "0", "-1", "0{pk}", "+{pk}", "{pk}x", "99999999999999999999", "٤٢"]
)
def test_a_key_has_one_spelling(key: str) -> None:
    book = make_book()
    assert may_see([Ask(person("superuser"), key.format(pk=book.pk))]) == []


def test_whoever_comes_late_is_told_how_the_book_stands() -> None:
    book = make_book()
    chapters = make_chapters(book, 3)
    hide(chapters[2])
    assert how_it_stands(None, str(book.pk)) == {"last": 2, "title": "Piece 2"}
    assert how_it_stands(None, "77777") == {"last": 0, "title": ""}


def test_the_kinds_are_known_when_somebody_asks_for_them() -> None:
    assert kind_of("book.42").shows_presence
    assert not kind_of("user.7").shows_presence


def leave(book: Book, author: User) -> None:
    other = Author.objects.create(name="Bayu", slug="bayu")
    Authorship.objects.create(book=book, author=other)
    leave_book(book.authorships.get(author__user=author), by=author, now=timezone.now())


def take_off(book: Book, author: User) -> None:
    other = Author.objects.create(name="Bayu", slug="bayu")
    credit_authors(book, [Credit(other)], by=person("editor"), now=timezone.now())


def unlink(book: Book, author: User) -> None:
    name = Author.objects.get(user=author)
    name.user = None
    save_entry(name, by=person("manager"), now=timezone.now())


def delete(book: Book, author: User) -> None:
    delete_for_good(book, by=person("superuser"), now=timezone.now())


@pytest.mark.parametrize("end", [leave, take_off, unlink, delete])
def test_whoever_loses_a_draft_is_asked_anew_with_it(end: Callable[[Book, User], None]) -> None:
    author, book = author_with_book()
    ask = [Ask(author, str(book.pk))]
    assert may_see(ask)
    with published() as told:
        end(book, author)
    assert not may_see(ask)
    found = [one.data for one in told if one.kind == "revoked"]
    room = f"book.{ask[0].key}"
    assert any(one["room"] == room or one["user_id"] == author.pk for one in found)
    # A book that is gone has no chapters that somebody could still hear being written.
    assert end is delete or any(one["user_id"] == author.pk for one in found)


def withdraw(book: Book) -> None:
    withdraw_book(book, by=person("editor"), now=timezone.now())


def put_off(book: Book) -> None:
    book.publish_at = timezone.now() + timedelta(days=1)
    save_book(book, genres=(), tags=(), by=person("editor"), now=timezone.now())


def erase(book: Book) -> None:
    delete_for_good(book, by=person("superuser"), now=timezone.now())


@pytest.mark.parametrize("end", [withdraw, put_off, erase])
def test_who_hears_a_chapter_of_a_book_that_goes_is_asked_anew(end: Callable[[Book], None]) -> None:
    """By its own room: somebody may be in none of the book's."""
    book = make_book("out")
    chapters = Chapter.objects.bulk_create(
        Chapter(book=book, number=number, title="One", text="<p>Words.</p>", status="published")
        for number in range(1, 2 * ROOMS_AT_ONCE + 2)
    )
    with published() as told:
        end(Book.objects.get(pk=book.pk))
    found = [one.data for one in told if one.kind == "revoked"]
    rooms = [room for one in found for room in one["rooms"]]
    assert rooms == [f"chapter.{chapter.pk}" for chapter in chapters]
    assert [one["room"] for one in found] == [f"book.{book.pk}", "", ""]


def to_draft(chapter: Chapter) -> None:
    chapter.status = Status.DRAFT
    write_chapter(
        chapter, title=chapter.title, text=chapter.text, by=person("editor"), now=timezone.now()
    )


def to_later(chapter: Chapter) -> None:
    chapter.publish_at = timezone.now() + timedelta(days=1)
    write_chapter(
        chapter, title=chapter.title, text=chapter.text, by=person("editor"), now=timezone.now()
    )


def to_nowhere(chapter: Chapter) -> None:
    delete_for_good(chapter, by=person("superuser"), now=timezone.now())


@pytest.mark.parametrize("end", [to_draft, to_later, to_nowhere])
def test_who_hears_a_chapter_that_goes_is_asked_anew(end: Callable[[Chapter], None]) -> None:
    chapter = make_chapters(make_book("out"), 1)[0]
    room = f"chapter.{chapter.pk}"
    with published() as told:
        end(Chapter.objects.get(pk=chapter.pk))
    assert [one.data["room"] for one in told if one.kind == "revoked"] == [room]


def test_a_book_that_is_put_off_sends_its_readers_away() -> None:
    book, now = make_book("out", publish_at=timezone.now() - timedelta(days=1)), timezone.now()
    with published() as told:
        save_book(book, genres=(), tags=(), by=person("editor"), now=now)
    assert not told
    book = Book.objects.get(pk=book.pk)
    book.publish_at = now + timedelta(days=1)
    with published() as told:
        save_book(book, genres=(), tags=(), by=person("superuser"), now=now)
    assert not may_see([Ask(AnonymousUser(), str(book.pk))])
    assert [one.data["room"] for one in told if one.kind == "revoked"] == [f"book.{book.pk}"]

"""Readers keep books on four shelves and follow books and names: once each, and only what they see."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection

from sites.accounts.models import User
from sites.books.actions import follow as following
from sites.books.actions import shelve_book as shelving
from sites.books.actions.follow import NotFollowed, follow, unfollow
from sites.books.actions.shelve_book import NotShelved, shelve_book
from sites.books.models import (
    Author,
    Authorship,
    Book,
    BookStatus,
    Chapter,
    Follow,
    ReadingProgress,
    Shelf,
    ShelvedBook,
    Status,
)
from sites.books.shelves import Kept, followed_authors, followed_books, kept_by, on_shelf
from tests.house import visitor
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def reader() -> User:
    return person("reader")


def a_book(title: str = "Laut", **facts: object) -> Book:
    book = Book.objects.create(
        title=title, slug=title.lower(), **{"status": Status.PUBLISHED, **facts}
    )
    author, _new = Author.objects.get_or_create(name="Ratih", slug="ratih")
    Authorship.objects.create(book=book, author=author)
    return book


def titles(user: User, shelf: str) -> list[str]:
    return [book.title for book in on_shelf(user, shelf, NOW)]


def test_a_book_stands_on_one_shelf_at_a_time(reader: User) -> None:
    book = a_book()
    for shelf in Shelf.values:
        shelve_book(reader, book, shelf=shelf, now=NOW)
        assert {key: titles(reader, key) for key in Shelf.values if titles(reader, key)} == {
            shelf: ["Laut"]
        }
    shelve_book(reader, book, shelf="", now=NOW)
    assert not ShelvedBook.objects.exists()


def test_the_last_placed_stands_first(reader: User) -> None:
    for number, title in enumerate(("Laut", "Kopi", "Angin")):
        shelve_book(reader, a_book(title), shelf="to_read", now=NOW + timedelta(minutes=number))
    assert titles(reader, "to_read") == ["Angin", "Kopi", "Laut"]


def test_a_book_that_was_begun_is_being_read_until_it_is_put_elsewhere(reader: User) -> None:
    book = a_book()
    chapter = Chapter.objects.create(book=book, number=1, title="Pasang", status=Status.PUBLISHED)
    ReadingProgress.objects.create(user=reader, book=book, chapter=chapter, updated_at=NOW)
    assert titles(reader, "reading") == ["Laut"]
    assert kept_by(reader, book).shelf == "reading"
    shelve_book(reader, book, shelf="dropped", now=NOW)
    assert (titles(reader, "reading"), titles(reader, "dropped")) == ([], ["Laut"])


def test_a_withdrawn_book_leaves_the_shelf_and_comes_back(reader: User) -> None:
    book = a_book()
    shelve_book(reader, book, shelf="finished", now=NOW)
    Book.objects.update(status="withdrawn")
    assert titles(reader, "finished") == []
    Book.objects.update(status="published")
    assert titles(reader, "finished") == ["Laut"]


def test_nobody_sees_another_readers_shelves(reader: User) -> None:
    book = a_book()
    shelve_book(reader, book, shelf="to_read", now=NOW)
    follow(reader, book, now=NOW)
    assert kept_by(person("author"), book) == Kept()
    assert kept_by(AnonymousUser(), book) == Kept()
    assert kept_by(reader, book) == Kept("to_read", is_followed=True)


@pytest.mark.parametrize("shelf", ["attic", "\x00", "x" * 300])
def test_there_are_no_other_shelves(shelf: str, reader: User) -> None:
    with pytest.raises(NotShelved, match="no such shelf"):
        shelve_book(reader, a_book(), shelf=shelf, now=NOW)


def test_a_draft_is_neither_shelved_nor_followed(reader: User) -> None:
    book = a_book(status=Status.DRAFT)
    with pytest.raises(NotShelved):
        shelve_book(reader, book, shelf="to_read", now=NOW)
    for target in (book, Author.objects.get()):
        with pytest.raises(NotFollowed):
            follow(reader, target, now=NOW)


def test_without_an_account_nothing_is_kept() -> None:
    book = a_book()
    with pytest.raises(PermissionDenied):
        shelve_book(AnonymousUser(), book, shelf="to_read", now=NOW)
    with pytest.raises(PermissionDenied):
        follow(AnonymousUser(), book, now=NOW)
    with pytest.raises(PermissionDenied):
        unfollow(AnonymousUser(), book)


def test_full_shelves_say_so(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelving, "MOST_SHELVED", 1)
    monkeypatch.setattr(following, "MOST_FOLLOWED", 1)
    first, second = a_book(), a_book("Kopi")
    shelve_book(reader, first, shelf="to_read", now=NOW)
    shelve_book(reader, first, shelf="reading", now=NOW)
    with pytest.raises(NotShelved, match="full"):
        shelve_book(reader, second, shelf="to_read", now=NOW)
    follow(reader, first, now=NOW)
    with pytest.raises(NotFollowed, match="very much"):
        follow(reader, second, now=NOW)


def test_books_and_names_are_followed_once_and_left_again(reader: User) -> None:
    book, author = a_book(), Author.objects.get()
    for _ in range(2):
        follow(reader, book, now=NOW)
        follow(reader, author, now=NOW)
    assert Follow.objects.count() == 2
    assert (followed_books(reader, NOW), followed_authors(reader)) == ([book], [author])
    unfollow(reader, book)
    unfollow(reader, book)
    unfollow(reader, author)
    assert not Follow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_keep_one_row() -> None:
    reader, book = person("reader"), a_book()
    start = threading.Barrier(2)

    def both(shelf: str) -> None:
        try:
            start.wait(10)
            shelve_book(reader, book, shelf=shelf, now=NOW)
            follow(reader, book, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(both, ("to_read", "dropped")))
    assert ShelvedBook.objects.count() == Follow.objects.count() == 1


def test_the_pages_keep_show_and_let_go(reader: User) -> None:
    a_book()
    main, room = visitor("main"), visitor("chapter")
    main.force_login(reader)
    room.cookies = main.cookies
    answer = main.post("/books/laut/shelf/", {"shelf": "to_read"}, follow=False)
    assert answer["Location"].endswith("/books/laut/")
    main.post("/books/laut/follow/", {"follow": "yes"})
    main.post("/authors/ratih/follow/", {"follow": "yes"})
    page = main.get("/books/laut/").content.decode()
    assert "To read" in page
    assert "Following" in page
    shelves = room.get("/shelves/").content.decode()
    assert "Laut" in shelves
    assert "Ratih" in shelves
    assert "Laut" in room.get("/shelves/to_read/").content.decode()
    assert "Nothing stands here" in room.get("/shelves/dropped/").content.decode()
    assert room.get("/shelves/attic/").status_code == 404
    main.post("/books/laut/shelf/", {"shelf": ""})
    main.post("/books/laut/follow/", {"follow": "no"})
    main.post("/authors/ratih/follow/", {"follow": "no"})
    assert "Your shelves are empty" in room.get("/shelves/").content.decode()


def test_a_name_on_drafts_alone_is_missing_like_one_that_is_not_there(reader: User) -> None:
    book = a_book()
    main = visitor("main")
    main.force_login(reader)
    main.post("/authors/ratih/follow/", {"follow": "yes"})
    Book.objects.filter(pk=book.pk).update(status=BookStatus.WITHDRAWN)
    for slug in ("ratih", "nobody"):
        assert visitor("main").post(f"/authors/{slug}/follow/").status_code == 404
    # What one follows one can let go.
    assert main.post("/authors/ratih/follow/", {"follow": "no"}).status_code == 302
    assert not Follow.objects.exists()
    assert main.post("/authors/ratih/follow/", {"follow": "no"}).status_code == 404


def test_a_stranger_is_led_to_the_door() -> None:
    a_book()
    answer = visitor("chapter").get("/shelves/")
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]
    assert visitor("main").post("/books/laut/shelf/", {"shelf": "reading"}).status_code == 403

"""Chapters in another order: one action, for those who may, of what they saw."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites.accounts.models import User
from sites.accounts.models.audit import AuditEntry
from sites.books.actions import order_chapters as module
from sites.books.actions.order_chapters import TooManyChapters, order_chapters
from sites.books.actions.versions import ChangedMeanwhile, GoneMeanwhile
from sites.books.models import Book, Chapter, ReadingProgress
from tests.sites.books.actions.people import author_with_book, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def ratih() -> User:
    return author_with_book()[0]


@pytest.fixture
def book(ratih: User) -> Book:
    found: Book = Book.objects.get()
    Chapter.objects.bulk_create(
        Chapter(book=found, number=number, title=title)
        for number, title in enumerate(("Satu", "Dua", "Tiga", "Empat"), start=1)
    )
    return found


def uids(book: Book) -> list[str]:
    return list(book.chapters.order_by("number").values_list("uid", flat=True))


def titles(book: Book) -> list[str]:
    return list(book.chapters.order_by("number").values_list("title", flat=True))


def test_all_chapters_move_in_one_statement(ratih: User, book: Book) -> None:
    seen = uids(book)
    with CaptureQueriesContext(connection) as asked:
        moved = order_chapters(book, list(reversed(seen)), by=ratih, now=NOW, seen=seen)
    assert moved == 4
    assert titles(book) == ["Empat", "Tiga", "Dua", "Satu"]
    writes = [query for query in asked if query["sql"].startswith('UPDATE "books_chapter"')]
    assert len(writes) == 1
    with connection.cursor() as cursor:  # the deferred constraint agrees
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    book.refresh_from_db()
    assert book.written_at == NOW


def test_a_move_is_in_the_audit_log_and_no_move_is_not(ratih: User, book: Book) -> None:
    seen = uids(book)
    assert order_chapters(book, seen, by=ratih, now=NOW, seen=seen) == 0
    assert not AuditEntry.objects.exists()
    order_chapters(book, [seen[1], seen[0], *seen[2:]], by=ratih, now=NOW, seen=seen)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.subject_id, entry.facts) == (
        "book.order_chapters",
        ratih.pk,
        str(book.pk),
        {"moved": 2},
    )


def test_readers_stay_in_their_chapter_and_open_forms_stay_current(ratih: User, book: Book) -> None:
    reader = person("reader")
    chapter = book.chapters.get(title="Tiga")
    ReadingProgress.objects.create(user=reader, book=book, chapter=chapter, fraction=0.5)
    seen = uids(book)
    order_chapters(book, [seen[2], *seen[:2], seen[3]], by=ratih, now=NOW, seen=seen)
    place = ReadingProgress.objects.select_related("chapter").get()
    assert (place.chapter.title, place.chapter.number, place.fraction) == ("Tiga", 1, 0.5)
    assert place.chapter.updated_at == chapter.updated_at


def test_a_chapter_that_came_meanwhile_refuses_the_order(ratih: User, book: Book) -> None:
    seen = uids(book)
    Chapter.objects.create(book=book, number=5, title="Lima")
    with pytest.raises(ChangedMeanwhile):
        order_chapters(book, list(reversed(seen)), by=ratih, now=NOW, seen=seen)
    assert titles(book) == ["Satu", "Dua", "Tiga", "Empat", "Lima"]


def test_an_order_that_somebody_else_changed_meanwhile_is_refused(ratih: User, book: Book) -> None:
    seen = uids(book)
    order_chapters(book, [*seen[1:], seen[0]], by=ratih, now=NOW, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        order_chapters(book, list(reversed(seen)), by=ratih, now=NOW, seen=seen)


@pytest.mark.parametrize("wrong", ["missing", "twice", "foreign"])
def test_an_order_of_other_chapters_is_refused(ratih: User, book: Book, wrong: str) -> None:
    seen = uids(book)
    foreign = Chapter.objects.create(
        book=Book.objects.create(title="Danau", slug="danau"), number=1, title="Asing"
    )
    order = {"missing": seen[:3], "twice": [*seen, seen[0]], "foreign": [*seen[:3], foreign.uid]}
    with pytest.raises(ChangedMeanwhile):
        order_chapters(book, order[wrong], by=ratih, now=NOW, seen=seen)


def test_only_who_may_edit_the_book_orders_its_chapters(book: Book) -> None:
    seen = uids(book)
    with pytest.raises(PermissionDenied):
        order_chapters(book, seen[::-1], by=person("author"), now=NOW, seen=seen)
    assert order_chapters(book, seen[::-1], by=person("editor"), now=NOW, seen=seen) == 4


def test_a_deleted_book_is_gone(book: Book) -> None:
    editor, found = person("editor"), Book.objects.get(pk=book.pk)
    book.delete()
    with pytest.raises(GoneMeanwhile):
        order_chapters(found, [], by=editor, now=NOW, seen=[])


def test_there_is_a_limit(ratih: User, book: Book, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "MOST_CHAPTERS", 3)
    seen = uids(book)
    with pytest.raises(TooManyChapters):
        order_chapters(book, seen[::-1], by=ratih, now=NOW, seen=seen)

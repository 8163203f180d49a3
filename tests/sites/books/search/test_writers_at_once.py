"""Two who write at the same moment: the index knows what both have done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from sites.books.models import Author, Authorship, Book, Chapter, SearchableChapter, Status
from sites.books.search.index import index_chapters
from tests.sites.books.actions.test_hold_book import Elsewhere
from tests.sites.books.search.texts import found, told
from tests.sites.main.factory import make_book

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 60  # seconds until a test gives up


def meanwhile(act: Callable[[], Any]) -> Elsewhere:
    """Begin something elsewhere, and wait until it has to wait for this transaction."""
    other = Elsewhere(act)
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return other
        time.sleep(0.01)
    raise AssertionError("It did not have to wait.")


def credit(book: Book, author: Author) -> None:
    Authorship.objects.create(book=book, author=author)


def test_two_names_that_are_credited_at_once_are_both_found() -> None:
    book = make_book("salt")
    heron, egret = (
        Author.objects.create(name=name, slug=name.lower()) for name in ("Heron", "Egret")
    )
    with transaction.atomic():
        credit(book, heron)
        other = meanwhile(lambda: credit(book, egret))
    other.end()
    assert found("heron egret") == ["salt"]


def test_a_name_that_is_credited_while_it_changes_is_found_as_it_is_now() -> None:
    book = make_book("salt")
    author = Author.objects.create(name="Heron", slug="heron")
    with transaction.atomic():
        Author.objects.filter(pk=author.pk).update(name="Egret")
        other = meanwhile(lambda: credit(book, author))
    other.end()
    assert (found("heron"), found("egret")) == ([], ["salt"])


def test_a_chapter_that_becomes_a_draft_while_the_index_is_filled_gets_no_row() -> None:
    told("salt", "walrus", "heron")
    SearchableChapter.objects.all().delete()
    with transaction.atomic():
        Chapter.objects.filter(number=1).update(status=Status.DRAFT)
        other = meanwhile(index_chapters)
    other.end()
    assert (found("walrus"), found("heron")) == ([], ["salt"])


def test_two_chapters_of_one_book_are_written_at_once_without_waiting() -> None:
    book = told("salt", "walrus", "heron")

    def write() -> None:
        Chapter.objects.filter(number=2).update(text="<p>egret</p>")
        Book.objects.filter(pk=book.pk).update(written_at="2026-01-01T00:00Z")

    with transaction.atomic():
        Chapter.objects.filter(number=1).update(text="<p>osprey</p>")
        Elsewhere(write).end()
        Book.objects.filter(pk=book.pk).update(written_at="2026-01-02T00:00Z")
    assert (found("osprey"), found("egret")) == (["salt"], ["salt"])

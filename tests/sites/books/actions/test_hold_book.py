"""A book is held with all its chapters, whoever else writes at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection, transaction

from sites.accounts.models import User
from sites.books.actions import hold_book as module
from sites.books.actions import import_store as importing
from sites.books.actions.hold_book import BookIsBusy, hold_book
from sites.books.actions.import_book import ImportResult
from sites.books.actions.import_chapters import write_imported_chapters
from sites.books.actions.write_chapter import write_chapter
from sites.books.importers import epub as reading
from sites.books.models import Book, Chapter
from tests.sites.books.actions.imports import LATER, NOW, bring, illustrated, titles
from tests.sites.books.actions.people import person
from tests.sites.books.importers.epub_builder import small_book

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 60  # seconds until a test gives up


@pytest.fixture(autouse=True)
def _media(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


class Elsewhere(threading.Thread):
    """Runs something over a connection of its own."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__()
        self._act = act
        self.failure: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._act()
        except Exception as error:  # noqa: BLE001 - told to the thread of the test
            self.failure = error
        finally:
            connection.close()

    def end(self) -> None:
        self.join(WAIT)
        assert not self.is_alive()
        if self.failure:
            raise self.failure


def is_locked(chapter: Chapter) -> bool:
    """Would somebody else who wants to write to this chapter have to wait?"""

    def lock() -> None:
        with transaction.atomic():
            Chapter.objects.select_for_update(nowait=True, no_key=True).get(pk=chapter.pk)

    try:
        Elsewhere(lock).end()
    except OperationalError:
        return True
    return False


def add_before_the_book_is_locked(
    monkeypatch: pytest.MonkeyPatch, book: Book, times: int
) -> list[Chapter]:
    """Let somebody add a chapter each time that an import has just locked the chapters."""
    writer = person("editor")
    lock = module._lock_chapters
    added: list[Chapter] = []

    def add() -> None:
        chapter = Chapter(book=book)
        added.append(write_chapter(chapter, title="Ours", text="<p>Ours.</p>", by=writer, now=NOW))

    def lock_then_add(found: Book) -> set[int]:
        held = lock(found)
        if len(added) < times:
            Elsewhere(add).end()
        return held

    monkeypatch.setattr(module, "_lock_chapters", lock_then_add)
    return added


def test_a_chapter_that_is_added_meanwhile_is_held_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    book = bring(small_book()).book
    add_before_the_book_is_locked(monkeypatch, book, 1)
    with transaction.atomic():
        held = hold_book(book)
        assert held is not None
        assert [chapter.title for chapter in held[1]][-1] == "Ours"
        assert all(is_locked(chapter) for chapter in held[1])


def test_what_is_written_meanwhile_survives_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer of the new chapter goes on writing while the import stores the others."""
    book = bring(small_book()).book
    added = add_before_the_book_is_locked(monkeypatch, book, 1)
    writers: list[Elsewhere] = []
    editor = User.objects.get()

    def write_more() -> None:
        seen = Chapter.objects.get(pk=added[0].pk)
        write_chapter(seen, title="Ours", text="<p>More of ours.</p>", by=editor, now=LATER)

    def store_meanwhile(*arguments: Any) -> Any:
        writers.append(Elsewhere(write_more))
        writers[0].join(1)
        assert writers[0].is_alive()  # it waits for the import
        return write_imported_chapters(*arguments)

    monkeypatch.setattr(importing, "write_imported_chapters", store_meanwhile)
    longer = small_book().page("c0.xhtml", "<h1>Preface</h1><p>Before.</p>", toc_title="Preface")
    longer.spine.insert(0, longer.spine.pop())
    bring(longer, now=LATER)
    writers[0].end()
    kept = Chapter.objects.get(pk=added[0].pk)
    assert "More of ours." in kept.text
    assert titles(book) == ["Preface", "Chapter 1", "Chapter 2", "Chapter 3", "Ours"]


def test_who_adds_without_end_is_a_clear_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    book = bring(small_book()).book
    added = add_before_the_book_is_locked(monkeypatch, book, 100)
    with pytest.raises(BookIsBusy, match=r"^Chapters are being added to The Small Book: "):
        bring(small_book())
    assert len(added) == module.ATTEMPTS


def test_a_book_that_is_deleted_meanwhile_is_new() -> None:
    book = bring(small_book()).book
    Book.objects.all().delete()
    with transaction.atomic():
        assert hold_book(book) is None


def test_two_imports_at_once_make_one_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read their file before either stores; then one waits until the other is done."""
    both_read, both_store = threading.Barrier(2, timeout=WAIT), threading.Barrier(2, timeout=1)
    read, store = reading.read_epub, importing._store
    results: list[ImportResult] = []
    met: list[bool] = []

    def read_together(*arguments: Any, **options: Any) -> Any:
        imported = read(*arguments, **options)
        both_read.wait()
        return imported

    def store_alone(*arguments: Any, **options: Any) -> Any:
        try:
            both_store.wait()
            met.append(True)
        except threading.BrokenBarrierError:
            met.append(False)
        return store(*arguments, **options)

    monkeypatch.setattr(reading, "read_epub", read_together)
    monkeypatch.setattr(importing, "_store", store_alone)
    imports = [Elsewhere(lambda: results.append(bring(illustrated()))) for _ in range(2)]
    for each in imports:
        each.end()
    assert met == [False, False]
    assert sorted(result.created for result in results) == [False, True]
    assert Book.objects.count() == 1
    assert Chapter.objects.count() == 4

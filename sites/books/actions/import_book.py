from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import ngettext

from sites.accounts.models import User
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.save_book import free_slug
from sites.books.actions.store_files import NewFiles
from sites.books.importers.book import ImportedBook, Progress, silent
from sites.books.models import Book, Chapter, Status
from sites.books.permissions import require_edit, require_import

if TYPE_CHECKING:
    from sites.books.importers.package import Source

#: New books get their addresses, and their authors', one after another.
_NEW_BOOKS = "import: new books"


@dataclass(frozen=True)
class ImportResult:
    """What an import did. ``notes`` are sentences on what was left out and what to know."""

    book: Book
    created: bool
    chapters_added: int
    chapters_changed: int
    chapters_unchanged: int
    #: Chapters that the file no longer has; they are kept as drafts.
    chapters_withdrawn: int = 0
    notes: list[str] = field(default_factory=list)


def import_book(
    file: Source,
    *,
    by: User | None,
    publish: bool = False,
    progress: Progress = silent,
    now: datetime | None = None,
) -> ImportResult:
    """Bring the EPUB at a path, or in a binary file, into the house; ``by`` None is the command line.

    A book is known by its identifier: the same file again updates it and never makes a second one.
    The file decides on the text, the pictures, the order of the chapters, the language and its
    direction. What people may have edited here (the book's title, subtitle, synopsis, names, tags,
    cover) stays, and is only filled where it is empty. A chapter keeps its uid and its paragraphs'
    ids; what it said before stays as a revision. A chapter that the file no longer has becomes a
    draft at the end, with its readers' places; chapters written here stay where they are.

    ``publish`` publishes the book and the chapters of the file; without it, new ones are drafts and
    the others stay as they are. All or nothing: a failure leaves neither rows nor files. Raises
    ``PermissionDenied``, an ``ImportRefused`` that says what is wrong with the file, or
    ``NoAuthorProfile``.
    """
    if by is not None:
        require_import(by)
    from sites.books.importers.epub import read_epub  # loads lxml and Pillow

    imported = read_epub(file, progress=progress)
    files = NewFiles()
    with files.deleted_on_failure(), transaction.atomic(durable=True):
        _lock(imported.identifier)
        # Within the lock as well: nobody may count on a file that is about to be deleted.
        with files.deleted_on_failure():
            files.store({key: picture.content for key, picture in imported.pictures.items()})
            files.store(imported.cover.files if imported.cover else {})
            return _store(imported, by=by, publish=publish, now=now or timezone.now())


def _store(
    imported: ImportedBook, *, by: User | None, publish: bool, now: datetime
) -> ImportResult:
    from sites.books.actions.credit_imported import credit_imported
    from sites.books.actions.import_chapters import Occasion, write_imported_chapters

    book, stored = _hold(imported, by)
    created = book is None
    book = book or _new_book(imported, now)
    before = _values(book)
    _fill(book, imported, publish=publish)
    notes = list(imported.notes)
    if created:
        book.save()
        notes += credit_imported(book, imported, by=by)
    occasion = Occasion(by, now, publish)
    changes = write_imported_chapters(book, stored, imported.chapters, occasion)
    if not created and (changes.wrote or _values(book) != before):
        book.save()
    if changes.withdrawn:
        notes.append(_withdrawn(changes.withdrawn))
    # A drawn cover needs the names, and need not hold up the commit.
    transaction.on_commit(partial(draw_missing_cover, book.pk), robust=True)
    return ImportResult(
        book=book,
        created=created,
        chapters_added=changes.added,
        chapters_changed=changes.changed,
        chapters_unchanged=changes.unchanged,
        chapters_withdrawn=changes.withdrawn,
        notes=notes,
    )


def _lock(name: str) -> None:
    """Wait until no other import has this lock; it ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _hold(imported: ImportedBook, by: User | None) -> tuple[Book | None, list[Chapter]]:
    """Find the book and lock it with its chapters: these first, as those who write them do."""
    found = Book.objects.filter(identifier=imported.identifier).first()
    if found is None:
        _lock(_NEW_BOOKS)
        return None, []
    if by is not None:
        require_edit(by, found)
    own = Chapter.objects.filter(book=found)
    list(own.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    book = Book.objects.select_for_update(no_key=True).get(pk=found.pk)
    return book, list(own.in_order())


def _new_book(imported: ImportedBook, now: datetime) -> Book:
    return Book(
        title=imported.title,
        slug=free_slug(imported.title),
        identifier=imported.identifier,
        created_at=now,
    )


def _fill(book: Book, imported: ImportedBook, *, publish: bool) -> None:
    """Let the file say what it decides on, and fill what is empty."""
    from sites.books.text.words import opening_line

    book.language = imported.language
    book.direction = imported.direction
    book.writing_mode = imported.writing_mode
    book.subtitle = book.subtitle or imported.subtitle
    book.synopsis = book.synopsis or imported.description
    story = (chapter for chapter in imported.chapters if chapter.is_story)
    lines = (opening_line(chapter.html) for chapter in story)
    book.opening_line = book.opening_line or next((line for line in lines if line), "")
    if imported.cover and (not book.cover or (book.cover.name or "").endswith(".svg")):
        book.cover.name = imported.cover.name
        book.cover_ground = imported.cover.ground
    if publish:
        book.status = Status.PUBLISHED


def _values(book: Book) -> tuple[object, ...]:
    return (
        *(book.language, book.direction, book.writing_mode, book.subtitle, book.synopsis),
        *(book.opening_line, book.cover.name, book.cover_ground, book.status),
    )


def _withdrawn(count: int) -> str:
    return ngettext(
        "%(count)s chapter is no longer in the file; it was kept as a draft.",
        "%(count)s chapters are no longer in the file; they were kept as drafts.",
        count,
    ) % {"count": count}

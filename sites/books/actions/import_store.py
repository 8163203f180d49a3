from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.accounts.actions.record_audit import record_audit
from sites.books.actions.credit_imported import credit_imported
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.hold_book import hold_book
from sites.books.actions.import_chapters import write_imported_chapters
from sites.books.actions.import_plan import Kind, Occasion, Plan
from sites.books.actions.import_target import (
    ChangedSincePreview,
    find_book,
    identifier_for,
    state_of,
)
from sites.books.actions.same_book import require_same_book
from sites.books.actions.save_book import free_slug
from sites.books.actions.store_files import store_files
from sites.books.actions.versions import GoneMeanwhile
from sites.books.importers.book import ImportedBook, Progress, Stage, silent
from sites.books.models import Book, Chapter, Status
from sites.books.permissions import require_edit

#: New books get their addresses, and their authors', one after another.
_NEW_BOOKS = "import: new books"
#: What ``_fill`` may change.
_FILLED = (
    *("language", "direction", "writing_mode", "subtitle", "synopsis", "opening_line"),
    *("cover", "cover_ground"),
)


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


def store_import(
    imported: ImportedBook,
    occasion: Occasion,
    *,
    into: Book | None = None,
    seen: str | None = None,
    progress: Progress = silent,
) -> ImportResult:
    """Store a book that was read from a file; the rules are those of ``import_book``.

    ``into`` is the book that a person chose for it, whatever the file calls itself. ``seen`` is the
    ``state_of`` the book at the time that somebody looked at what would change; "" where there was
    none, None where nobody looked. Raises ``PermissionDenied``, ``ChangedSincePreview``,
    ``IdentifierTaken``, ``BookIsBusy`` and ``NoAuthorProfile``.
    """
    with transaction.atomic(durable=True):
        _lock(imported.identifier)
        _store_pictures(imported, progress)
        total = len(imported.chapters)
        progress(0, total, Stage.CHAPTERS)
        result = _store(imported, occasion, into=into, seen=seen)
        progress(total, total, Stage.CHAPTERS)
        return result


def _store_pictures(imported: ImportedBook, progress: Progress) -> None:
    contents = {key: picture.content for key, picture in imported.pictures.items()}
    contents |= imported.cover.files if imported.cover else {}
    total = len(contents)
    if total:
        store_files(contents, progress=lambda done: progress(done, total, Stage.PICTURES))
        progress(total, total, Stage.PICTURES)


def _store(
    imported: ImportedBook, occasion: Occasion, *, into: Book | None, seen: str | None
) -> ImportResult:
    book, stored = _hold(imported, occasion, into)
    if seen is not None and state_of(book) != seen:
        raise ChangedSincePreview
    created = book is None
    book = book or _new_book(imported, occasion)
    before = _values(book)
    _fill(book, imported, decides=created or not occasion.chosen)
    notes = list(imported.notes)
    if created:
        book.save()
        notes += credit_imported(book, imported, by=occasion.by)
    plan = write_imported_chapters(book, stored, imported.chapters, occasion)
    if not created:
        _save_changes(book, before, occasion, wrote=bool(plan.new or plan.touched))
    notes += remarks(book, plan)
    counts = {kind.value: plan.count(kind) for kind in Kind}
    record_audit(
        "book.import", by=occasion.by, on=book, now=occasion.now, created=created, **counts
    )
    # A drawn cover needs the names, and need not hold up the commit.
    transaction.on_commit(partial(draw_missing_cover, book.pk), robust=True)
    return ImportResult(
        book=book,
        created=created,
        chapters_added=plan.count(Kind.NEW),
        chapters_changed=plan.count(Kind.CHANGED),
        chapters_unchanged=plan.count(Kind.UNCHANGED),
        chapters_withdrawn=plan.count(Kind.WITHDRAWN),
        notes=notes,
    )


def _lock(name: str) -> None:
    """Wait until no other import has this lock; it ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _hold(
    imported: ImportedBook, occasion: Occasion, into: Book | None
) -> tuple[Book | None, list[Chapter]]:
    """Find the file's book and hold it with its chapters; none where it is new."""
    found = into or find_book(imported, occasion.by)
    if found is not None and occasion.by is not None:
        require_edit(occasion.by, found)
    held = hold_book(found) if found is not None else None
    if held is None:
        if into is not None:
            raise GoneMeanwhile(into.title)
        _lock(_NEW_BOOKS)
        return None, []
    if into is None:
        require_same_book(*held, imported)
    return held


def _new_book(imported: ImportedBook, occasion: Occasion) -> Book:
    return Book(
        title=imported.title,
        slug=free_slug(imported.title),
        identifier=identifier_for(imported, occasion.by),
        created_at=occasion.now,
        written_at=occasion.now,
        status=Status.PUBLISHED if occasion.publish else Status.DRAFT,
        publish_at=occasion.now if occasion.publish else None,
    )


def _fill(book: Book, imported: ImportedBook, *, decides: bool) -> None:
    """Fill what is empty; where the file ``decides``, let it say in which script the text is."""
    from sites.books.text.words import opening_line

    if decides and (imported.knows_language or book._state.adding):
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


def _values(book: Book) -> dict[str, str]:
    return {name: str(getattr(book, name)) for name in _FILLED}


def _save_changes(book: Book, before: dict[str, str], occasion: Occasion, *, wrote: bool) -> None:
    """Store what the file changed of the book; where it only changed chapters (``wrote``), forms
    that are open on the book stay current."""
    after = _values(book)
    changed = [name for name in _FILLED if after[name] != before[name]]
    book.written_at = occasion.now
    if changed:
        book.save(update_fields=[*changed, "written_at", "updated_at"])
    elif wrote:
        Book.objects.filter(pk=book.pk).update(written_at=occasion.now)


def remarks(book: Book, plan: Plan) -> Iterator[str]:
    """Give sentences on what became of the chapters, for the person who imports."""
    if withdrawn := plan.count(Kind.WITHDRAWN):
        yield ngettext(
            "%(count)s chapter is no longer in the file; it was kept as a draft.",
            "%(count)s chapters are no longer in the file; they were kept as drafts.",
            withdrawn,
        ) % {"count": withdrawn}
    if plan.occasion.publish and book.status == Status.DRAFT:
        yield _("The book was a draft and stays one; publish it at the desk.")
    if plan.kept_as_drafts:
        yield ngettext(
            "%(count)s chapter was a draft and stays one; publish it at the desk.",
            "%(count)s chapters were drafts and stay so; publish them at the desk.",
            plan.kept_as_drafts,
        ) % {"count": plan.kept_as_drafts}

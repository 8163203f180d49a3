"""What a file would change in a book: computed from the same plan that an import writes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sites.books.actions.hold_book import BookIsBusy
from sites.books.actions.import_plan import ChapterChange, Kind, Occasion, Plan, plan_chapters
from sites.books.actions.import_store import remarks
from sites.books.actions.import_target import find_book, state_of
from sites.books.actions.same_book import require_same_book
from sites.books.actions.save_book import NoAuthorProfile
from sites.books.importers.book import ImportedBook
from sites.books.models import Author, Book, Chapter
from sites.books.permissions import is_editor, require_edit
from sites.books.text.tokens import plain_text

ROWS: Final = 500  # chapters that a preview lists; longer books say how many more there are
_WORD: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")


@dataclass(frozen=True)
class PreviewRow:
    """A chapter of the preview. Words that were only moved count as neither. ``key`` is that of a
    stored chapter whose words or status change."""

    kind: str
    title: str
    former: str = ""
    added: int = 0
    removed: int = 0
    key: int | None = None


@dataclass(frozen=True)
class ImportPreview:
    """All that a person should know before confirming; made of what JSON can hold."""

    title: str
    #: The key of the book that changes; None for a new one.
    book: int | None
    language: str
    names: list[str]
    words: int
    pictures: int
    has_cover: bool
    counts: dict[str, int]
    rows: list[PreviewRow]
    more_rows: int
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def preview_import(
    imported: ImportedBook, occasion: Occasion, *, into: Book | None
) -> tuple[ImportPreview, str]:
    """Give what an import of the file would change, and the ``state_of`` the book that it was
    compared with. Nothing is written, and nothing locked.

    Raises ``PermissionDenied``, ``IdentifierTaken``, ``NoAuthorProfile`` and ``BookIsBusy``.
    """
    book = into or find_book(imported, occasion.by)
    if book is None:
        _require_name(occasion)
    elif occasion.by is not None:
        require_edit(occasion.by, book)
    state = state_of(book)
    stored = list(Chapter.objects.filter(book=book).in_order()) if book else []
    if book is not None and state_of(book) != state:
        raise BookIsBusy(book.title)
    if book is not None and into is None:
        require_same_book(book, stored, imported)
    plan = plan_chapters(book or Book(title=imported.title), stored, imported.chapters, occasion)
    return _preview(imported, book, plan), state


def _require_name(occasion: Occasion) -> None:
    if occasion.by is None or is_editor(occasion.by):
        return
    if not Author.objects.filter(user=occasion.by).exists():
        raise NoAuthorProfile


def _preview(imported: ImportedBook, book: Book | None, plan: Plan) -> ImportPreview:
    shown = sorted(plan.changes, key=lambda change: change.kind == Kind.UNCHANGED)[:ROWS]
    listed = {id(change) for change in shown}
    return ImportPreview(
        title=book.title if book else imported.title,
        book=book.pk if book else None,
        language=book.language if book else imported.language,
        names=[person.name for person in imported.authors],
        words=sum(chapter.words for chapter in imported.chapters),
        pictures=len(imported.pictures),
        has_cover=imported.cover is not None,
        counts={kind.value: plan.count(kind) for kind in Kind},
        rows=[_row(change) for change in plan.changes if id(change) in listed],
        more_rows=len(plan.changes) - len(shown),
        notes=[*imported.notes, *(remarks(book, plan) if book else ())],
    )


def _row(change: ChapterChange) -> PreviewRow:
    old, new = _words(change.before), _words(change.after)
    return PreviewRow(
        kind=change.kind.value,
        title=change.chapter.title,
        former=change.former,
        added=(new - old).total(),
        removed=(old - new).total(),
        key=change.chapter.pk if change.kind in (Kind.CHANGED, Kind.WITHDRAWN) else None,
    )


def _words(text: str) -> Counter[str]:
    # Blocks stand edge to edge; their words must not.
    return Counter(_WORD.findall(plain_text(text.replace("><", "> <")))) if text else Counter()

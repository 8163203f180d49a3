from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.books.actions.clear_draft import Arrived
from sites.books.actions.save_draft import (
    LONGEST_DRAFT,
    DraftConflict,
    Words,
    write_draft,
    write_words,
)
from sites.books.actions.versions import GoneMeanwhile
from sites.books.models import Book, Chapter, ChapterDraft, NewChapterDraft
from sites.books.permissions import require_edit, require_import
from sites.books.text.errors import TextTooLong


class NewDraftConflict(DraftConflict):
    """Other words wait for a new chapter of the same book, and the page has not shown them."""

    sentence = _(
        "You have typed other words for a new chapter on another page, so these are not stored on top "
        "of them. Compare both texts and choose with which one to go on."
    )

    def __init__(self, book: Book | None, draft: NewChapterDraft) -> None:
        super().__init__(Chapter(book=book or Book()), draft)


@transaction.atomic
def save_new_draft(book: Book | None, words: Words, *, serial: int, by: User) -> int:
    """Keep what a person has typed for a chapter that is not stored yet; give the draft's new serial.
    ``book`` is the one that the form has chosen so far, and ``serial`` that of the words that the page
    has shown.

    Nothing is overwritten unseen: what waits for the same book from another page must be what was
    shown. A page writes one chapter: its words for the book that was chosen before wait no longer.
    What was kept already, is older than that, or has become a chapter, changes nothing.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, ``NewDraftConflict`` and ``TextTooLong``.
    """
    if len(words.text) > LONGEST_DRAFT:
        raise TextTooLong(len(words.text), LONGEST_DRAFT)
    draft = hold_new_draft(book, by)
    is_of_page = draft.page == words.page
    if is_of_page and words.sent <= draft.sent:
        return draft.serial
    if not (is_of_page and draft.is_waiting) and _is_stored(words, by):
        return draft.serial
    if draft.is_waiting and not is_of_page and draft.serial != serial:
        raise NewDraftConflict(book, draft)
    draft.is_waiting = True
    write_words(draft, words)
    others = NewChapterDraft.objects.filter(author=by, page=words.page, is_waiting=True)
    for other in others.exclude(pk=draft.pk).select_for_update(of=("self",)):
        _clear(other)
    return draft.serial


@transaction.atomic
def throw_new_draft_away(book: Book | None, *, by: User, serial: int) -> None:
    """Let what waits of a person for a new chapter be gone: they have seen it, and do not want it.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, and ``NewDraftConflict`` where other words wait.
    """
    draft = hold_new_draft(book, by)
    if draft.is_waiting and draft.serial != serial:
        raise NewDraftConflict(book, draft)
    _clear(draft)


@transaction.atomic
def clear_new_drafts(chapter: Chapter, arrived: Arrived, *, shown: int | None, by: User) -> None:
    """Let nothing wait any more of what a form has just made a chapter of: what its page had sent, and
    what it had shown of the book ``shown``. The chapter remembers the page and its count, so that a
    browser which has kept the same words is told that they have arrived."""
    waiting = NewChapterDraft.objects.filter(author=by, is_waiting=True).order_by("pk")
    for draft in waiting.select_for_update(of=("self",)):
        is_of_page = bool(arrived.page) and draft.page == arrived.page
        if (is_of_page or draft.book_id == shown) and arrived.holds(draft):
            _clear(draft)
    if arrived.page:
        found = {"page": arrived.page, "sent": arrived.sent}
        ChapterDraft.objects.get_or_create(chapter=chapter, author=by, defaults=found)


def hold_new_draft(book: Book | None, by: User) -> NewChapterDraft:
    """Lock a person's draft for a new chapter of a book, or of none. Raises ``PermissionDenied`` and
    ``GoneMeanwhile``."""
    if book is None:
        require_import(by)
    else:
        # As who adds a chapter: the book may be deleted at any moment.
        held = Book.objects.select_for_update(no_key=True).filter(pk=book.pk).first()
        if held is None:
            raise GoneMeanwhile(book.title)
        require_edit(by, held)
    own = NewChapterDraft.objects.filter(author=by, book=book)
    if not own.exists():
        NewChapterDraft.objects.bulk_create(
            [NewChapterDraft(author=by, book=book)], ignore_conflicts=True
        )
    return own.select_for_update(of=("self",)).get()


def _is_stored(words: Words, by: User) -> bool:
    """Has the page made a chapter of these words?"""
    stored = ChapterDraft.objects.filter(author=by, page=words.page, sent__gte=words.sent)
    return stored.exists()


def _clear(draft: NewChapterDraft) -> None:
    draft.title, draft.text, draft.is_waiting = "", "", False
    write_draft(draft)

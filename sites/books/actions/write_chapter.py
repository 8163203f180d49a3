from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Max

from realtime.presence import person
from realtime.streams import publish, revoke
from sites.accounts.models import User
from sites.books.actions.announce_chapters import announce_due
from sites.books.actions.move_readers import move_readers
from sites.books.actions.note_publication import note_publication
from sites.books.actions.versions import GoneMeanwhile, require_unchanged
from sites.books.leases import require_free
from sites.books.models import Book, Chapter, Revision
from sites.books.permissions import require_edit
from sites.books.rooms import room_of_chapter
from sites.books.writing_rooms import ChapterStored, room_of_writing


@transaction.atomic
def write_chapter(chapter: Chapter, *, title: str, text: str, by: User, now: datetime) -> Chapter:
    """Store what a writer wrote, cleaned and with paragraph ids; what it said before stays as a
    revision, unless the text is the same or there was none. Readers at a paragraph that has gone
    are led to the one that took its place.

    ``chapter`` comes as the writer saw it: its ``updated_at`` is the version that the text was
    made from, its ``status`` and ``publish_at`` are what the writer wants now; published without a
    time, it is ``now``. A chapter that is not stored yet becomes the last one of its book. ``text``
    is HTML of any origin.

    Raises ``PermissionDenied`` where ``by`` may not edit the book, ``ChangedMeanwhile`` and
    ``GoneMeanwhile`` where the version is no longer the newest, ``HeldByAnother`` while somebody else
    writes in the chapter, and the refusals of ``sites.books.text``.
    """
    # The cleaner is compiled code that only writing needs.
    from sites.books.text.clean import clean_html
    from sites.books.text.paragraphs import match_paragraphs
    from sites.books.text.words import word_count

    cleaned = clean_html(text)  # before the lock, which nobody should hold for so long
    previous = _hold(chapter, by)
    note_publication(chapter, stored=previous, now=now)
    before = previous.text if previous else ""
    matched = match_paragraphs(cleaned, before)
    written = matched.text
    if previous and before and written != before:
        _keep_revision(previous, by=by, now=now)
    if previous and _is_same(previous, chapter, title=title, text=written):
        return previous
    chapter.title, chapter.text, chapter.words = title, written, word_count(written)
    if not previous:
        chapter.created_at = now
    chapter.save()
    move_readers({chapter.pk: matched.moved})
    # What was worked on last lies on top of the desk. The book itself was not changed: a form that
    # is open on it stays current.
    Book.objects.filter(pk=chapter.book_id).update(written_at=now)
    _tell_readers(previous, chapter, now)
    _tell_writers(previous, chapter, by)
    return chapter


def _tell_writers(previous: Chapter | None, chapter: Chapter, by: User) -> None:
    """Tell those who have the chapter open that what they see is no longer the newest."""
    if previous is None:
        return  # nobody can have it open
    told = ChapterStored(version=chapter.updated_at, person=person(by.pk), name=by.name)
    publish(room_of_writing(chapter.pk), told)


def _tell_readers(previous: Chapter | None, chapter: Chapter, now: datetime) -> None:
    """Tell readers, once it is committed, of a chapter that they can read now; of a scheduled one the
    minute's job tells them. Whoever has one open that they can no longer read is sent away."""
    if previous and previous.is_out(now) and not chapter.is_out(now):
        revoke(room=room_of_chapter(chapter.pk))
    if chapter.announced_at is None and chapter.is_out(now):
        announce = partial(announce_due, now, book=chapter.book_id)
        transaction.on_commit(announce, robust=True)


def _hold(chapter: Chapter, by: User) -> Chapter | None:
    """Lock what is written to, and check that it may be: the chapter itself, or for a new one its
    book, so that two new chapters cannot take one number. Gives the stored chapter."""
    if chapter._state.adding:
        book = Book.objects.select_for_update(no_key=True).filter(pk=chapter.book_id).first()
        if book is None:
            raise GoneMeanwhile(chapter.title)
        require_edit(by, book)
        last = book.chapters.aggregate(last=Max("number"))["last"] or 0
        chapter.number = last + 1
        return None
    kept = (
        Chapter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("book")
        .filter(pk=chapter.pk)
        .first()
    )
    if kept is None:
        raise GoneMeanwhile(chapter.title)
    require_edit(by, kept.book)
    require_unchanged(kept.title, seen=chapter.updated_at, stored=kept.updated_at)
    require_free(kept, by=by)
    # A book's chapters are moved and numbered elsewhere.
    chapter.book, chapter.number = kept.book, kept.number
    return kept


def _keep_revision(previous: Chapter, *, by: User, now: datetime) -> None:
    last = previous.revisions.aggregate(last=Max("number"))["last"] or 0
    Revision.objects.create(
        chapter=previous,
        number=last + 1,
        title=previous.title,
        text=previous.text,
        words=previous.words,
        created_at=now,
        created_by=by,
    )


def _is_same(kept: Chapter, wanted: Chapter, *, title: str, text: str) -> bool:
    return (kept.title, kept.text, kept.status, kept.publish_at) == (
        title,
        text,
        wanted.status,
        wanted.publish_at,
    )

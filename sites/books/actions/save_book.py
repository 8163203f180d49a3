from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.note_publication import note_publication
from sites.books.actions.versions import GoneMeanwhile, require_unchanged
from sites.books.exceptions import BookError
from sites.books.models import Author, Authorship, Book, BookStatus, Genre, Tag
from sites.books.models.book import RESERVED_SLUGS
from sites.books.permissions import is_editor, require_edit, require_import
from sites.books.rooms import send_readers_away

SLUG_LENGTH = 80  # of the column


class NoAuthorProfile(BookError):
    """An account with the author's role, and no name that could stand on a cover."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your account has no author's name yet. Give it one under “Your author's page”, on the "
                "writing desk's first screen."
            )
        )


@transaction.atomic
def save_book(
    book: Book, *, genres: Iterable[Genre], tags: Iterable[Tag], by: User, now: datetime
) -> Book:
    """Store a new or changed book with its genres and tags.

    ``book`` comes as the writer saw it, ``updated_at`` included, with the wanted values. Its status
    is not among them: a new book is a draft, and the steps of its way lead on. Without a slug it
    gets one from its title; published without a time, it is published ``now``. An author's
    new book carries the author's name. A book without a cover has one drawn after the commit, and a
    drawn one follows the title.

    Raises ``PermissionDenied``, ``NoAuthorProfile``, ``ChangedMeanwhile`` and ``GoneMeanwhile``.
    """
    verb = "add" if book._state.adding else "change"
    if book._state.adding:
        require_import(by)
        profile = None if is_editor(by) else _profile_of(by)
        book.slug = book.slug or free_slug(book.title)
        book.status = BookStatus.DRAFT
        book.created_at = book.written_at = now
        book.save()
        if profile:
            Authorship.objects.create(book=book, author=profile)
        redraw = False
    else:
        kept = _hold(book, by)
        redraw = kept.title != book.title
        book.status, book.withdrawn_by_house = kept.status, kept.withdrawn_by_house
        note_publication(book, stored=kept, now=now)
        book.slug = book.slug or free_slug(book.title, book.pk)
        book.written_at = now
        book.save()
        if kept.is_out(now) and not book.is_out(now):
            send_readers_away(book.pk)
    book.genres.set(genres)
    book.tags.set(tags)
    record_audit(f"book.{verb}", by=by, on=book, now=now)
    transaction.on_commit(partial(draw_missing_cover, book.pk, again=redraw), robust=True)
    return book


def free_slug(title: str, own: int | None = None) -> str:
    """Give an address that no other book has: the title's, with a number where that is taken.

    Called in the transaction that stores the book: until its end nobody else is given an address,
    so that two books of one title can be made in the same instant.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('books.book.slug', 0))")
    stem = slugify(title)[: SLUG_LENGTH - 5].strip("-") or "book"
    others = Book.objects.filter(slug__startswith=stem)
    if own is not None:
        others = others.exclude(pk=own)
    taken = RESERVED_SLUGS.union(others.values_list("slug", flat=True))
    if stem not in taken:
        return stem
    # One more number than there are taken slugs is always enough.
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{stem}-{n}") not in taken)


def _profile_of(user: User) -> Author:
    profile = Author.objects.filter(user=user).first()
    if profile is None:
        raise NoAuthorProfile
    return profile


def _hold(book: Book, by: User) -> Book:
    kept = Book.objects.select_for_update(no_key=True).filter(pk=book.pk).first()
    if kept is None:
        raise GoneMeanwhile(book.title)
    require_edit(by, kept)
    require_unchanged(kept.title, seen=book.updated_at, stored=kept.updated_at)
    return kept

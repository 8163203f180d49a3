"""Show a book before it is out: links that anybody may follow until they expire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.steps import lock_book
from sites.books.exceptions import BookError
from sites.books.models import Book, PreviewLink
from sites.books.permissions import may_edit, require_edit
from sites.row_key import row_key

#: A proof-reader's month. What is shown for longer is better published.
MOST_DAYS: Final = 30
#: Of one book at a time: a handful of people can still be told apart by whom one gave which.
MOST_LINKS: Final = 10

_signer: Final = Signer(sep=".", salt="sites.books.preview_link")


class TooLongAPreview(BookError):
    """A link was to live for no days, or for too many."""

    def __init__(self) -> None:
        super().__init__(
            _("A preview link lasts for 1 to %(days)s days. Choose a number between them.")
            % {"days": MOST_DAYS}
        )


class TooManyPreviews(BookError):
    """A book has as many open links as it may."""

    def __init__(self) -> None:
        super().__init__(
            _("This book has %(links)s preview links already. End them before you make another.")
            % {"links": MOST_LINKS}
        )


class HouseHasWithdrawn(BookError):
    """The house took the book off its shelves: nobody shows it around meanwhile."""

    def __init__(self, title: str) -> None:
        super().__init__(
            _("The house has withdrawn “%(title)s”, so it has no preview. Write to the editors.")
            % {"title": title}
        )


def create_preview_link(book: Book, *, by: User, now: datetime, days: int) -> PreviewLink:
    """Make a link to the whole book, drafts included, that expires after ``days`` (1 to
    ``MOST_DAYS``). Its address is signed with ``preview_token``. Links that are over go.

    Raises ``PermissionDenied`` where ``by`` may not edit the book, ``GoneMeanwhile``,
    ``HouseHasWithdrawn``, ``TooLongAPreview`` and ``TooManyPreviews``.
    """
    with transaction.atomic():
        kept = lock_book(book)
        require_edit(by, kept)
        if kept.withdrawn_by_house:
            raise HouseHasWithdrawn(kept.title)
        if not 1 <= days <= MOST_DAYS:
            raise TooLongAPreview
        kept.preview_links.exclude(pk__in=kept.preview_links.open(now).values("pk")).delete()
        if kept.preview_links.count() >= MOST_LINKS:
            raise TooManyPreviews
        link = kept.preview_links.create(
            created_at=now, created_by=by, expires_at=now + timedelta(days=days)
        )
        record_audit("preview_link.create", by=by, on=link, now=now, book=kept.pk, days=days)
    return link


def revoke_preview_links(book: Book, *, by: User, now: datetime) -> int:
    """End all links of a book at once; gives how many led to it until now.

    Raises ``PermissionDenied`` and ``GoneMeanwhile``.
    """
    with transaction.atomic():
        kept = lock_book(book)
        require_edit(by, kept)
        ended = kept.preview_links.open(now).update(revoked_at=now)
        if ended:
            record_audit("preview_link.revoke", by=by, on=kept, now=now, links=ended)
    return ended


def preview_token(link: PreviewLink) -> str:
    """Give the last part of the link's address: its key, signed with the house's secret."""
    return _signer.sign(str(link.pk))


def open_preview(token: str, *, now: datetime) -> PreviewLink | None:
    """Give the link of a token, with its book; None where the token was never given out, or the
    link has expired or was ended, or the house has withdrawn the book, or who made it may no longer
    edit it."""
    try:
        key = row_key(_signer.unsign(token))
    except BadSignature:
        return None
    if key is None:
        return None
    links = PreviewLink.objects.open(now).exclude(book__withdrawn_by_house=True)
    link = links.select_related("book", "created_by").filter(pk=key).first()
    # Who may no longer edit the book shows it to nobody any more.
    if link is None or link.created_by is None or not may_edit(link.created_by, link.book):
        return None
    return link

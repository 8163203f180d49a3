"""What each notification says and where it leads, in the reader's language of the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.books.models import Book
from sites.books.models.book import cover_names
from sites.books.permissions import is_house_editor
from sites.community.models import Kind, Notification
from sites.links import host_url

#: Notifications on one page: two screens of a phone.
OF_A_PAGE: Final = 30

SENTENCES: Final[dict[str, str | Promise]] = {
    Kind.SUBMITTED: _("“%(title)s” was submitted."),
    Kind.TAKEN_BACK: _("“%(title)s” was taken back by its author."),
    Kind.APPROVED: _("“%(title)s” was approved. Readers see it from its moment on."),
    Kind.CHANGES_REQUESTED: _("The editors ask for changes in “%(title)s”."),
    Kind.REJECTED: _("The editors will not publish “%(title)s”."),
    Kind.COMMENTED: _("There is a new comment on “%(title)s”."),
    Kind.WITHDRAWN: _("“%(title)s” was withdrawn. Readers no longer see it."),
    Kind.PUBLISHED_AGAIN: _("“%(title)s” is published again."),
    Kind.INVITED: _("You are asked to put your name on the cover of “%(title)s”."),
    Kind.INVITATION_ACCEPTED: _("There is a new name on the cover of “%(title)s”."),
    Kind.INVITATION_DECLINED: _("Your invitation onto the cover of “%(title)s” was declined."),
    Kind.NAME_LEFT: _("A name has left the cover of “%(title)s”."),
    Kind.NEW_CHAPTER: _("“%(title)s” goes on with “%(chapter)s”."),
    Kind.NEW_CHAPTERS: _("“%(title)s” goes on: new chapters, from “%(chapter)s” on."),
    Kind.NEW_BOOK: _("“%(title)s” is out, by somebody whom you follow."),
    Kind.ANSWERED: _("Somebody answered you in “%(title)s”."),
    Kind.WORDS_HIDDEN: _("The moderators have hidden something that you wrote about “%(title)s”."),
    Kind.REPORT_DECIDED: _("The moderators have decided on your report about “%(title)s”."),
    # What was announced is said in its own words.
    Kind.ANNOUNCED: "%(announcement)s",
}


@dataclass(frozen=True)
class Told:
    """A notification as a page or a mail shows it; ``address`` is absolute, or empty."""

    id: int
    sentence: str
    address: str
    book: Book | None
    at: datetime
    is_new: bool


def tell(row: Notification, reader: User) -> Told:
    """Put a notification into words for who reads it; all that it is about must be
    loaded."""
    words = {
        "title": row.book.title if row.book else "",
        "chapter": row.chapter.title if row.chapter else "",
        "announcement": row.announcement.text if row.announcement else "",
    }
    return Told(
        id=row.pk,
        sentence=str(SENTENCES[row.kind]) % words,
        address=_address(row, reader),
        book=row.book,
        at=row.created_at,
        is_new=row.read_at is None,
    )


def told_to(reader: User, *, page: int) -> list[Told]:
    """Give one page of what a person was told, the newest first; two queries."""
    rows = (
        Notification.objects.to(reader)
        .newest_first()
        .select_related("book", "chapter", "announcement")
        .defer("book__synopsis", "chapter__text")
        .prefetch_related(cover_names("book__"))
    )
    start = (page - 1) * OF_A_PAGE
    # One more than is shown tells whether there is a next page.
    return [tell(row, reader) for row in rows[start : start + OF_A_PAGE + 1]]


def _address(row: Notification, reader: User) -> str:
    """Readers are led to the chapter, editors to the office, authors to their book at the writing
    desk."""
    if row.book and row.chapter and row.comment_id:
        return host_url("chapter", "comment", row.book.slug, row.chapter.number, row.comment_id)
    if row.book and row.chapter:
        return host_url("chapter", "read", row.book.slug, row.chapter.number)
    if row.book and row.kind in (Kind.NEW_BOOK, Kind.WORDS_HIDDEN, Kind.REPORT_DECIDED):
        return host_url("main", "book", row.book.slug)
    if row.kind == Kind.INVITED:
        return host_url("publish", "publish:invitations")
    if row.submission_id and is_house_editor(reader):
        return host_url("internal", "internal:approval", row.submission_id)
    if row.book_id:
        return book_address(row.book_id)
    return ""


def book_address(book: int) -> str:
    """Give where a book's authors see how it stands, at the writing desk."""
    return host_url("publish", "publish:submission", book)

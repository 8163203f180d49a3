from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.books.actions.versions import GoneMeanwhile
from sites.books.events import SubmissionCommented, tell
from sites.books.exceptions import BookError
from sites.books.models import Book, Chapter, Submission, SubmissionComment
from sites.books.models.submission import LONGEST_COMMENT, LONGEST_QUOTE
from sites.books.permissions import is_house_editor, require_edit
from sites.books.text.allowed import PARAGRAPH_ID
from sites.books.text.blocks import paragraph_words

#: Comments of one round: a conversation of a month, every hour of the day.
MOST_COMMENTS = 500
#: Comments of one author in a day, each of which tells the editors and the other authors.
MOST_A_DAY = 200
DAY = timedelta(days=1)


class CommentRefused(BookError):
    """What was written cannot stand in the thread; the text says why."""


@dataclass(frozen=True)
class Anchor:
    """What a comment is about: a chapter, and the id of a paragraph in it or nothing."""

    chapter: Chapter
    paragraph: str = ""


@transaction.atomic
def comment_on_submission(
    submission: Submission, *, text: str, about: Anchor | None = None, by: User, now: datetime
) -> SubmissionComment:
    """Write to the thread of a submission, about the book as a whole or a part of it.

    ``text`` is plain. Raises ``PermissionDenied`` for anybody but the book's authors and editors,
    ``GoneMeanwhile`` and ``CommentRefused``.
    """
    book = Book.objects.select_for_update(no_key=True).filter(pk=submission.book_id).first()
    if book is None:
        raise GoneMeanwhile(str(submission))
    require_edit(by, book)
    _require_calm(by, now)
    comment = add_comment(submission, text=text, about=about, by=by, now=now)
    tell(
        SubmissionCommented(
            book=book.pk, by=by.pk, at=now, submission=submission.pk, comment=comment.pk
        )
    )
    return comment


def _require_calm(by: User, now: datetime) -> None:
    """Raises ``CommentRefused`` where an author has said very much today."""
    if is_house_editor(by):
        return
    said = SubmissionComment.objects.filter(written_by=by, written_at__gt=now - DAY)
    if said.count() >= MOST_A_DAY:
        raise CommentRefused(_("You have written very many comments today. Go on tomorrow."))


def add_comment(
    submission: Submission, *, text: str, about: Anchor | None = None, by: User, now: datetime
) -> SubmissionComment:
    """Store a comment of somebody whose right to it was checked, while the book is locked.

    Raises ``CommentRefused``.
    """
    written = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not written:
        raise CommentRefused(_("Write what you want to say."))
    if len(written) > LONGEST_COMMENT:
        raise CommentRefused(
            _("A comment has at most %(most)d characters; this one has %(number)d.")
            % {"most": LONGEST_COMMENT, "number": len(written)}
        )
    if submission.comments.count() >= MOST_COMMENTS:
        raise CommentRefused(_("This round has too many comments. Submit the book anew."))
    return SubmissionComment.objects.create(
        submission=submission,
        written_by=by,
        text=written,
        chapter=about.chapter if about else None,
        paragraph=about.paragraph if about else "",
        quote=_quote(submission, about) if about else "",
        written_at=now,
    )


def _quote(submission: Submission, about: Anchor) -> str:
    """Give the beginning of the paragraph that is commented on, as it is now."""
    if about.chapter.book_id != submission.book_id:
        raise CommentRefused(_("This chapter is in another book. Choose one of this book."))
    if not about.paragraph:
        return ""
    words = None
    if PARAGRAPH_ID.fullmatch(about.paragraph):
        words = paragraph_words(about.chapter.text, about.paragraph)
    if words is None:
        raise CommentRefused(
            _("This paragraph is no longer in the chapter. Reload it and choose another one.")
        )
    return words[:LONGEST_QUOTE]

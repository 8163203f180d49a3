from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from realtime.presence import person
from realtime.streams import publish
from sites.accounts.limits import require
from sites.accounts.models import Person
from sites.books.numbers_room import tell_numbers
from sites.books.rooms import room_of_chapter
from sites.community.chapter_room import (
    CommentDeleted,
    CommentEdited,
    CommentEvent,
)
from sites.community.exceptions import CommunityError, NothingSaid
from sites.community.models import Comment
from sites.community.models.comment import LONGEST_COMMENT
from sites.community.permissions import require_voice
from sites.community.plain_text import clean_plain_text

#: Changes by one person in a minute, each of which is told to all readers.
MOST_A_MINUTE: Final = 20


class CommentGone(CommunityError):
    """It was deleted or hidden meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("This is no longer there. Reload the page."))


def edit_comment(
    comment: Comment, *, text: str, spoiler: bool, by: Person, now: datetime
) -> Comment:
    """Change the words of one's own comment; it says that it was edited.

    Raises ``PermissionDenied``, ``TooManyAttempts``, ``TooLong``, ``NothingSaid`` and
    ``CommentGone``.
    """
    author = require_voice(by)
    cleaned = clean_plain_text(text, most=LONGEST_COMMENT)
    if not cleaned:
        raise NothingSaid
    require(f"comment-edit:{author.pk}", MOST_A_MINUTE, timedelta(minutes=1), now)
    with transaction.atomic():
        kept = _hold(comment, author)
        if kept.hidden_at:
            raise CommentGone
        if (kept.text, kept.spoiler) != (cleaned, spoiler):
            kept.text, kept.spoiler, kept.edited_at = cleaned, spoiler, now
            kept.save(update_fields=["text", "spoiler", "edited_at"])
            told = CommentEdited(comment=kept.pk, text=cleaned, spoiler=spoiler)
            publish(room_of_chapter(kept.chapter_id), told)
    return kept


@transaction.atomic
def delete_comment(comment: Comment, *, by: Person, now: datetime) -> None:
    """Take one's own words back, for good. Where others have answered, the place stays.

    Raises ``PermissionDenied`` and ``CommentGone``.
    """
    kept = _hold(comment, require_voice(by))
    kept.text, kept.quote, kept.deleted_at = "", "", now
    kept.save(update_fields=["text", "quote", "deleted_at"])
    if kept.hidden_at is None:
        tell_of(kept, CommentDeleted)


def tell_of(comment: Comment, kind: type[CommentEvent]) -> None:
    """Tell those who have the chapter open what became of a comment, whose ``parent`` is loaded."""
    told = kind(
        comment=comment.pk,
        paragraph=comment.paragraph,
        by=person(comment.author_id) if comment.author_id else "",
        to=person(comment.parent.author_id) if comment.parent and comment.parent.author_id else "",
    )
    publish(room_of_chapter(comment.chapter_id), told)
    tell_numbers(comment.chapter.book_id, "comments")


def _hold(comment: Comment, author: Person) -> Comment:
    """Lock somebody's own comment, so that of two changes one comes after the other."""
    rows = Comment.objects.select_for_update(of=("self",), no_key=True).select_related(
        "parent", "chapter"
    )
    kept = rows.filter(pk=comment.pk, deleted_at=None).first()
    if kept is None:
        raise CommentGone
    if kept.author_id != author.pk:
        raise PermissionDenied(_("Only its author changes a comment."))
    return kept

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from realtime.presence import person
from realtime.streams import publish
from sites.accounts.limits import require
from sites.accounts.models import Person, User
from sites.books.models import Chapter
from sites.books.numbers_room import tell_numbers
from sites.books.rooms import room_of_chapter
from sites.books.text.allowed import PARAGRAPH_ID
from sites.books.text.blocks import paragraph_words
from sites.community.chapter_room import CommentWritten
from sites.community.exceptions import CommunityError, NothingSaid
from sites.community.models import Comment, Kind, Mute
from sites.community.models.comment import LONGEST_COMMENT, LONGEST_QUOTE
from sites.community.notify import tell_person
from sites.community.permissions import require_voice
from sites.community.plain_text import clean_plain_text

#: Comments of one person: faster is no conversation, and more in a day is a flood.
MOST_A_MINUTE: Final = 10
MOST_A_DAY: Final = 300
#: The same words at the same place within so long are a form that was sent twice.
TWICE_WITHIN: Final = timedelta(seconds=60)


class CannotComment(CommunityError):
    """A comment cannot stand here; the text says why."""


@dataclass(frozen=True)
class Draft:
    """What somebody wants to say: about a paragraph (its id) or the whole chapter, or (``parent``, a
    comment's key) to somebody."""

    text: str
    paragraph: str = ""
    parent: int | None = None
    spoiler: bool = False


def write_comment(chapter: Chapter, draft: Draft, *, by: Person, now: datetime) -> Comment:
    """Say something about a chapter that readers can read; all who have it open see it at once, and
    whom it answers is told.

    What answers an answer stands under the same beginning. A form that was sent twice is one comment.
    Raises ``PermissionDenied``, ``TooManyAttempts``, ``TooLong``, ``NothingSaid`` and
    ``CannotComment``.
    """
    author = require_voice(by)
    text = clean_plain_text(draft.text, most=LONGEST_COMMENT)
    if not text:
        raise NothingSaid
    if not Chapter.objects.published(now).filter(pk=chapter.pk).exists():
        raise CannotComment(_("Readers cannot read this chapter now, so nobody can comment on it."))
    parent = _parent(chapter, draft.parent, author)
    paragraph = parent.paragraph if parent else draft.paragraph
    wanted = Comment(chapter=chapter, paragraph=paragraph, parent=parent, author=author, text=text)
    # First, since it refuses what is no paragraph, and what PostgreSQL takes for no text.
    wanted.quote = "" if parent or not paragraph else _quote(chapter, paragraph)
    if said := _said_before(wanted, now):
        return said
    wanted.spoiler, wanted.created_at = draft.spoiler, now
    require(f"comment-minute:{author.pk}", MOST_A_MINUTE, timedelta(minutes=1), now)
    require(f"comment-day:{author.pk}", MOST_A_DAY, timedelta(days=1), now)
    with transaction.atomic():
        # Locked: of the same form, sent twice in one moment, the second one finds the first.
        User.objects.select_for_update(no_key=True).filter(pk=author.pk).first()
        if said := _said_before(wanted, now):
            return said
        wanted.save()
        publish(room_of_chapter(chapter.pk), _told(wanted, author, parent))
        tell_numbers(chapter.book_id, "comments")
        if parent and parent.author_id and _wants_to_know(parent.author_id, author):
            tell_person(parent.author_id, Kind.ANSWERED, wanted, now=now)
    return wanted


def _parent(chapter: Chapter, key: int | None, author: User) -> Comment | None:
    """Find the beginning of the conversation that is answered to."""
    if key is None:
        return None
    shown = (
        Comment.objects.about(chapter).shown_to(author).select_related("author", "parent__author")
    )
    answered = shown.filter(pk=key).first()
    if answered is None:
        raise CannotComment(_("What you answer is no longer there. Reload the page."))
    return answered.parent or answered


def _wants_to_know(who: int, author: User) -> bool:
    """Is it somebody else, who has not muted the author?"""
    return who != author.pk and not Mute.objects.filter(by=who, of=author).exists()


def _quote(chapter: Chapter, paragraph: str) -> str:
    """Give the beginning of the paragraph as it is now."""
    words = None
    if PARAGRAPH_ID.fullmatch(paragraph):
        words = paragraph_words(chapter.text, paragraph)
    if words is None:
        raise CannotComment(
            _("This paragraph is no longer in the chapter. Reload it and choose another one.")
        )
    return words[:LONGEST_QUOTE]


def _said_before(wanted: Comment, now: datetime) -> Comment | None:
    return Comment.objects.filter(
        author=wanted.author,
        chapter=wanted.chapter,
        paragraph=wanted.paragraph,
        parent=wanted.parent,
        text=wanted.text,
        created_at__gt=now - TWICE_WITHIN,
    ).first()


def _told(comment: Comment, author: User, parent: Comment | None) -> CommentWritten:
    return CommentWritten(
        comment=comment.pk,
        parent=parent.pk if parent else None,
        paragraph=comment.paragraph,
        by=person(author.pk),
        to=person(parent.author_id) if parent and parent.author_id else "",
        name=author.name,
        text=comment.text,
        spoiler=comment.spoiler,
    )

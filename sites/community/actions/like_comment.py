from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from realtime.presence import person
from realtime.streams import publish
from sites.accounts.limits import require
from sites.accounts.models import Person
from sites.books.rooms import room_of_chapter
from sites.community.actions.edit_comment import CommentGone
from sites.community.chapter_room import CommentLiked
from sites.community.exceptions import CommunityError
from sites.community.models import Comment, CommentLike
from sites.community.permissions import require_voice

#: Likes of one person: a thumb that goes down a page.
MOST_A_MINUTE: Final = 60


class OwnWords(CommunityError):
    """Nobody likes, reports or mutes themselves."""

    def __init__(self) -> None:
        super().__init__(_("These are your own words."))


def like_comment(comment: Comment, *, like: bool, by: Person, now: datetime) -> None:
    """Like a comment, or no longer; twice is once.

    Raises ``PermissionDenied``, ``TooManyAttempts``, ``OwnWords`` and ``CommentGone``.
    """
    user = require_voice(by)
    if comment.author_id == user.pk:
        raise OwnWords
    require(f"comment-like:{user.pk}", MOST_A_MINUTE, timedelta(minutes=1), now)
    with transaction.atomic():
        held = Comment.objects.shown_to(user).select_for_update(of=("self",), no_key=True)
        if held.filter(pk=comment.pk).first() is None:
            raise CommentGone
        own = CommentLike.objects.filter(comment=comment, user=user)
        if like == own.exists():
            return
        if like:
            CommentLike.objects.create(comment=comment, user=user)
        else:
            own.delete()
        likes = CommentLike.objects.filter(comment=comment, user__is_active=True).count()
        told = CommentLiked(comment=comment.pk, by=person(user.pk), liked=like, likes=likes)
        publish(room_of_chapter(comment.chapter_id), told)

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from realtime.streams import publish
from sites.accounts.limits import require
from sites.accounts.models import Person
from sites.community.actions.edit_comment import CommentGone
from sites.community.actions.like_comment import OwnWords
from sites.community.exceptions import CommunityError
from sites.community.models import Report, ReportReason
from sites.community.models.report import LONGEST_REMARK
from sites.community.models.shown import Said
from sites.community.moderation_room import Reported, room_of_moderation
from sites.community.permissions import require_voice
from sites.community.plain_text import clean_plain_text

#: Reports of one person in a day: who finds more should write to the moderators.
MOST_A_DAY: Final = 30


class NoReason(CommunityError):
    """A report says none of the reasons."""

    def __init__(self) -> None:
        super().__init__(_("Choose what is wrong with it."))


def report(about: Said, *, reason: str, text: str = "", by: Person, now: datetime) -> Report:
    """Ask the moderators to look at what somebody said: a comment, a review, a shared highlight. One
    report of each person about it waits at a time.

    Raises ``PermissionDenied``, ``TooManyAttempts``, ``NoReason``, ``TooLong``, ``OwnWords`` and
    ``CommentGone``.
    """
    user = require_voice(by)
    if reason not in ReportReason.values:
        raise NoReason
    remark = clean_plain_text(text, most=LONGEST_REMARK)
    if about.author_id == user.pk:
        raise OwnWords
    require(f"report:{user.pk}", MOST_A_DAY, timedelta(days=1), now)
    with transaction.atomic():
        shown = type(about)._default_manager.shown_to(user)  # type: ignore[attr-defined]  # a ShownQuerySet
        kept = shown.select_for_update(of=("self",), no_key=True).filter(pk=about.pk).first()
        if kept is None:
            raise CommentGone
        target = {str(kept._meta.model_name): kept}
        waiting = Report.objects.open().filter(by=user, **target).first()
        if waiting:
            return waiting
        made = Report.objects.create(
            **target, by=user, reason=reason, text=remark, said=kept.words, created_at=now
        )
        publish(room_of_moderation(), Reported(report=made.pk, reason=reason))
    return made

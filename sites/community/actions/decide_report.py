"""What moderators do with what was reported: hide it or let it stand, with the reason, for all who
reported it at once."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from realtime.streams import publish
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.rooms import ReviewsChanged, room_of_book
from sites.community.actions.edit_comment import tell_of
from sites.community.chapter_room import CommentHidden, CommentRestored
from sites.community.exceptions import CommunityError, NothingSaid
from sites.community.marks import tell_changed
from sites.community.models import (
    Comment,
    Highlight,
    Kind,
    Report,
    ReportReason,
    ReportState,
    Review,
)
from sites.community.models.report import LONGEST_REMARK
from sites.community.models.shown import Said
from sites.community.moderation_room import ReportsDecided, room_of_moderation
from sites.community.notify import tell_person
from sites.community.permissions import require_moderator
from sites.community.plain_text import clean_plain_text


class AlreadyDecided(CommunityError):
    """A colleague was faster, or it is gone."""

    def __init__(self) -> None:
        super().__init__(_("This is decided already. Reload the page."))


@transaction.atomic
def decide_report(report: Report, *, uphold: bool, why: str, by: User, now: datetime) -> Report:
    """Hide what was reported, or (``uphold`` false) let it stand; all open reports about it are
    decided with this one. Who said it and who reported it are told.

    Raises ``PermissionDenied`` (also about one's own words), ``NothingSaid`` without a reason,
    ``TooLong`` and ``AlreadyDecided``.
    """
    remark = _why(why)
    moderator = require_moderator(by)
    about = _hold(report.about, moderator)
    target = {str(about._meta.model_name): about}
    together = list(Report.objects.open().filter(**target).order_by("pk").select_for_update())
    kept = next((one for one in together if one.pk == report.pk), None)
    if kept is None:
        raise AlreadyDecided
    for one in together:
        _settle(one, uphold=uphold, why=remark, by=moderator, now=now)
        if one.by_id and one.by_id != moderator.pk:
            tell_person(one.by_id, Kind.REPORT_DECIDED, about, now=now)
    if uphold:
        _set_hidden(about, now)
    record_audit(
        "report.decide", by=moderator, on=kept, now=now, upheld=uphold, reports=len(together)
    )
    told = ReportsDecided(reports=[one.pk for one in together], upheld=uphold)
    publish(room_of_moderation(), told)
    return kept


@transaction.atomic
def hide(about: Said, *, reason: ReportReason, why: str, by: User, now: datetime) -> Report:
    """Hide what nobody has reported; it is kept as a report of the moderator's own, upheld.

    Raises as ``decide_report``.
    """
    remark = _why(why)
    moderator = require_moderator(by)
    kept = _hold(about, moderator)
    open_ones = Report.objects.open().filter(**{str(kept._meta.model_name): kept})
    first = open_ones.exclude(by=moderator).order_by("pk").first() or open_ones.first()
    if first:
        return decide_report(first, uphold=True, why=remark, by=moderator, now=now)
    if kept.hidden_at:
        raise AlreadyDecided
    made = Report(by=moderator, reason=reason, said=kept.words, created_at=now)
    setattr(made, str(kept._meta.model_name), kept)
    _settle(made, uphold=True, why=remark, by=moderator, now=now)
    _set_hidden(kept, now)
    record_audit("report.decide", by=moderator, on=made, now=now, upheld=True, reports=0)
    return made


@transaction.atomic
def restore(about: Said, *, why: str, by: User, now: datetime) -> None:
    """Show again what was hidden. Raises as ``decide_report``."""
    remark = _why(why)
    moderator = require_moderator(by)
    kept = _hold(about, moderator)
    if kept.hidden_at is None:
        raise AlreadyDecided
    upheld = Report.objects.filter(state=ReportState.UPHELD, **{str(kept._meta.model_name): kept})
    for one in upheld.order_by("pk").select_for_update():
        _settle(one, uphold=False, why=remark, by=moderator, now=now)
    type(kept)._default_manager.filter(pk=kept.pk).update(hidden_at=None)
    kept.hidden_at = None
    record_audit(f"{kept._meta.model_name}.restore", by=moderator, on=kept, now=now)
    tell_moderated(kept)


@singledispatch
def tell_moderated(about: Said) -> None:
    """Tell open pages that something was hidden or is shown again (``hidden_at`` says which)."""


@tell_moderated.register
def _tell_of_comment(about: Comment) -> None:
    if about.deleted_at is None:
        tell_of(about, CommentHidden if about.hidden_at else CommentRestored)


@tell_moderated.register
def _tell_of_highlight(about: Highlight) -> None:
    if about.is_shared:
        tell_changed(about, to_all=True)


@tell_moderated.register
def _tell_of_review(about: Review) -> None:
    publish(room_of_book(about.book_id), ReviewsChanged(about.pk))


def _why(why: str) -> str:
    remark = clean_plain_text(why, most=LONGEST_REMARK)
    if not remark:
        raise NothingSaid
    return remark


def _hold(about: Said | None, moderator: User) -> Said:
    """Lock what was said, so that of two moderators one is told that it is decided already."""
    if about is None:
        raise AlreadyDecided
    rows = type(about)._default_manager.select_for_update(of=("self",), no_key=True)
    kept = rows.filter(pk=about.pk).first()
    if kept is None:
        raise AlreadyDecided
    if kept.author_id == moderator.pk:
        raise PermissionDenied(_("Nobody decides on their own words. Ask a colleague."))
    return kept


def _settle(report: Report, *, uphold: bool, why: str, by: User, now: datetime) -> None:
    report.state = ReportState.UPHELD if uphold else ReportState.DISMISSED
    report.why, report.decided_by, report.decided_at = why, by, now
    report.save()


def _set_hidden(about: Said, now: datetime) -> None:
    if about.hidden_at is not None:
        return
    type(about)._default_manager.filter(pk=about.pk).update(hidden_at=now)
    about.hidden_at = now
    tell_moderated(about)
    if about.author_id:
        tell_person(about.author_id, Kind.WORDS_HIDDEN, about, now=now)

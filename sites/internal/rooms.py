"""The rooms of the office: what authors submit, for those who decide on it; how the house runs, for
operators and managers. What readers report has the room ``moderation`` (``sites.community``).

Imported when somebody first publishes or joins (``sites.internal.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q

from realtime.events import Event
from realtime.rooms import Ask, Report, RoomKind, register
from sites.accounts.models import User
from sites.accounts.roles import BACK_OFFICE, EDITOR, MANAGER, OPERATOR
from sites.books.models import Submission
from sites.internal.operations.figures import OperationsReported, Reporter, now_as_json
from sites.second_factor import may_hear

APPROVALS: Final = "approvals"
#: An editor's page that was asleep for longer is told how many wait, and fetches them.
KEPT_FOR: Final = timedelta(days=2)
MOST_KEPT: Final = 200
#: Seconds between two reports: instances count with each heartbeat, which is as often.
REPORTED_EVERY: Final = 5.0


@dataclass(frozen=True)
class SubmissionArrived(Event):
    """A book waits for an answer; ``submission`` is the key of its round."""

    submission: int


@dataclass(frozen=True)
class SubmissionSettled(Event):
    """It waits no longer: it was answered, or taken back."""

    submission: int


def with_role(asks: Sequence[Ask], *roles: str) -> Collection[Ask]:
    """Give the asks of people whom the office lets in with one of these roles, in one query: the same
    that its door asks, a second factor included."""
    people = {ask.user.pk for ask in asks if isinstance(ask.user, User) and not ask.key}
    back_office = [role for role in roles if role in BACK_OFFICE]
    others = [role for role in roles if role not in BACK_OFFICE]
    found = User.objects.filter(pk__in=people, is_active=True).filter(
        Q(is_superuser=True)
        | Q(is_staff=True, groups__name__in=back_office)
        | Q(groups__name__in=others)
    )
    known = set(found.values_list("pk", flat=True))
    return [ask for ask in asks if not ask.key and ask.user.pk in known and may_hear(ask.user)]


def operators(asks: Sequence[Ask]) -> Collection[Ask]:
    return with_role(asks, OPERATOR, MANAGER)


def how_it_runs(user: Any, key: str) -> Mapping[str, Any]:
    """Give the newest figures, in three queries."""
    return now_as_json()


def deciders(asks: Sequence[Ask]) -> Collection[Ask]:
    """The same as ``permissions.reads_submissions``."""
    return with_role(asks, EDITOR, MANAGER)


def how_many_wait(user: Any, key: str) -> Mapping[str, Any]:
    """Give how many submissions wait, in one query."""
    return {"waiting": Submission.objects.waiting().count()}


register(
    RoomKind(
        name=APPROVALS,
        events=(SubmissionArrived, SubmissionSettled),
        allowed=deciders,
        snapshot=how_many_wait,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
    )
)
register(
    RoomKind(
        name="operations",
        events=(),
        transients=(OperationsReported,),
        allowed=operators,
        snapshot=how_it_runs,
        keep_for=timedelta(hours=1),
        keep_at_most=1,  # nothing is kept: a report is a moment
        report=Report(REPORTED_EVERY, Reporter),
    )
)

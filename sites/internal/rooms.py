"""The rooms of the office: how the house runs, for operators and managers.

Imported when somebody first publishes or joins (``sites.internal.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Q

from realtime.rooms import Ask, Report, RoomKind, register
from sites.accounts.models import User
from sites.accounts.roles import BACK_OFFICE, MANAGER, OPERATOR
from sites.internal.operations.figures import OperationsReported, Reporter, now_as_json

#: Seconds between two reports: instances count with each heartbeat, which is as often.
REPORTED_EVERY: Final = 5.0


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
    return [ask for ask in asks if not ask.key and ask.user.pk in known and _is_sure(ask.user)]


def _is_sure(user: Any) -> bool:
    return not settings.SECOND_FACTOR_REQUIRED or bool(getattr(user, "used_second_factor", False))


def operators(asks: Sequence[Ask]) -> Collection[Ask]:
    return with_role(asks, OPERATOR, MANAGER)


def how_it_runs(user: Any, key: str) -> Mapping[str, Any]:
    """Give the newest figures, in three queries."""
    return now_as_json()


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

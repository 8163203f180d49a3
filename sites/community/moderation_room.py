"""The room of those who moderate: ``moderation`` hears of every report, and that it is decided.

Imported when somebody first publishes or joins (``sites.community.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from realtime.events import Event
from realtime.rooms import Ask, RoomKind, register, room_name
from sites.accounts.models import User
from sites.accounts.roles import RUN_THE_HOUSE
from sites.community.models import Report
from sites.second_factor import may_hear

KEPT_FOR: Final = timedelta(days=7)
MOST_KEPT: Final = 500


@dataclass(frozen=True)
class Reported(Event):
    """Somebody has reported something; ``report`` is the report's key, ``reason`` a code."""

    report: int
    reason: str


@dataclass(frozen=True)
class ReportsDecided(Event):
    """These are decided: ``upheld`` says whether what they were about is hidden."""

    reports: list[int]
    upheld: bool


def room_of_moderation() -> str:
    return room_name("moderation")


def who_moderates(asks: Sequence[Ask]) -> Collection[Ask]:
    """Moderators, managers and superusers with their second factor, in one query for all."""
    people = {ask.user.pk for ask in asks if isinstance(ask.user, User) and not ask.key}
    found = User.objects.filter(pk__in=people, is_active=True)
    allowed = set(
        found.filter(groups__name__in=RUN_THE_HOUSE)
        .values_list("pk", flat=True)
        .union(found.filter(is_superuser=True).values_list("pk", flat=True))
    )
    return [ask for ask in asks if not ask.key and ask.user.pk in allowed and may_hear(ask.user)]


def how_it_stands(_user: Any, _key: str) -> Mapping[str, Any]:
    """Give how many reports wait."""
    return {"open": Report.objects.open().count()}


register(
    RoomKind(
        name="moderation",
        events=(Reported, ReportsDecided),
        allowed=who_moderates,
        snapshot=how_it_stands,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
    )
)

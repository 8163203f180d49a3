"""The room of a person: ``user.7`` hears what the house tells them, and where they read on.

All pages of all their devices are in it. Imported when somebody first publishes or joins
(``sites.community.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from realtime.rooms import Ask, RoomKind, register
from sites.accounts.models import User
from sites.books.places import PlaceKept, latest_place
from sites.community.marks import HighlightsChanged
from sites.community.models import Notification
from sites.community.told import NotificationsRead, Notified

#: Places are kept every few seconds of reading: a device that was away for longer than a chapter
#: takes is told how things stand now, and nothing is missed by that.
KEPT_FOR: Final = timedelta(days=7)
MOST_KEPT: Final = 300


def is_it_you(asks: Sequence[Ask]) -> Collection[Ask]:
    """Everybody hears their own room, and nobody else does; no query."""
    return [
        ask
        for ask in asks
        if isinstance(ask.user, User) and ask.user.is_active and str(ask.user.pk) == ask.key
    ]


def how_it_stands(user: Any, key: str) -> Mapping[str, Any]:
    """Give how much is unread, and the place that was kept last, in two queries."""
    return {
        "unread": Notification.objects.to(user).count_unread(),
        "place": latest_place(user),
    }


register(
    RoomKind(
        name="user",
        events=(PlaceKept, Notified, NotificationsRead, HighlightsChanged),
        allowed=is_it_you,
        snapshot=how_it_stands,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
    )
)

"""What a person's pages hear of their notifications, in the person's room (``user.7``)."""

from __future__ import annotations

from dataclasses import dataclass

from realtime.events import Event


@dataclass(frozen=True)
class Notified(Event):
    """The house has told the person something; ``notification`` is its key."""

    notification: int
    kind: str


@dataclass(frozen=True)
class NotificationsRead(Event):
    """The person has seen what they were told; ``unread`` is what came since."""

    unread: int

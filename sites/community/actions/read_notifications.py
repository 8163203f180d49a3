from __future__ import annotations

from datetime import datetime

from sites.accounts.models import User
from sites.community.models import Notification


def read_notifications(user: User, *, up_to: int, now: datetime) -> int:
    """Mark a person's notifications as read, up to the key of the newest that they saw: what came
    since stays unread. Gives how many were unread."""
    return Notification.objects.to(user).filter(pk__lte=up_to).mark_read(now)

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from realtime.streams import publish
from sites.accounts.models import User
from sites.books.places import room_of_person
from sites.community.models import Notification
from sites.community.told import NotificationsRead


@transaction.atomic
def read_notifications(user: User, *, up_to: int, now: datetime) -> int:
    """Mark a person's notifications as read, up to the key of the newest that they saw: what came
    since stays unread. Gives how many were unread. The bells of their other pages fall silent, too."""
    own = Notification.objects.to(user)
    read = own.filter(pk__lte=up_to).mark_read(now)
    if read:
        publish(room_of_person(user.pk), NotificationsRead(unread=own.count_unread()))
    return read

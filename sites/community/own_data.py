"""What the community holds about a person."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from realtime.pruning import erase_forever
from sites.accounts.models import User
from sites.accounts.personal_data import Part, Row, Wishes, register, rows
from sites.books.places import room_of_person
from sites.community.models import Notification


def _notifications(user: User) -> list[Row]:
    about = ("book_id", "submission_id", "chapter_id", "announcement_id")
    columns = ("kind", *about, "created_at", "read_at")
    return rows(Notification.objects.to(user).order_by("pk").values(*columns))


def _forget_room(user: User, _wishes: Wishes, _now: datetime) -> None:
    """What was told to the person's own pages lies in a stream until it is too old for anybody."""
    erase_forever(room_of_person(user.pk))


def connect() -> None:
    register(
        Part(
            "notifications",
            _("Notifications"),
            frozenset({"community.notification.recipient"}),
            _notifications,
            _forget_room,
        )
    )

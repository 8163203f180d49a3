"""Open pages are told what the house announces, when it begins, changes and ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from realtime.rooms import Ask, kind_of
from realtime.testing import Published, published
from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.community.actions.save_announcement import delete_announcement, save_announcement
from sites.community.actions.tell_everybody import announce_current
from sites.community.models import Announcement

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def manager() -> User:
    return create_user("speaks@house.example", password=None, roles=["manager"])


def announcement(begins: datetime, ends: datetime, *hosts: str) -> Announcement:
    return Announcement(
        text_en="We read aloud.", text_id="Kami membaca.", hosts=list(hosts), starts_at=begins, ends_at=ends
    )  # fmt: skip


def told(events: list[Published]) -> list[tuple[str, int]]:
    return [(one.kind, one.data["announcement"]) for one in events if one.room == "house"]


def test_what_is_announced_now_is_told_in_both_languages(manager: User) -> None:
    with published() as events:
        row = save_announcement(announcement(NOW, NOW + HOUR, "main"), by=manager, now=NOW)
    assert told(events) == [("announced", row.pk)]
    said = events[0].data
    assert (said["text_en"], said["text_id"], said["hosts"]) == (
        "We read aloud.",
        "Kami membaca.",
        ["main"],
    )
    row.starts_at = NOW + HOUR / 2
    with published() as events:
        save_announcement(row, by=manager, now=NOW)
    assert told(events) == [("announcement_ended", row.pk)]
    key = row.pk
    with published() as events:
        delete_announcement(row, by=manager, now=NOW)
    assert told(events) == [("announcement_ended", key)]


def test_what_begins_later_is_told_then(manager: User) -> None:
    with published() as events:
        row = save_announcement(announcement(NOW + HOUR, NOW + 2 * HOUR), by=manager, now=NOW)
    assert told(events) == [("announcement_ended", row.pk)]
    with published() as events:
        assert announce_current(NOW + HOUR) == 1
    assert told(events) == [("announced", row.pk)]


def test_who_joins_is_told_what_stands_now() -> None:
    now = timezone.now()
    for begins, ends in ((-2, -1), (-1, 1), (1, 2)):
        announcement(now + begins * HOUR, now + ends * HOUR).save()
    with CaptureQueriesContext(connection) as queries:
        state = kind_of("house").snapshot(AnonymousUser(), "")
    assert len(queries) == 1
    (only,) = state["announcements"]
    assert only["text_en"] == "We read aloud."
    assert datetime.fromisoformat(only["ends"]) > now


def test_everybody_may_join_and_there_is_one_room(manager: User) -> None:
    asks = [Ask(AnonymousUser(), ""), Ask(manager, ""), Ask(manager, "7")]
    assert list(kind_of("house").allowed(asks)) == asks[:2]

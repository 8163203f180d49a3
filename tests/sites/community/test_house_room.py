"""Open pages are told what the house announces, when it begins, changes and ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from realtime.rooms import Ask, kind_of
from realtime.testing import Published, published
from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.accounts.roles import PERMISSIONS
from sites.community.actions.save_announcement import delete_announcement, save_announcement
from sites.community.actions.tell_everybody import announce_current
from sites.community.announced import forget
from sites.community.models import Announcement
from sites.rooms import may_enter
from tests.house import visitor

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


def test_what_is_announced_to_the_office_alone_is_heard_there_alone(manager: User) -> None:
    row = announcement(timezone.now() - HOUR, timezone.now() + HOUR, "internal")
    with published() as events:
        save_announcement(row, by=manager, now=timezone.now())
    heard = {one.room: one.kind for one in events}
    assert heard == {
        "house": "announcement_ended",
        "house.internal": "announced",
        "house.publish": "announcement_ended",
    }
    stands = {key: kind_of("house").snapshot(manager, key) for key in ("", "internal", "publish")}
    assert [len(state["announcements"]) for state in stands.values()] == [0, 1, 0]
    everywhere = announcement(timezone.now() - HOUR, timezone.now() + HOUR)
    with published() as events:
        save_announcement(everywhere, by=manager, now=timezone.now())
    assert {one.kind for one in events} == {"announced"}


def test_a_desks_room_is_for_those_whom_its_door_lets_in(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    people: dict[str, Any] = {
        role: create_user(
            f"{role or 'reader'}@hears.example", password=None, roles=[role] if role else []
        )
        for role in ("", *PERMISSIONS)
    }
    gone = create_user("gone@hears.example", password=None, roles=["manager"])
    gone.is_active = False
    gone.save()
    owner = create_user("owner@hears.example", password=None, superuser=True)
    for desk in ("publish", "internal"):
        asks = [Ask(one, desk) for one in (AnonymousUser(), gone, owner, *people.values())]
        with CaptureQueriesContext(connection) as queries:
            allowed = {ask.user for ask in kind_of("house").allowed(asks)}
        assert len(queries) == 1
        assert allowed == {ask.user for ask in asks if may_enter(ask.user, desk)}
        assert owner in allowed


def test_a_door_that_stays_shut_shows_nothing_of_what_is_announced_behind_it(manager: User) -> None:
    now = timezone.now()
    forget()
    announcement(now - HOUR, now + HOUR, "internal", "publish").save()
    reader = create_user("reads@house.example", password=None)
    for host in ("internal", "publish"):
        client = visitor(host)
        client.force_login(reader)
        refused = client.get("/", follow=True)
        assert "We read aloud." not in refused.content.decode(), host
    assert "We read aloud." in visitor_of(manager, "internal")
    forget()


def visitor_of(user: User, host: str) -> str:
    client = visitor(host)
    client.force_login(user)
    return client.get("/").content.decode()

"""A person's own room: theirs alone, and how things stand for whoever comes late."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from realtime.models import Event
from realtime.rooms import Ask
from realtime.streams import publish
from realtime.testing import Published, published
from sites.accounts.actions.erase_person import erase_person_forever
from sites.accounts.models import User
from sites.accounts.personal_data import Wishes
from sites.books.actions.keep_place import Spot, keep_place
from sites.books.places import device_of
from sites.community.actions.read_notifications import read_notifications
from sites.community.models import Kind, Notification
from sites.community.models.notification import MOST_COUNTED
from sites.community.notify import store
from sites.community.rooms import how_it_stands, is_it_you
from sites.community.told import NotificationsRead
from tests.sites.books.actions.people import person
from tests.sites.chapter.library import make_book, make_chapters

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def reader() -> User:
    return person("reader")


def test_nobody_hears_another_persons_room_whatever_their_role(reader: User) -> None:
    closed = person("reader", name="closed")
    closed.is_active = False
    others = [AnonymousUser(), person("superuser"), person("manager"), closed]
    keys = [str(reader.pk), str(closed.pk), f"0{reader.pk}", "", "None"]
    asks = [Ask(user, key) for user in (reader, *others) for key in keys]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        allowed = is_it_you(asks)
    assert allowed == [Ask(reader, str(reader.pk))]
    assert not queries


def test_what_a_person_is_told_is_told_to_their_pages(reader: User) -> None:
    with published() as told:
        store([Notification(recipient=reader, kind=Kind.APPROVED) for _ in range(2)])
    stored = Notification.objects.order_by("pk")
    assert told == [
        Published(f"user.{reader.pk}", "notified", {"notification": row.pk, "kind": "approved"})
        for row in stored
    ]


def test_reading_silences_all_bells_once(reader: User) -> None:
    store([Notification(recipient=reader, kind=Kind.APPROVED, created_at=NOW) for _ in range(3)])
    first, second, _third = Notification.objects.order_by("pk").values_list("pk", flat=True)
    with published() as told:
        assert read_notifications(reader, up_to=second, now=NOW) == 2
        assert read_notifications(reader, up_to=first, now=NOW) == 0
    assert told == [Published(f"user.{reader.pk}", "notifications_read", {"unread": 1})]


def test_a_place_is_told_with_the_device_that_it_was_kept_on(reader: User) -> None:
    chapter = make_chapters(make_book(), 2)[1]
    spot = Spot("p-aaaaaaac", 0.25, device_of("a-session"))
    with published() as told:
        keep_place(reader, chapter, spot=spot, now=NOW)
    numbers, (room, kind, data) = told
    assert (room, kind) == (f"user.{reader.pk}", "place_kept")
    assert numbers.room == f"numbers.{chapter.book_id}"
    assert data == {
        "book": chapter.book_id,
        "number": 2,
        "title": "Piece 2",
        "paragraph": "p-aaaaaaac",
        "fraction": 0.25,
        "device": device_of("a-session"),
    }
    assert how_it_stands(reader, str(reader.pk))["place"] == data | {"device": ""}


def test_an_older_place_is_not_told(reader: User) -> None:
    chapter = make_chapters(make_book(), 1)[0]
    keep_place(reader, chapter, spot=Spot("", 0.5), now=NOW)
    with published() as told:
        assert not keep_place(reader, chapter, spot=Spot("", 0.1), now=NOW.replace(hour=7))
    assert told == []


def test_a_device_has_a_name_that_says_nothing_of_its_session() -> None:
    assert device_of("a") != device_of("b")
    assert device_of("a") == device_of("a")
    assert device_of(None) == device_of("") == ""
    assert "a-long-session-key" not in device_of("a-long-session-key")


def test_whoever_comes_late_is_told_how_things_stand(reader: User) -> None:
    store([Notification(recipient=reader, kind=Kind.APPROVED) for _ in range(MOST_COUNTED + 2)])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        stands = how_it_stands(reader, str(reader.pk))
    assert stands == {"unread": MOST_COUNTED, "place": None}
    assert len(queries) == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_told_to_a_person_goes_with_the_account() -> None:
    going, staying = person("reader", name="going"), person("reader", name="staying")
    for one in (going, staying):
        with transaction.atomic():
            publish(f"user.{one.pk}", NotificationsRead(unread=0))
    erase_person_forever(going, wishes=Wishes(), by=going, now=NOW)
    told = set(Event.objects.values_list("room__name", flat=True))
    assert f"user.{staying.pk}" in told
    assert f"user.{going.pk}" not in told

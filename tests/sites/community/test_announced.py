"""What the house announces stands on the pages it was meant for, for as long as it was meant to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites.accounts.models import AuditEntry
from sites.community import announced
from sites.community.actions.save_announcement import (
    MOST_CURRENT,
    AnnouncementRefused,
    delete_announcement,
    save_announcement,
)
from sites.community.models import Announcement
from tests.house import visitor
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(announced, "KEPT", timedelta(seconds=15))
    announced.forget()
    yield
    announced.forget()


def an_announcement(**changes: Any) -> Announcement:
    facts = {"text_en": "Closed on Monday.", "text_id": "Senin tutup.", "starts_at": NOW}
    return Announcement(**{**facts, "ends_at": NOW + HOUR, **changes})


@pytest.mark.parametrize(
    ("at", "host", "shown"),
    [
        (NOW - HOUR, "main", False),
        (NOW, "main", True),
        (NOW, "chapter", False),
        (NOW + HOUR, "main", False),
    ],
)
def test_it_is_shown_where_and_while_it_was_meant_to_be(
    at: datetime, host: str, shown: bool
) -> None:
    save_announcement(an_announcement(hosts=["main"]), by=person("manager"), now=NOW)
    assert bool(announced.announced(host, at)) is shown


def test_most_pages_cost_no_query_for_it() -> None:
    an_announcement().save()
    announced.announced("main", NOW)
    with CaptureQueriesContext(connection) as captured:
        assert announced.announced("chapter", NOW + announced.KEPT / 2)
    assert not captured
    with CaptureQueriesContext(connection) as captured:
        assert announced.announced("chapter", NOW + announced.KEPT)
    assert len(captured) == 1


@pytest.mark.parametrize("key", ["main", "chapter", "auth"])
@pytest.mark.parametrize(
    ("language", "said"), [("en", "Closed on Monday."), ("id", "Senin tutup.")]
)
def test_every_page_shows_it_in_the_readers_language(key: str, language: str, said: str) -> None:
    long = an_announcement(starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    long.ends_at = datetime(2100, 1, 1, tzinfo=UTC)
    long.text_en += " <b>"
    long.save()
    path = "/sign-in/" if key == "auth" else "/"
    page = visitor(key).get(path, headers={"accept-language": language}).content.decode()
    assert said in page
    assert "<b>" not in page.split("announcements", 1)[1].split("</section>")[0]


@pytest.mark.parametrize("role", ["reader", "author", "editor", "moderator", "support", "operator"])
def test_only_managers_speak_for_the_house(role: str) -> None:
    by = person(role)
    with pytest.raises(PermissionDenied):
        save_announcement(an_announcement(), by=by, now=NOW)
    row = an_announcement()
    row.save()
    with pytest.raises(PermissionDenied):
        delete_announcement(row, by=by, now=NOW)
    assert Announcement.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"ends_at": NOW}, "ends before it begins"), ({"hosts": ["attic"]}, "no room called attic")],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(AnnouncementRefused, match=said):
        save_announcement(an_announcement(**changes), by=person("manager"), now=NOW)


def test_a_house_that_says_too_much_is_told_so() -> None:
    Announcement.objects.bulk_create(an_announcement() for _ in range(MOST_CURRENT))
    with pytest.raises(AnnouncementRefused, match="Too much"):
        save_announcement(an_announcement(), by=person("manager"), now=NOW)


def test_saying_changing_and_taking_back_are_in_the_log() -> None:
    by = person("manager")
    row = save_announcement(an_announcement(), by=by, now=NOW)
    save_announcement(row, by=by, now=NOW)
    delete_announcement(row, by=by, now=NOW)
    said = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(said) == ["announcement.add", "announcement.change", "announcement.delete"]


def test_a_page_is_drawn_while_another_thread_forgets_what_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class ForgottenMeanwhile:
        """As long as ever, and forgets what was read while somebody reckons with it."""

        def __radd__(self, at: datetime) -> datetime:
            announced.forget()
            return at + timedelta(seconds=15)

    shown = save_announcement(an_announcement(), by=person("manager"), now=NOW)
    assert announced.announced("main", NOW) == [shown]
    monkeypatch.setattr(announced, "KEPT", ForgottenMeanwhile())
    assert announced.announced("main", NOW) == [shown]


def test_what_was_read_while_it_changed_is_shown_on_no_later_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Overtaken:
        """Another thread changes what is announced when it has been read, and before it is kept."""

        @staticmethod
        def ending_after(now: datetime) -> list[Announcement]:
            rows = list(Announcement.objects.ending_after(now))
            Announcement.objects.all().delete()
            announced.forget()
            return rows

    an_announcement().save()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(announced, "Announcement", type("Read", (), {"objects": Overtaken}))
        assert announced.announced("main", NOW)
    assert announced.announced("main", NOW) == []

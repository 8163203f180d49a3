"""What the house announces reaches everybody's bell: once, and also those who come later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from realtime.testing import published
from sites.accounts.models import User
from sites.community.actions import tell_everybody as module
from sites.community.actions.save_announcement import save_announcement
from sites.community.actions.tell_everybody import announce_current, tell_everybody
from sites.community.models import Announcement, Notification
from sites.community.sentences import told_to
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def announcement(**fields: Any) -> Announcement:
    usual = {
        "text_en": "We close at 5 % past nine.",
        "text_id": "Kami tutup.",
        "starts_at": NOW,
        "ends_at": NOW + 5 * HOUR,
    }
    return Announcement.objects.create(**(usual | fields))


@pytest.fixture
def left(monkeypatch: Any) -> list[dict[str, Any]]:
    """The jobs that were left for later."""
    jobs: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "sites.background.defer.defer", lambda name, **given: jobs.append({"job": name, **given})
    )
    return jobs


def test_it_is_told_from_its_moment_on_and_once(left: list[dict[str, Any]]) -> None:
    row = announcement()
    announcement(starts_at=NOW + 24 * HOUR, ends_at=NOW + 48 * HOUR)
    announcement(starts_at=NOW - 24 * HOUR, ends_at=NOW - HOUR)
    assert announce_current(NOW - HOUR) == 0
    assert announce_current(NOW + HOUR) == 1
    assert announce_current(NOW + HOUR) == 0
    assert left == [{"job": "community.tell_everybody", "announcement": row.pk}]


def test_everybody_is_told_once_in_as_many_steps_as_it_takes(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "TOLD_AT_ONCE", 2)
    people = [person("reader", name=f"r{n}") for n in range(5)]
    User.objects.filter(pk=people[2].pk).update(is_active=False)
    row = announcement()
    Notification.objects.create(recipient=people[0], kind="announced", announcement=row)
    with published() as rung:
        assert tell_everybody(row.pk, now=NOW) == 3
        assert tell_everybody(row.pk, now=NOW) == 0
    assert len(rung) == 3
    (told,) = told_to(people[4], page=1)
    assert (told.sentence, told.address) == ("We close at 5 % past nine.", "")


def test_what_is_announced_at_the_desks_alone_is_not_for_readers() -> None:
    reader, author = person("reader"), person("author")
    tell_everybody(announcement(hosts=["publish", "internal"]).pk, now=NOW)
    assert not Notification.objects.to(reader).exists()
    assert Notification.objects.to(author).count() == 1
    tell_everybody(announcement(hosts=["publish", "main"]).pk, now=NOW)
    assert Notification.objects.to(reader).count() == 1


def test_what_is_announced_in_the_office_alone_is_not_for_authors() -> None:
    people = {role: person(role) for role in ("author", "editor", "moderator", "operator")}
    assert tell_everybody(announcement(hosts=["internal"]).pk, now=NOW) == 3
    assert not Notification.objects.to(people["author"]).exists()


def test_what_was_taken_back_is_told_to_nobody() -> None:
    reader = person("reader")
    row = announcement()
    pk = row.pk
    tell_everybody(pk, now=NOW)
    row.delete()
    assert not Notification.objects.to(reader).exists()
    assert tell_everybody(pk, now=NOW) == 0


def bell_of(user: User) -> list[datetime]:
    return list(Notification.objects.to(user).values_list("created_at", flat=True))


def test_moved_to_a_later_moment_it_is_told_once_more_then(left: list[dict[str, Any]]) -> None:
    by, reader, late = person("manager"), person("reader"), NOW + 3 * HOUR
    row = announcement()
    announce_current(NOW)
    tell_everybody(row.pk, now=NOW)
    moved = Announcement.objects.get(pk=row.pk)
    moved.starts_at = late
    save_announcement(moved, by=by, now=NOW + HOUR)
    assert announce_current(NOW + HOUR) == 0
    assert tell_everybody(row.pk, now=NOW + HOUR) == 0, "a job of before tells nobody else"
    assert announce_current(late) == 1
    assert announce_current(late + HOUR) == 0
    told = [tell_everybody(row.pk, now=late), tell_everybody(row.pk, now=late)]
    assert told == [User.objects.count(), 0]
    assert bell_of(reader) == [late], "in the place of what was told before"


def test_a_change_of_words_tells_nobody_again(left: list[dict[str, Any]]) -> None:
    by, reader = person("manager"), person("reader")
    row = announcement()
    changed = Announcement.objects.get(pk=row.pk)  # the form was opened before it was told
    announce_current(NOW)
    tell_everybody(row.pk, now=NOW)
    changed.text_en, changed.starts_at = "We close at ten.", NOW - HOUR
    save_announcement(changed, by=by, now=NOW + HOUR)
    assert announce_current(NOW + HOUR) == 0
    assert tell_everybody(row.pk, now=NOW + HOUR) == 0
    assert bell_of(reader) == [NOW]

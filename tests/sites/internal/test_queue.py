"""The office's first screen: what waits, the oldest first, for those who may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sites.accounts.models import User
from sites.books.models import Chapter, Status
from sites.internal.queue import SHOWN, waiting
from tests.sites.desk.people import SmallHouse

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_the_oldest_draft_stands_first(house: SmallHouse) -> None:
    # What its writer means to publish later does not wait less for that.
    Chapter.objects.filter(pk=house.foreign_chapter.pk).update(
        created_at=NOW - timedelta(days=9), publish_at=NOW + timedelta(days=99)
    )
    Chapter.objects.filter(pk=house.chapter.pk).update(created_at=NOW - timedelta(days=3))
    Chapter.objects.create(book=house.own, number=2, title="Terbit", status=Status.PUBLISHED)
    queue = waiting(house.people["editor"])
    assert queue.chapters == [house.foreign_chapter, house.chapter]
    page = house.visitor("internal", "editor").get("/").content.decode()
    assert page.index("Bab Danau") < page.index("Bab Laut")
    assert "Terbit" not in page


def test_each_sees_what_their_role_may(house: SmallHouse) -> None:
    seen = {role: waiting(house.people[role]) for role in ("support", "operator", "moderator")}
    assert seen["support"].chapters is None
    assert seen["support"].books is not None
    assert seen["operator"].books is None
    assert seen["operator"].newcomers is not None
    assert seen["moderator"].chapters is not None
    assert seen["moderator"].newcomers is None
    page = house.visitor("internal", "moderator").get("/").content.decode()
    assert "reader@contoh.example" not in page


def test_a_long_queue_is_cut_to_a_screen(house: SmallHouse) -> None:
    for number in range(2, SHOWN + 10):
        Chapter.objects.create(book=house.own, number=number, title=f"Bab {number}")
    User.objects.bulk_create(User(email=f"{n}@contoh.example") for n in range(SHOWN + 10))
    queue = waiting(house.people["superuser"])
    assert queue.chapters is not None
    assert queue.newcomers is not None
    assert (len(queue.chapters), len(queue.newcomers)) == (SHOWN, SHOWN)

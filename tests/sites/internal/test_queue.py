"""The office's first screen: what waits, the oldest first, for those who may see it."""

from __future__ import annotations

from sites.accounts.models import User
from sites.books.actions.own_submission import own_submission
from sites.internal.queue import SHOWN, waiting
from tests.sites.desk.people import SmallHouse
from tests.sites.internal.submitted import NOW, another, submitted


def test_what_waits_longest_stands_first(house: SmallHouse) -> None:
    newer = another(house, 1, days_ago=2)
    older = submitted(house, days_ago=9)
    editor = house.people["editor"]
    own_submission(older.book, owner=editor, by=editor, now=NOW)
    queue = waiting(editor, NOW)
    assert queue.submissions is not None
    assert [(item.submission, item.age) for item in queue.submissions] == [
        (older, "1\xa0week"),
        (newer, "2\xa0days"),
    ]
    page = house.visitor("internal", "editor").get("/").content.decode()
    assert page.index("Laut") < page.index("Buku 1")
    assert f'href="/approvals/{older.pk}/"' in page


def test_each_sees_what_their_role_may(house: SmallHouse) -> None:
    submitted(house)
    seen = {role: waiting(house.people[role], NOW) for role in ("support", "editor", "manager")}
    assert seen["support"].submissions is None
    assert seen["support"].newcomers is not None
    assert seen["editor"].submissions is not None
    assert seen["editor"].newcomers is None
    assert seen["manager"].submissions is not None
    page = house.visitor("internal", "editor").get("/").content.decode()
    assert "reader@contoh.example" not in page


def test_a_long_queue_is_cut_to_a_screen(house: SmallHouse) -> None:
    for number in range(SHOWN + 3):
        another(house, number, days_ago=number)
    User.objects.bulk_create(User(email=f"{n}@contoh.example") for n in range(SHOWN + 10))
    queue = waiting(house.people["superuser"], NOW)
    assert queue.submissions is not None
    assert queue.newcomers is not None
    assert (len(queue.submissions), len(queue.newcomers)) == (SHOWN, SHOWN)

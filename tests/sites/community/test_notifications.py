"""What the house tells a person waits for them, marked, on a page of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sites.accounts.models import User
from sites.books.models import Book
from sites.community.models import Kind, Notification
from sites.community.sentences import OF_A_PAGE, SENTENCES
from tests.house import visitor
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PATH = "/notifications/"


@pytest.fixture
def reader() -> User:
    return person("reader")


def told(reader: User, number: int = 1, title: str = "Laut") -> None:
    book, _new = Book.objects.get_or_create(title=title, slug="laut")
    Notification.objects.bulk_create(
        Notification(recipient=reader, kind=Kind.APPROVED, book=book, created_at=NOW)
        for _ in range(number)
    )


def test_every_kind_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Kind.values)


def test_a_stranger_is_led_to_the_door_and_back() -> None:
    answer = visitor("main").get(PATH)
    assert answer.status_code == 302
    assert answer["Location"].endswith(
        "next=http%3A%2F%2Fesensi.localhost%3A8000%2Fnotifications%2F"
    )


def test_the_bell_points_at_what_is_new_until_it_was_read(reader: User) -> None:
    told(reader, title="<b>Laut</b>")
    client = visitor("main")
    client.force_login(reader)
    assert "Notifications, 1 new" in client.get("/").content.decode()
    page = client.get(PATH).content.decode()
    assert "“&lt;b&gt;Laut&lt;/b&gt;” was approved" in page
    newest = Notification.objects.get().pk
    answer = client.post(f"{PATH}read/", {"up_to": str(newest)})
    assert answer.status_code == 302
    assert "Notifications, 1 new" not in client.get("/").content.decode()
    assert "Mark all as read" not in client.get(PATH).content.decode()


def test_what_came_after_the_page_was_opened_stays_new(reader: User) -> None:
    told(reader)
    seen = Notification.objects.get().pk
    told(reader)
    client = visitor("main")
    client.force_login(reader)
    client.post(f"{PATH}read/", {"up_to": str(seen)})
    assert Notification.objects.to(reader).unread().count() == 1


def test_nobody_reads_what_another_was_told(reader: User) -> None:
    told(reader)
    client = visitor("main")
    client.force_login(person("author"))
    assert "Laut" not in client.get(PATH).content.decode()
    client.post(f"{PATH}read/", {"up_to": "9" * 18})
    assert Notification.objects.to(reader).unread().count() == 1


def test_a_long_list_has_pages(reader: User) -> None:
    told(reader, OF_A_PAGE + 1)
    client = visitor("main")
    client.force_login(reader)
    first, second = (client.get(PATH, {"page": page}).content.decode() for page in ("1", "2"))
    assert (first.count('class="new"'), second.count('class="new"')) == (OF_A_PAGE, 1)
    assert "?page=2" in first
    assert "?page=3" not in second

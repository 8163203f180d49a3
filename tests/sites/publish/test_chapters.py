"""A book's chapters at the writing desk: their order, what is scheduled, and links to a preview."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from sites.books.models import Book, BookStatus, Chapter, PreviewLink, Status
from sites.publish.chapters_scheduled import scheduled
from tests.house import visitor
from tests.sites.desk.forms import edit
from tests.sites.desk.people import SmallHouse


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


@pytest.fixture
def rows(house: SmallHouse) -> list[Chapter]:
    """Three chapters of the author's book."""
    Chapter.objects.bulk_create(
        Chapter(book=house.own, number=number, title=title)
        for number, title in ((2, "Dua"), (3, "Tiga"))
    )
    return list(house.own.chapters.order_by("number"))


def titles(book: Book) -> list[str]:
    return list(book.chapters.order_by("number").values_list("title", flat=True))


def said(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_whole_order_is_stored(house: SmallHouse, author: Client, rows: list[Chapter]) -> None:
    path = f"/books/book/{house.own.pk}/chapters/"
    seen = " ".join(row.uid for row in rows)
    order = " ".join(row.uid for row in reversed(rows))
    assert f'name="seen" value="{seen}"' in said(author, path)
    assert author.post(path, {"seen": seen, "order": order}).status_code == 302
    assert titles(house.own) == ["Tiga", "Dua", "Bab Laut"]
    assert "2 chapters have new numbers." in said(author, path)


def test_without_scripts_an_arrow_moves_one_chapter(
    house: SmallHouse, author: Client, rows: list[Chapter]
) -> None:
    path = f"/books/book/{house.own.pk}/chapters/"
    seen = " ".join(row.uid for row in rows)
    author.post(path, {"seen": seen, "order": seen, "up": rows[2].uid})
    assert titles(house.own) == ["Bab Laut", "Tiga", "Dua"]
    seen = " ".join(house.own.chapters.order_by("number").values_list("uid", flat=True))
    author.post(path, {"seen": seen, "order": seen, "down": rows[0].uid})
    assert titles(house.own) == ["Tiga", "Bab Laut", "Dua"]
    seen = " ".join(house.own.chapters.order_by("number").values_list("uid", flat=True))
    author.post(path, {"seen": seen, "order": seen, "down": rows[1].uid})  # the last one
    author.post(path, {"seen": seen, "order": seen, "up": "nobody"})
    assert titles(house.own) == ["Tiga", "Bab Laut", "Dua"]


def test_an_order_of_what_is_no_longer_there_is_refused_with_a_sentence(
    house: SmallHouse, author: Client, rows: list[Chapter]
) -> None:
    path = f"/books/book/{house.own.pk}/chapters/"
    seen = " ".join(row.uid for row in rows)
    rows[1].delete()
    author.post(path, {"seen": seen, "order": " ".join(reversed(seen.split()))})
    assert "was changed by somebody else in the meantime" in said(author, path)
    assert titles(house.own) == ["Bab Laut", "Tiga"]


@pytest.mark.parametrize("page", ["chapters", "preview"])
def test_other_peoples_books_are_not_there(house: SmallHouse, author: Client, page: str) -> None:
    path = f"/books/book/{house.foreign.pk}/{page}/"
    assert author.get(path).status_code == 404
    assert author.post(path, {"days": "7"}).status_code == 404
    assert house.visitor("publish", "editor").get(path).status_code == 200
    assert house.visitor("publish", "anonymous").get(path).status_code == 302
    assert not PreviewLink.objects.exists()


def test_a_scheduled_chapter_appears_by_itself_at_its_moment(
    house: SmallHouse, author: Client
) -> None:
    Book.objects.filter(pk=house.own.pk).update(status=BookStatus.PUBLISHED)
    path = f"/books/chapter/{house.chapter.pk}/change/"
    assert "Asia/Jakarta, WIB, UTC+07:00" in said(author, path)
    edit(author, path, status="published", publish_at_0="2126-12-03", publish_at_1="08:00")
    moment = datetime(2126, 12, 3, 1, tzinfo=UTC)  # eight o'clock in Jakarta
    assert Chapter.objects.get(pk=house.chapter.pk).publish_at == moment
    stranger = AnonymousUser()
    readable = Chapter.objects.readable_by
    assert not readable(stranger, moment - timedelta(seconds=1)).exists()
    assert readable(stranger, moment).get() == house.chapter


def test_what_is_scheduled_is_listed_the_next_first(
    house: SmallHouse, author: Client, rows: list[Chapter], django_assert_num_queries: Any
) -> None:
    now = datetime(2126, 1, 1, tzinfo=UTC)
    Book.objects.filter(pk=house.own.pk).update(
        status=BookStatus.PUBLISHED, publish_at=now + timedelta(days=2)
    )
    for row, days in zip(rows, (3, 1, -1), strict=True):
        Chapter.objects.filter(pk=row.pk).update(
            status=Status.PUBLISHED, publish_at=now + timedelta(days=days)
        )
    Chapter.objects.filter(pk=house.foreign_chapter.pk).update(
        status=Status.PUBLISHED, publish_at=now + timedelta(days=1)
    )
    user = house.people["author"]
    user.is_one_of("author")  # the roles are known from here on
    with django_assert_num_queries(2):
        planned = scheduled(user, now=now)
    assert [(row.chapter and row.chapter.title, row.waits) for row in planned] == [
        ("Dua", True),
        (None, False),
        ("Bab Laut", False),
    ]
    page = said(author, "/scheduled/")
    assert page.index("Dua") < page.index("The whole book") < page.index("Bab Laut")
    assert "The book itself is not out by then" in page
    assert "Bab Danau" not in page


def test_a_drafts_moment_is_a_wish_and_not_a_plan(house: SmallHouse) -> None:
    now = timezone.now()
    Book.objects.filter(pk=house.own.pk).update(publish_at=now + timedelta(days=1))
    Chapter.objects.filter(pk=house.chapter.pk).update(publish_at=now + timedelta(days=1))
    assert scheduled(house.people["author"], now=now) == []


def test_a_preview_link_is_made_shown_and_ended(house: SmallHouse, author: Client) -> None:
    path = f"/books/book/{house.own.pk}/preview/"
    author.post(path, {"do": "make", "days": "7"})
    page = said(author, path)
    address = page.split('readonly dir="ltr" value="')[1].split('"')[0]
    assert address.startswith("http://chapter.esensi.localhost")
    reader = visitor("chapter")
    where = "/" + address.split("/", 3)[3]
    assert reader.get(where).status_code == 200
    author.post(path, {"do": "end"})
    assert "1 link has ended." in said(author, path)
    assert reader.get(where).status_code == 404


@pytest.mark.parametrize("days", ["", "0", "31", "x", "٣", "9" * 30])
def test_days_that_are_none_are_refused_with_a_sentence(
    house: SmallHouse, author: Client, days: str
) -> None:
    path = f"/books/book/{house.own.pk}/preview/"
    author.post(path, {"do": "make", "days": days})
    assert "A preview link lasts for 1 to 30 days." in said(author, path)
    assert not PreviewLink.objects.exists()

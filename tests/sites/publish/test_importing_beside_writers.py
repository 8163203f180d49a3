"""A file takes nobody's words away: not while somebody else writes in a chapter that it changes."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from sites.books.actions.give_lease_back import give_lease_back
from sites.books.actions.import_chapters import ChaptersHeld, write_imported_chapters
from sites.books.actions.import_plan import Occasion
from sites.books.actions.take_lease import take_lease
from sites.books.importers.formats import read_book
from sites.books.leases import Hold, Lease
from sites.books.models import Chapter, ChapterLease
from tests.sites.desk.people import SmallHouse
from tests.sites.publish.test_importing import do, said, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


def write_as(house: SmallHouse, role: str, chapter: Chapter) -> Lease:
    return take_lease(chapter, by=house.people[role], page=role)


def test_while_somebody_else_writes_in_a_chapter_the_file_changes_nothing(
    author: Client, house: SmallHouse
) -> None:
    text = f"# {house.chapter.title}\n\nOnly this now.".encode()
    upload(author, text, name="one.md", book=house.own.pk)
    lease = write_as(house, "editor", house.chapter)
    response = do(author, "confirm")
    assert f"“{house.chapter.title}” (Editor)" in said(response)
    house.chapter.refresh_from_db()
    assert "Only this now." not in house.chapter.text
    assert not house.chapter.revisions.filter(created_by=house.people["author"]).exists()
    page = response.content.decode()
    assert f"/books/chapter/{house.chapter.pk}/change/" in page
    assert "Ask for these chapters" in page

    assert "You have asked." in said(do(author, "ask"))
    held = ChapterLease.objects.get()
    assert held.asked_by == house.people["author"]
    give_lease_back(house.chapter, by=house.people["editor"], hold=Hold(lease.number, lease.page))
    do(author, "confirm")
    house.chapter.refresh_from_db()
    assert "Only this now." in house.chapter.text


def test_a_lease_of_ones_own_or_in_a_chapter_that_stays_is_in_nobodys_way(
    author: Client, house: SmallHouse
) -> None:
    other = Chapter.objects.create(book=house.own, number=2, title="Lain", text="<p>Lain.</p>")
    text = f"# {house.chapter.title}\n\nOnly this now.".encode()
    upload(author, text, name="one.md", book=house.own.pk)
    write_as(house, "author", house.chapter)
    write_as(house, "editor", other)
    response = do(author, "confirm")
    assert "is imported" in said(response)
    house.chapter.refresh_from_db()
    assert "Only this now." in house.chapter.text


def test_a_lease_that_has_ended_is_in_nobodys_way(author: Client, house: SmallHouse) -> None:
    text = f"# {house.chapter.title}\n\nOnly this now.".encode()
    upload(author, text, name="one.md", book=house.own.pk)
    write_as(house, "editor", house.chapter)
    ChapterLease.objects.update(expires_at=F("expires_at") - timedelta(hours=1))
    assert "is imported" in said(do(author, "confirm"))


def test_the_command_line_takes_no_words_from_anybody_either(house: SmallHouse) -> None:
    text = f"# {house.chapter.title}\n\nOnly this now.".encode()
    imported = read_book(io.BytesIO(text), name="one.md")
    write_as(house, "author", house.chapter)
    occasion = Occasion(None, timezone.now(), publish=False, chosen=True)
    with pytest.raises(ChaptersHeld):
        write_imported_chapters(house.own, [house.chapter], imported.chapters, occasion)
    house.chapter.refresh_from_db()
    assert "Only this now." not in house.chapter.text

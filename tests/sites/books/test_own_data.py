"""Somebody leaves the house while others write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.utils import timezone

from realtime.models import Event
from sites.accounts.actions.erase_person import erase_person_forever
from sites.accounts.models import User
from sites.accounts.personal_data import Wishes
from sites.books.actions.take_lease import take_lease
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Author, Authorship, Book, Chapter, Status
from tests.sites.books.actions.people import author_with_book
from tests.sites.books.search.test_writers_at_once import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_draft_that_gets_another_name_at_the_moment_its_author_leaves_stays() -> None:
    ratih, book = author_with_book()
    Chapter.objects.create(book=book, number=1, title="Satu")
    friend = Author.objects.create(name="Bayu", slug="bayu")
    with transaction.atomic():
        Authorship.objects.create(book=book, author=friend)
        leaving = meanwhile(lambda: erase_person_forever(ratih, wishes=Wishes(), by=ratih, now=NOW))
    leaving.end()
    assert not User.objects.filter(pk=ratih.pk).exists()
    assert Book.objects.get().chapters.count() == 1


def test_no_name_stays_in_what_was_told_to_those_who_wrote_along() -> None:
    ratih, book = author_with_book()
    friend = Author.objects.create(name="Bayu", slug="bayu")
    Authorship.objects.create(book=book, author=friend)
    held, stored = (
        Chapter.objects.create(book=book, number=number, title="Bab", status=Status.PUBLISHED)
        for number in (1, 2)
    )
    now = timezone.now()
    take_lease(held, by=ratih, page="a" * 32)
    write_chapter(stored, title="Bab", text="<p>Kabut.</p>", by=ratih, now=now)
    write_chapter(stored, title="Bab", text="<p>Kabut turun.</p>", by=ratih, now=now)
    rooms = {f"writing.{held.pk}", f"writing.{stored.pk}"}
    told = Event.objects.filter(room__name__in=rooms)
    assert set(told.values_list("room__name", flat=True)) == rooms
    erase_person_forever(ratih, wishes=Wishes(), by=ratih, now=now)
    assert not told.exists()

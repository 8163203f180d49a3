"""Somebody leaves the house while others write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from sites.accounts.actions.erase_person import erase_person_forever
from sites.accounts.models import User
from sites.accounts.personal_data import Wishes
from sites.books.models import Author, Authorship, Book, Chapter
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

"""Moments of publishing: what every reader sees when, and which moments there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from sites.books.models import Book, Chapter, Status

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENTS = [
    (Status.PUBLISHED, None, True),
    (Status.PUBLISHED, NOW, True),
    (Status.PUBLISHED, NOW + timedelta(microseconds=1), False),
    (Status.DRAFT, None, False),
    (Status.DRAFT, NOW - timedelta(days=1), False),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "publish_at", "out"), MOMENTS)
def test_the_query_and_the_row_agree_on_what_is_out(
    status: Status, publish_at: datetime | None, out: bool
) -> None:
    book = Book.objects.create(title="Laut", slug="laut", status=status, publish_at=publish_at)
    assert book.is_out(NOW) == out
    assert Book.objects.published(NOW).exists() == out


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "publish_at", "out"), MOMENTS)
def test_a_chapter_is_out_with_its_book_alone(
    status: Status, publish_at: datetime | None, out: bool
) -> None:
    shown = Book.objects.create(title="A", slug="a", status=Status.PUBLISHED)
    hidden = Book.objects.create(title="B", slug="b", status=status, publish_at=publish_at)
    Chapter.objects.create(book=shown, number=1, title="A", status=status, publish_at=publish_at)
    Chapter.objects.create(book=hidden, number=1, title="B", status=Status.PUBLISHED)
    found = set(Chapter.objects.published(NOW).values_list("title", flat=True))
    assert found == ({"A", "B"} if out else set())


@pytest.mark.django_db
@pytest.mark.parametrize("year", [1, 1999, 2200, 9999])
def test_a_moment_that_no_house_publishes_at_is_refused_by_form_and_database(year: int) -> None:
    moment = datetime(year, 6, 1, tzinfo=UTC)
    book = Book(title="Laut", slug="laut", publish_at=moment)
    with pytest.raises(ValidationError, match="2199"):
        book.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        book.save()
    kept = Book.objects.create(title="Laut", slug="laut", created_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Chapter.objects.create(book=kept, number=1, title="A", publish_at=moment)

"""Counting stops where nobody looks any more."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template

from sites.books.models import Tag
from sites.desk import paging
from sites.desk.paging import FirstPages
from tests.sites.desk.people import SmallHouse


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "ROWS_COUNTED", 100)


@pytest.mark.parametrize(
    ("rows", "count", "pages"), [(99, "99", 2), (100, "100", 2), (130, "100+", 2)]
)
@pytest.mark.django_db
def test_the_number_says_whether_it_is_the_whole(rows: int, count: str, pages: int) -> None:
    Tag.objects.bulk_create(Tag(slug=f"{n}", name=f"{n}") for n in range(rows))
    paginator = FirstPages(Tag.objects.order_by("pk"), 50)
    shown = Template("{{ n }}").render(Context({"n": paginator.count}))
    assert (shown, paginator.num_pages) == (count, pages)


def test_the_list_shows_it_and_ends_there(house: SmallHouse, settings: Any) -> None:
    Tag.objects.bulk_create(Tag(slug=f"{n}", name=f"{n}") for n in range(130))
    client = house.visitor("internal", "superuser")
    assert "100+" in client.get("/books/tag/").content.decode()
    assert client.get("/books/tag/?p=2").status_code == 200
    assert client.get("/books/tag/?p=3").status_code == 302

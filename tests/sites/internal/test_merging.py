"""Merge at the office: choose, see what would move, confirm."""

from __future__ import annotations

from typing import Any

import pytest

from sites.books.models import Author, Authorship, Genre, Tag
from tests.sites.desk.people import SmallHouse

MOST_QUERIES = 12


@pytest.fixture
def twins(house: SmallHouse) -> tuple[Author, Author]:
    """The small house's two authors: the first with an account."""
    first, second = Author.objects.order_by("-user")[::-1]
    return (first, second) if first.user_id else (second, first)


def test_what_would_move_is_shown_before_anything_does(
    house: SmallHouse, twins: tuple[Author, Author], django_assert_max_num_queries: Any
) -> None:
    kept, gone = twins
    manager = house.visitor("internal", "manager")
    assert 'href="merge/"' in manager.get("/books/author/").content.decode()
    with django_assert_max_num_queries(MOST_QUERIES):
        page = manager.get(f"/books/author/merge/?into={kept.pk}&others={gone.pk}")
    assert "1 book would move" in page.content.decode()
    assert Author.objects.count() == 2
    answer = manager.post("/books/author/merge/", {"into": kept.pk, "others": [gone.pk]})
    assert answer.headers["Location"] == f"/books/author/{kept.pk}/change/"
    assert set(Authorship.objects.values_list("author", flat=True)) == {kept.pk}
    again = manager.post("/books/author/merge/", {"into": kept.pk, "others": [gone.pk]})
    assert again.status_code == 200  # sent twice: the other is no choice any more


def test_a_refusal_comes_back_as_a_sentence(
    house: SmallHouse, twins: tuple[Author, Author]
) -> None:
    kept, gone = twins
    Author.objects.filter(pk=gone.pk).update(user=house.people["reader"])
    manager = house.visitor("internal", "manager")
    page = manager.post("/books/author/merge/", {"into": kept.pk, "others": [gone.pk]})
    assert "different accounts" in page.content.decode()
    page = manager.get(f"/books/author/merge/?into={kept.pk}&others={kept.pk}")
    assert "What stays cannot also go" in page.content.decode()


def test_genres_and_tags_have_the_same_way(house: SmallHouse) -> None:
    genre = Genre.objects.create(slug="roman", name_en="Roman", name_id="Roman")
    tag = Tag.objects.create(slug="samudra", name="samudra")
    manager = house.visitor("internal", "manager")
    manager.post("/books/genre/merge/", {"into": house.genre.pk, "others": [genre.pk]})
    manager.post("/books/tag/merge/", {"into": house.tag.pk, "others": [tag.pk]})
    assert (Genre.objects.count(), Tag.objects.count()) == (1, 1)


@pytest.mark.parametrize("role", ["editor", "moderator", "support", "operator"])
def test_who_may_not_delete_authors_may_not_merge_them(
    house: SmallHouse, twins: tuple[Author, Author], role: str
) -> None:
    client = house.visitor("internal", role)
    assert client.get("/books/author/merge/").status_code == 403
    sent = {"into": twins[0].pk, "others": [twins[1].pk]}
    assert client.post("/books/author/merge/", sent).status_code == 403
    assert Author.objects.count() == 2


@pytest.mark.parametrize(
    "query", ["?into=x&others=%00", "?into=&others=", "?others=99999999999999999999"]
)
def test_typed_nonsense_is_no_server_error(house: SmallHouse, query: str) -> None:
    client = house.visitor("internal", "manager")
    assert client.get(f"/books/tag/merge/{query}").status_code == 200

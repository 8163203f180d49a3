"""The address of an author or a genre that was merged leads on for good."""

from __future__ import annotations

import pytest

from sites.books.models import Author, Genre, MergedSlug
from tests.house import visitor
from tests.sites.main.factory import make_book

pytestmark = pytest.mark.django_db


def test_a_merged_author_leads_to_the_one_that_was_kept() -> None:
    make_book("laut", author="Ratih")
    kept = Author.objects.get()
    MergedSlug.objects.create(slug="r-sekar", author=kept)
    MergedSlug.objects.create(slug=kept.slug, author=kept)
    client = visitor("main")
    answer = client.get("/authors/r-sekar/?page=2")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/authors/{kept.slug}/")
    assert client.get(f"/authors/{kept.slug}/").status_code == 200
    assert client.get("/genres/r-sekar/").status_code == 404
    assert client.get("/authors/nobody/").status_code == 404


def test_a_merged_genre_leads_on_until_its_address_is_taken_anew() -> None:
    kept = Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel")
    MergedSlug.objects.create(slug="roman", genre=kept)
    client = visitor("main")
    answer = client.get("/genres/roman/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/genres/novel/")
    Genre.objects.create(slug="roman", name_en="Roman", name_id="Roman")
    assert client.get("/genres/roman/").status_code == 200

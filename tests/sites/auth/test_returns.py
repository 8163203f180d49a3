"""What somebody returns to after signing in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sites.auth.returns import find_return, public_address
from sites.links import host_root, host_url
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db


def test_books_and_chapters_are_found_behind_their_addresses() -> None:
    book = make_book("laut", chapters=2)
    now = timezone.now()
    for address in (host_url("main", "book", "laut"), host_url("chapter", "contents", "laut")):
        found = find_return(address + "?page=2#p-aaaaaaaa", now)
        assert found
        assert (found.book, found.chapter) == (book, None)
    found = find_return(host_url("chapter", "read", "laut", 2), now)
    assert found
    assert found.chapter
    assert (found.book, found.chapter.number) == (book, 2)


def test_nothing_is_shown_of_what_is_not_out() -> None:
    now = timezone.now()
    draft("rahasia")
    make_book("besok", publish_at=now + timedelta(days=1))
    for slug in ("rahasia", "besok", "tidak-ada"):
        assert find_return(host_url("main", "book", slug), now) is None
        assert find_return(host_url("chapter", "read", slug, 1), now) is None


def test_other_addresses_cost_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    now = timezone.now()
    addresses = [
        "/",
        "https://evil.example/books/laut/",
        host_url("main", "home"),
        host_url("auth", "account"),
        f"{host_root('main')}/no/such/page",
        f"{host_root('publish')}/books/book/",
        f"{host_root('chapter')}/laut/99999999999999999999999/x",
    ]
    with django_assert_num_queries(0):
        assert {find_return(address, now) for address in addresses} == {None}


def test_an_impossible_chapter_number_is_no_chapter() -> None:
    address = f"{host_root('chapter')}/laut/99999999999999999999/"
    assert find_return(address, timezone.now()) is None


def test_reading_on_without_an_account_leads_to_public_pages_alone() -> None:
    book = host_url("main", "book", "laut")
    assert public_address(book) == book
    for address in (host_root("publish") + "/", "/", "https://evil.example/"):
        assert public_address(address) == host_url("main", "home")

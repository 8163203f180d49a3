"""The list of submissions: who sees it, in which order, and what its filters find."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from sites.books.actions.decide_on_book import reject_book
from sites.books.actions.own_submission import own_submission
from tests.sites.desk.people import ROLES, SmallHouse
from tests.sites.internal.submitted import NOW, another, submitted

PATH = "/approvals/"


def titles(answer: HttpResponse) -> list[str]:
    found: Any = answer.context["cl"].result_list  # type: ignore[attr-defined]
    return [submission.book.title for submission in found]


def test_what_waits_longest_stands_first(house: SmallHouse) -> None:
    another(house, 1, days_ago=2)
    submitted(house, days_ago=9)
    another(house, 2, days_ago=5)
    assert titles(house.visitor("internal", "editor").get(PATH)) == ["Laut", "Buku 2", "Buku 1"]


def test_the_filters_find_mine_nobodys_and_what_is_decided(house: SmallHouse) -> None:
    editor = house.people["editor"]
    mine, free, done = (another(house, n, days_ago=n) for n in (1, 2, 3))
    own_submission(mine.book, owner=editor, by=editor, now=NOW)
    reject_book(done.book, comment="Belum.", by=editor, now=NOW)
    client = house.visitor("internal", "editor")
    assert titles(client.get(f"{PATH}?state=mine")) == [mine.book.title]
    assert titles(client.get(f"{PATH}?state=nobodys")) == [free.book.title]
    assert titles(client.get(f"{PATH}?state=decided")) == [done.book.title]
    assert titles(client.get(PATH)) == [free.book.title, mine.book.title]
    page = client.get(PATH).content.decode()
    assert "Editor" in page
    assert "nobody yet" in page


def test_a_row_leads_to_its_page_and_says_how_long_it_waits(house: SmallHouse) -> None:
    submission = submitted(house)
    page = house.visitor("internal", "editor").get(PATH).content.decode()
    assert f'href="/approvals/{submission.pk}/' in page
    assert "Penulis Laut" in page


def test_the_list_is_for_those_who_decide(house: SmallHouse) -> None:
    submitted(house)
    found = {role: house.visitor("internal", role).get(PATH).status_code for role in ROLES}
    expected = dict.fromkeys(ROLES, 403) | dict.fromkeys(("editor", "manager", "superuser"), 200)
    assert found == expected


@pytest.mark.parametrize(
    "path",
    [
        "/books/book/",
        "/books/chapter/",
        "/books/revision/",
        "/books/author/",
        "/books/genre/",
        "/books/tag/",
        "/accounts/user/",
        "/books/book/{own}/change/",
        "/books/genre/{genre}/change/",
    ],
)
def test_editors_see_approvals_only(house: SmallHouse, path: str) -> None:
    address = path.format(own=house.own.pk, genre=house.genre.pk)
    assert house.visitor("internal", "editor").get(address).status_code == 403
    assert house.visitor("internal", "superuser").get(address).status_code == 200


def test_the_sidebar_of_an_editor_offers_approvals_alone(house: SmallHouse) -> None:
    def entries(role: str) -> list[str]:
        groups = house.visitor("internal", role).get("/").context["groups"]
        return [entry.title for group in groups for entry in group.entries]

    assert entries("editor") == ["Approvals"]
    assert "Approvals" not in entries("moderator")
    assert {"Approvals", "Books", "People"} <= set(entries("manager"))


@pytest.mark.parametrize("query", ["?state=x", "?q=%00", "?p=-1", "?state=mine&o=1.2"])
def test_a_typed_address_is_no_server_error(house: SmallHouse, query: str) -> None:
    submitted(house)
    assert house.visitor("internal", "editor").get(PATH + query).status_code in (200, 302)

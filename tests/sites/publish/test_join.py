"""A reader who comes to the writing desk becomes an author, and changes their page afterwards."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client

from sites.accounts.models import User
from sites.books.models import Author
from tests.sites.desk.people import SmallHouse


@pytest.fixture
def reader(house: SmallHouse) -> Client:
    return house.visitor("publish", "reader")


def test_a_reader_is_led_from_the_desk_to_the_form_and_back_to_where_they_wanted(
    reader: Client, house: SmallHouse
) -> None:
    led = reader.get("/books/book/add/?x=1")
    assert led.status_code == 302
    assert led.headers["Location"] == "/join/?next=%2Fbooks%2Fbook%2Fadd%2F%3Fx%3D1"
    page = reader.get(led.headers["Location"])
    assert page.status_code == 200
    assert 'value="Reader"' in page.content.decode()  # the account's name is a beginning
    sent = {"name": "Sri Lestari", "bio": "Menulis.", "next": "/books/book/add/?x=1"}
    done = reader.post("/join/", sent)
    assert (done.status_code, done.headers["Location"]) == (302, "/books/book/add/?x=1")
    assert reader.get("/books/book/add/").status_code == 200
    assert Author.objects.get(user=house.people["reader"]).slug == "sri-lestari"


def test_a_second_click_ends_at_the_desk(reader: Client) -> None:
    for _click in range(2):
        answer = reader.post("/join/", {"name": "Sri"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert Author.objects.filter(name="Sri").count() == 1


def test_a_stranger_signs_in_first_and_comes_back_to_the_form(house: SmallHouse) -> None:
    answer = house.visitor("publish", "anonymous").get("/join/?next=/books/book/")
    target = urlsplit(answer.headers["Location"])
    assert target.netloc == settings.HOST_NAMES.domains["auth"]
    back = parse_qs(target.query)["next"][0]
    assert back.endswith("/join/?next=/books/book/")


def test_what_cannot_be_a_name_comes_back_with_a_sentence_and_as_it_was_typed(
    reader: Client,
) -> None:
    for name in ("", "\u200b", "x" * 300, "\x00"):
        page = reader.post("/join/", {"name": name, "bio": "Tetap di sini."})
        assert page.status_code == 200, name
        assert "Tetap di sini." in page.content.decode()
        assert page.context["form"].errors["name"]
    assert Author.objects.count() == 2


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "x" * 5000,
    ],
)
def test_nobody_is_led_out_of_the_house(reader: Client, target: str) -> None:
    assert reader.post("/join/", {"name": "Sri", "next": target}).headers["Location"] == "/"


def test_who_is_entered_among_the_authors_only_says_yes(house: SmallHouse, reader: Client) -> None:
    Author.objects.create(name="Ratih Dewi", slug="ratih", user=house.people["reader"])
    assert "Ratih Dewi" in reader.get("/join/").content.decode()
    assert reader.post("/join/").status_code == 302
    assert reader.get("/").status_code == 200


def test_a_role_taken_away_stays_away_and_the_page_says_so(
    house: SmallHouse, reader: Client
) -> None:
    reader.post("/join/", {"name": "Sri"})
    person = User.objects.get(pk=house.people["reader"].pk)
    person.groups.remove(Group.objects.get(name="author"))
    assert reader.get("/").status_code == 302
    for answer in (reader.get("/join/"), reader.post("/join/", {"name": "Sri"})):
        assert answer.status_code == 403
        assert "Write to the editors" in answer.content.decode()


def test_an_author_changes_their_own_page(house: SmallHouse) -> None:
    author = house.visitor("publish", "author")
    assert "Penulis Laut" in author.get("/profile/").content.decode()
    assert author.post("/profile/", {"name": "Laut Baru", "bio": "Ya."}).status_code == 302
    profile = Author.objects.get(user=house.people["author"])
    assert (profile.name, profile.bio, profile.slug) == ("Laut Baru", "Ya.", "penulis-Laut")
    refused = author.post("/profile/", {"name": "…", "bio": ""})
    assert refused.status_code == 200
    assert refused.context["form"].errors["name"]


def test_an_editor_without_a_name_is_led_to_give_one(house: SmallHouse) -> None:
    editor = house.visitor("publish", "editor")
    assert editor.get("/profile/").headers["Location"] == "/join/"
    assert editor.post("/join/", {"name": "Sunting"}).status_code == 302
    assert editor.get("/profile/").status_code == 200


@pytest.mark.parametrize("key", ["main", "auth", "chapter"])
def test_menus_offer_it_to_those_who_are_none_yet(house: SmallHouse, key: str) -> None:
    for role, offered in (("reader", True), ("author", False), ("anonymous", False)):
        page = house.visitor(key, role).get("/", follow=key == "auth").content.decode()
        assert ("publish.esensi.localhost:8000/join/" in page) == offered, role

"""Names on a cover, as its authors see them: ask, take back, accept, decline, leave."""

from __future__ import annotations

import pytest
from django.test import Client

from sites.books.models import Author, AuthorInvitation, Authorship
from sites.community.sentences import told_to
from tests.sites.desk.people import SmallHouse


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


def path_of(house: SmallHouse) -> str:
    return f"/books/book/{house.own.pk}/names/"


def test_the_page_answers_alike_for_addresses_with_and_without_an_account(
    house: SmallHouse, author: Client
) -> None:
    path = path_of(house)
    pages = []
    for address in ("reader@contoh.example", "nobody@contoh.example"):
        sent = author.post(path, {"who": address, "role": "translator"}, follow=True)
        pages.append(sent.content.decode().count(address))
        assert sent.redirect_chain == [(path, 302)]
    assert pages[0] == pages[1] > 0
    assert AuthorInvitation.objects.count() == 2


def test_an_invited_reader_becomes_an_author_accepts_and_edits(
    house: SmallHouse, author: Client
) -> None:
    author.post(path_of(house), {"who": "reader@contoh.example", "role": "illustrator"})
    reader = house.visitor("publish", "reader")
    assert "asked to put your name on 1 cover" in reader.get("/join/").content.decode()
    reader.post("/join/", {"name": "Sri"})
    assert "Laut" in reader.get("/invitations/").content.decode()
    assert reader.get(path_of(house)).status_code == 404
    key = AuthorInvitation.objects.get().pk
    answered = reader.post("/invitations/", {"invitation": key, "answer": "accept"})
    assert answered.headers["Location"] == f"/books/book/{house.own.pk}/change/"
    assert reader.get(answered.headers["Location"]).status_code == 200
    assert Authorship.objects.get(author__name="Sri").role == "illustrator"
    again = reader.post("/invitations/", {"invitation": key, "answer": "accept"}, follow=True)
    assert "no longer open" in again.content.decode()


def test_somebody_elses_invitation_is_not_there_to_be_answered(
    house: SmallHouse, author: Client
) -> None:
    author.post(path_of(house), {"who": "nobody@contoh.example", "role": "author"})
    key = AuthorInvitation.objects.get().pk
    for value in (key, "x", "-1", "9" * 40, ""):
        answer = author.post("/invitations/", {"invitation": value, "answer": "decline"})
        assert answer.status_code in (302, 404)
    assert AuthorInvitation.objects.exists()


def test_a_declined_and_a_taken_back_question_leave_the_page(
    house: SmallHouse, author: Client
) -> None:
    path = path_of(house)
    author.post(path, {"who": "editor@contoh.example", "role": "author"})
    key = AuthorInvitation.objects.get().pk
    editor = house.visitor("publish", "editor")
    editor.post("/invitations/", {"invitation": key, "answer": "decline"})
    assert not AuthorInvitation.objects.exists()
    author.post(path, {"who": "Penulis Danau", "role": "author"})
    key = AuthorInvitation.objects.get().pk
    author.post(path, {"do": "take_back", "row": key})
    assert not AuthorInvitation.objects.exists()
    twice = author.post(path, {"do": "take_back", "row": key}, follow=True)
    assert "no longer open" in twice.content.decode()


@pytest.mark.parametrize("who", ["", "Tak Ada", "x@", "author@contoh.example", "\x00", "a" * 300])
def test_refusals_stand_below_the_field(house: SmallHouse, author: Client, who: str) -> None:
    page = author.post(path_of(house), {"who": who, "role": "author"})
    assert page.status_code == 200
    assert page.context["form"].errors["who"]
    assert not AuthorInvitation.objects.exists()


def test_the_last_author_stays_and_others_leave_for_good(house: SmallHouse, author: Client) -> None:
    path, own = path_of(house), house.own.authorships.get()
    stays = author.post(path, {"do": "leave", "row": own.pk}, follow=True)
    assert "last author" in stays.content.decode()
    other = Author.objects.get(slug="penulis-Danau")
    Authorship.objects.create(book=house.own, author=other)
    gone = author.post(path, {"do": "leave", "row": own.pk})
    assert gone.headers["Location"] == "/"
    assert author.get(path).status_code == 404


def test_editors_see_the_names_and_invite_nobody(house: SmallHouse) -> None:
    editor = house.visitor("publish", "editor")
    path = f"/books/book/{house.foreign.pk}/names/"
    page = editor.get(path)
    assert "Penulis Danau" in page.content.decode()
    assert 'name="who"' not in page.content.decode()
    refused = editor.post(path, {"who": "a@b.example", "role": "author"})
    assert refused.context["form"].errors["who"]
    for row in (house.foreign.authorships.get().pk, 0):
        editor.post(path, {"do": "leave", "row": row})
    assert house.foreign.authorships.exists()


def test_strangers_books_have_no_such_pages(house: SmallHouse, author: Client) -> None:
    for key in (house.foreign.pk, 999999, 10**18, 10**30):
        for page in ("names", "submission", "submission/say"):
            path = f"/books/book/{key}/{page}/"
            assert author.get(path).status_code == 404, path
            assert author.post(path, {"do": "submit"}).status_code == 404, path


def test_the_names_are_put_in_order(house: SmallHouse, author: Client) -> None:
    other = Author.objects.get(slug="penulis-Danau")
    second = Authorship.objects.create(book=house.own, author=other, position=2)
    assert "Move Penulis Danau up" in author.get(path_of(house)).content.decode()
    author.post(path_of(house), {"do": "move_up", "row": second.pk})
    assert [row.author.name for row in house.own.authorships.all()] == [
        "Penulis Danau",
        "Penulis Laut",
    ]


def test_the_bell_leads_who_is_asked_to_the_answer(house: SmallHouse, author: Client) -> None:
    author.post(path_of(house), {"who": "reader@contoh.example", "role": "translator"})
    (told, *_rest) = told_to(house.people["reader"], page=1)
    assert "asked to put your name" in told.sentence
    assert told.address.endswith("/invitations/")
    assert "publish." in told.address


def test_what_was_typed_is_shown_as_text(house: SmallHouse, author: Client) -> None:
    Author.objects.filter(slug="penulis-Danau").update(name="<b>x</b>@", slug="danau")
    for who in ('"<i>x</i>"@contoh.example', "danau"):
        page = author.post(path_of(house), {"who": who, "role": "author"}, follow=True)
        assert "<i>x</i>" not in page.content.decode()
        assert "<b>x</b>" not in page.content.decode()

"""The form of a new chapter: what is typed is kept, offered again, and gone with the save."""

from __future__ import annotations

from typing import Any

import pytest

from sites.books.models import Chapter, NewChapterDraft
from tests.sites.desk.people import SmallHouse

pytestmark = pytest.mark.django_db
ADD, KEEP = "/books/chapter/add/", "/books/new-chapter/"


class Page:
    """What ``writing.js`` says to the server, from an open form of a new chapter."""

    def __init__(self, house: SmallHouse, role: str, name: str) -> None:
        self.client, self.name = house.visitor("publish", role), name
        self.book, self.serial, self.sent = str(house.own.pk), 0, 0

    def keep(self, text: str, **facts: object) -> Any:
        self.sent += 1
        words = {"title": "Bab Baru", "text": text, "page": self.name, "sent": self.sent}
        sent = {**words, "book": self.book, "serial": self.serial, **facts}
        answer = self.client.post(KEEP, sent)
        if answer.status_code == 200:
            self.serial = answer.json()["serial"]
        return answer

    def form(self, query: str | None = None) -> str:
        asked = f"?book={self.book}" if query is None else query
        return self.client.get(ADD + asked).content.decode()

    def save(self, text: str, **facts: object) -> Any:
        sent = {
            "book": self.book,
            "title": "Bab Baru",
            "text": text,
            "status": "draft",
            "publish_at_0": "",
            "publish_at_1": "",
            "draft_page": self.name,
            "draft_sent": self.sent,
            "draft_serial": "0",
            "shown_book": "",
        }
        return self.client.post(ADD, {**sent, **facts})


@pytest.fixture
def author(house: SmallHouse) -> Page:
    return Page(house, "author", "aaaa")


def waiting() -> list[str]:
    return [row.text for row in NewChapterDraft.objects.filter(is_waiting=True)]


def test_what_was_typed_stands_in_the_form_on_the_next_visit(author: Page) -> None:
    assert author.keep("<p>Pasang dan surut.</p>").json() == {"serial": 1}
    page = author.form()
    assert "&lt;p&gt;Pasang dan surut.&lt;/p&gt;" in page
    assert 'value="Bab Baru"' in page
    assert "You see your own words" in page
    assert 'data-serial="1"' in page


def test_it_is_offered_on_the_desk_and_on_the_form_of_another_book(author: Page) -> None:
    author.keep("<p>Pasang dan surut.</p>")
    for page in (author.client.get("/").content.decode(), author.form("")):
        assert "You have typed words for a new chapter of “Laut”" in page
        assert f'href="{ADD}?book={author.book}"' in page
        assert "Pasang dan surut." not in page


def test_words_without_a_book_wait_as_well(author: Page) -> None:
    author.book = ""
    author.keep("<p>Entah di mana.</p>")
    assert "&lt;p&gt;Entah di mana.&lt;/p&gt;" in author.form("")
    assert f'href="{ADD}"' in author.client.get("/").content.decode()


def test_a_save_makes_the_chapter_and_leaves_nothing_waiting(
    house: SmallHouse, author: Page
) -> None:
    author.keep("<p>Pasang dan surut.</p>")
    assert author.save("<p>Pasang dan surut.</p>").status_code == 302
    assert "Pasang dan surut." in Chapter.objects.get(title="Bab Baru").text
    assert waiting() == []
    assert "You see your own words" not in author.form()


def test_a_form_that_comes_back_has_its_words_and_they_still_wait(author: Page) -> None:
    author.keep("<p>Pasang dan surut.</p>")
    page = author.save("<p>Pasang dan surut.</p>", title="").content.decode()
    assert "&lt;p&gt;Pasang dan surut.&lt;/p&gt;" in page
    assert 'data-refused-page="aaaa" data-refused-sent="1"' in page
    assert 'data-serial="1"' in page
    assert waiting() == ["<p>Pasang dan surut.</p>"]


def test_without_scripts_a_form_is_stored_as_before(author: Page) -> None:
    plain = {"draft_page": "", "draft_sent": ""}
    assert author.save("<p>Tanpa skrip.</p>", **plain).status_code == 302
    assert not NewChapterDraft.objects.exists()


def test_other_words_of_the_same_person_are_shown_beside_these(
    house: SmallHouse, author: Page
) -> None:
    other = Page(house, "author", "bbbb")
    author.keep("<p>Dari yang satu.</p>")
    answer = other.keep('<p>Dari yang lain.</p><img src=x onerror="alert(1)">')
    assert answer.status_code == 409
    both = answer.json()["both"]
    assert "Dari yang satu." in both
    assert "Dari yang lain." in both
    assert "onerror" not in both
    assert "Neither is saved yet" in both
    other.serial = answer.json()["serial"]
    assert other.keep("<p>Dari yang lain.</p>").status_code == 200
    assert waiting() == ["<p>Dari yang lain.</p>"]


def test_two_texts_without_a_book_can_be_compared(house: SmallHouse, author: Page) -> None:
    other = Page(house, "author", "bbbb")
    author.book = other.book = ""
    author.keep("<p>Dari yang satu.</p>")
    assert "Dari yang satu." in other.keep("<p>Dari yang lain.</p>").json()["both"]


def test_thrown_away_is_gone(author: Page) -> None:
    author.keep("<p>Tidak jadi.</p>")
    thrown = {"throw_away": "1", "serial": "1", "book": author.book}
    assert author.client.post(KEEP, thrown).status_code == 302
    assert waiting() == []
    assert "Tidak jadi." not in author.form()


def test_a_foreign_book_is_not_there(house: SmallHouse, author: Page) -> None:
    author.book = str(house.foreign.pk)
    assert author.keep("<p>Milik orang.</p>").status_code == 404


def test_words_for_a_book_that_was_lost_are_not_shown(house: SmallHouse, author: Page) -> None:
    author.keep("<p>Pasang dan surut.</p>")
    house.own.authorships.all().delete()
    assert "a new chapter of" not in author.client.get("/").content.decode()
    assert "Pasang dan surut." not in author.form()


@pytest.mark.parametrize("page", ["", "a" * 33, "a-b", "é"])
def test_a_page_has_a_name(author: Page, page: str) -> None:
    author.name = page
    assert author.keep("<p>Siapa?</p>").status_code == 400


def test_to_open_the_address_leads_to_the_form(author: Page) -> None:
    assert author.client.get(KEEP).headers["Location"] == ADD

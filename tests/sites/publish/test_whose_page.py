"""Somebody signs in while another person's page is open in the same browser: its words stay theirs."""

from __future__ import annotations

import pytest

from realtime.presence import person
from sites.books.models import Chapter, ChapterDraft, ChapterLease, NewChapterDraft
from tests.sites.desk.people import SmallHouse
from tests.sites.publish.test_new_chapter import Page as NewPage
from tests.sites.publish.test_writing_together import Page

pytestmark = pytest.mark.django_db
NOBODYS = "opened in another account"


@pytest.fixture
def drawn(house: SmallHouse) -> dict[str, str]:
    """What a page says that was drawn for the author."""
    return {"writer": person(house.people["author"].pk)}


def test_a_page_says_for_whom_it_was_drawn(house: SmallHouse, drawn: dict[str, str]) -> None:
    me = drawn["writer"]
    for page in (Page(house, "author", "aaaa").form(), NewPage(house, "author", "aaaa").form()):
        assert f'data-me="{me}"' in page
        assert f'name="writer" value="{me}"' in page


@pytest.mark.parametrize("role", ["editor", "superuser"])
def test_its_words_do_not_become_somebody_elses(
    house: SmallHouse, drawn: dict[str, str], role: str
) -> None:
    page = Page(house, role, "aaaa")
    for act in ("take", "ask", "renew"):
        sent = {**page.held(), **drawn, "do": act}
        answer = page.client.post(f"{page.address}/lease/", sent)
        assert answer.status_code == 403
        assert NOBODYS in answer.json()["said"]
    assert not ChapterLease.objects.exists()
    page.lease("take")
    refused = page.keep("<p>Dari penulis.</p>", **drawn)
    assert refused.status_code == 403
    assert NOBODYS in refused.json()["said"]
    assert not ChapterDraft.objects.exists()
    new = NewPage(house, role, "aaaa").keep("<p>Dari penulis.</p>", **drawn)
    assert (new.status_code, NewChapterDraft.objects.count()) == (403, 0)


def test_also_where_they_may_not_open_the_chapter(house: SmallHouse, drawn: dict[str, str]) -> None:
    """The sentence, and not a page that is missing: the words are to wait."""
    editors = {"writer": person(house.people["editor"].pk)}
    page = Page(house, "author", "eeee")
    page.address = f"/books/chapter/{house.foreign_chapter.pk}"
    assert page.keep("<p>Dari editor.</p>", **editors).status_code == 403
    new = NewPage(house, "author", "eeee")
    new.book = str(house.foreign.pk)
    assert new.keep("<p>Dari editor.</p>", **editors).status_code == 403


def test_its_form_comes_back_with_the_words_and_belongs_to_whoever_saves_it_then(
    house: SmallHouse, drawn: dict[str, str]
) -> None:
    page = Page(house, "editor", "aaaa")
    page.lease("take")
    page.keep("<p>Milik editor.</p>")
    answer = page.save("<p>Dari penulis.</p>", **drawn)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert NOBODYS in shown
    assert "&lt;p&gt;Dari penulis.&lt;/p&gt;" in shown
    assert "data-refused-page" not in shown, "nothing is kept as theirs before they have chosen"
    assert 'data-serial="0"' in shown, "what they have typed themselves was not shown"
    assert "Dari penulis." not in Chapter.objects.get(pk=house.chapter.pk).text
    assert ChapterDraft.objects.get().text == "<p>Milik editor.</p>"
    mine = {"writer": person(house.people["editor"].pk)}
    assert page.save("<p>Dari penulis.</p>", **mine).status_code == 302


def test_nor_is_a_new_chapter_made_or_a_draft_thrown_away(
    house: SmallHouse, drawn: dict[str, str]
) -> None:
    new = NewPage(house, "editor", "aaaa")
    answer = new.save("<p>Dari penulis.</p>", **drawn)
    assert NOBODYS in answer.content.decode()
    assert not Chapter.objects.filter(title="Bab Baru").exists()
    page = Page(house, "editor", "eeee")
    page.lease("take")
    page.keep("<p>Milik editor.</p>")
    new.keep("<p>Bab editor.</p>")
    thrown = {"throw_away": "1", "serial": "1", **drawn}
    page.client.post(f"{page.address}/draft/", thrown)
    new.client.post("/books/new-chapter/", {**thrown, "book": new.book})
    assert ChapterDraft.objects.get().is_waiting
    assert NewChapterDraft.objects.get().is_waiting

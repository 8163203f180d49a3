"""The pages and answers behind writing together: leases and drafts over the wire, and the form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from sites.books.models import Chapter, ChapterDraft, ChapterLease
from sites.publish import both_texts, writing
from tests.sites.desk.people import SmallHouse

pytestmark = pytest.mark.django_db


class Page:
    """What ``writing.js`` says to the server, from one open page."""

    def __init__(self, house: SmallHouse, role: str, name: str) -> None:
        self.client, self.name, self.number = house.visitor("publish", role), name, 0
        self.address = f"/books/chapter/{house.chapter.pk}"
        self.base = Chapter.objects.get(pk=house.chapter.pk).updated_at.isoformat()
        self.serial = self.sent = 0

    def lease(self, act: str) -> Any:
        answer = self.client.post(f"{self.address}/lease/", {**self.held(), "do": act})
        if answer.status_code == 200:
            self.number = answer.json()["lease"]["number"]
        return answer

    def held(self) -> dict[str, object]:
        return {"lease": self.number, "lease_page": self.name}

    def keep(self, text: str, **facts: object) -> Any:
        self.sent += 1
        words = {"title": "Bab Laut", "text": text, "page": self.name, "sent": self.sent}
        seen = {"base": self.base, "serial": self.serial}
        answer = self.client.post(
            f"{self.address}/draft/", {**self.held(), **words, **seen, **facts}
        )
        if answer.status_code == 200:
            self.serial = answer.json()["serial"]
        return answer

    def form(self, query: str = "") -> str:
        return self.client.get(f"{self.address}/change/{query}").content.decode()

    def save(self, text: str, **facts: object) -> Any:
        sent = {
            "title": "Bab Laut",
            "text": text,
            "version": self.base,
            "status": "draft",
            "publish_at_0": "",
            "publish_at_1": "",
            "_continue": "1",
            "draft_serial": self.serial,
            "draft_page": self.name,
            "draft_sent": self.sent,
        }
        return self.client.post(f"{self.address}/change/", {**sent, **self.held(), **facts})


@pytest.fixture
def author(house: SmallHouse) -> Page:
    return Page(house, "author", "aaaa")


@pytest.fixture
def editor(house: SmallHouse) -> Page:
    return Page(house, "editor", "eeee")


def let_it_end() -> None:
    ChapterLease.objects.update(expires_at=F("expires_at") - timedelta(hours=1))


def text_of(house: SmallHouse) -> str:
    return Chapter.objects.get(pk=house.chapter.pk).text


def test_what_is_kept_stands_in_the_form_and_readers_text_stays(
    house: SmallHouse, author: Page
) -> None:
    author.lease("take")
    assert author.keep("<p>Pasang dan surut.</p>").json() == {"serial": 1}
    assert "Pasang dan surut." not in text_of(house)
    page = author.form()
    assert "&lt;p&gt;Pasang dan surut.&lt;/p&gt;" in page
    assert "You see your own words" in page
    assert 'data-serial="1"' in page


def test_a_saved_form_leaves_nothing_waiting_and_the_chapter_free(
    house: SmallHouse, author: Page
) -> None:
    author.lease("take")
    author.keep("<p>Pasang dan surut.</p>")
    assert author.save("<p>Pasang dan surut.</p>").status_code == 302
    assert "Pasang dan surut." in text_of(house)
    assert not ChapterDraft.objects.get().is_waiting
    assert ChapterLease.objects.get().holder is None
    page = author.form()
    assert "You see your own words" not in page
    assert 'data-arrived-page="aaaa" data-arrived-sent="1"' in page


def test_whoever_writes_keeps_the_others_out_and_the_form_says_who(
    house: SmallHouse, author: Page, editor: Page
) -> None:
    author.lease("take")
    refused = editor.lease("take")
    assert refused.status_code == 423
    assert refused.json()["lease"]["name"] == "Author"
    assert "Author is writing in this chapter." in editor.form()
    page = editor.save("<p>Lain.</p>")
    assert page.status_code == 200
    assert "Author is writing in this chapter, so nothing of yours is stored" in (
        page.content.decode()
    )
    assert "Lain." in page.content.decode()
    assert "Lain." not in text_of(house)


def test_without_scripts_a_form_is_stored_as_before(house: SmallHouse, author: Page) -> None:
    words = {"draft_page": "", "draft_sent": "", "draft_serial": "0", "lease": "", "lease_page": ""}
    assert author.save("<p>Tanpa skrip.</p>", **words).status_code == 302
    assert "Tanpa skrip." in text_of(house)
    assert not ChapterDraft.objects.exists()


def test_a_conflict_answers_with_both_texts(house: SmallHouse, author: Page, editor: Page) -> None:
    author.lease("take")
    author.keep("<p>Dari penulis.</p>")
    let_it_end()
    assert editor.save("<p>Dari editor.</p>").status_code == 302
    answer = author.keep("<p>Dari penulis, lagi.</p>")
    assert answer.status_code == 409
    said = answer.json()
    assert "Dari penulis, lagi." in said["both"]
    assert "Dari editor." in said["both"]
    assert "Stored by Editor" in said["both"]
    assert said["base"] == Chapter.objects.get(pk=house.chapter.pk).updated_at.isoformat()
    page = author.form()
    assert "Two texts of this chapter" in page
    draft = ChapterDraft.objects.get(author__name="Author")
    assert f'href="?draft={draft.pk}"' in page
    mine = author.form(f"?draft={draft.pk}")
    assert "&lt;p&gt;Dari penulis.&lt;/p&gt;" in mine


def test_an_overtaken_form_comes_back_with_both_texts(
    house: SmallHouse, author: Page, editor: Page
) -> None:
    assert editor.save("<p>Dari editor.</p>").status_code == 302
    page = author.save("<p>Dari penulis.</p>").content.decode()
    assert "Somebody saved this at" in page
    assert "Two texts of this chapter" in page
    assert "Dari editor." in page
    assert 'data-refused-page="aaaa"' in page


def test_what_another_has_typed_is_offered_and_stays_theirs(
    house: SmallHouse, author: Page, editor: Page
) -> None:
    author.lease("take")
    author.keep("<p>Dari penulis.</p>")
    editor.lease("ask")
    author.lease("give")
    assert ChapterLease.objects.get().page == "eeee"
    assert "Author has typed words here" in editor.form()
    draft = ChapterDraft.objects.get()
    assert "&lt;p&gt;Dari penulis.&lt;/p&gt;" in editor.form(f"?draft={draft.pk}")
    editor.number = ChapterLease.objects.get().number
    editor.keep("<p>Dari penulis dan editor.</p>")
    draft.refresh_from_db()
    assert draft.text == "<p>Dari penulis.</p>"


def test_thrown_away_is_gone(house: SmallHouse, author: Page) -> None:
    author.lease("take")
    author.keep("<p>Tidak jadi.</p>")
    path = f"{author.address}/draft/"
    answer = author.client.post(path, {"throw_away": "1", "serial": "1"})
    assert answer.status_code == 302
    assert "Tidak jadi." not in author.form()


def test_a_foreign_chapter_is_not_there(house: SmallHouse, author: Page) -> None:
    author.address = f"/books/chapter/{house.foreign_chapter.pk}"
    assert author.lease("take").status_code == 404
    assert author.keep("<p>Milik orang.</p>").status_code == 404
    assert author.client.get(f"{author.address}/lease/").status_code == 404


@pytest.mark.parametrize("page", ["", "a" * 33, "a-b", "é"])
def test_a_page_has_a_name(author: Page, page: str) -> None:
    author.name = page
    assert author.lease("take").status_code == 400
    assert author.keep("<p>Siapa?</p>").status_code == 400


def test_what_was_typed_is_never_markup_on_another_page(
    house: SmallHouse, author: Page, editor: Page
) -> None:
    author.lease("take")
    hostile = '<img src=x onerror="alert(1)"><script>alert(1)</script><p>Laut</p>'
    author.keep(hostile)
    let_it_end()
    editor.save("<p>Dari editor.</p>")
    both = author.keep(hostile).json()["both"]
    assert "onerror" not in both
    assert "<script" not in both
    draft = ChapterDraft.objects.get(author__name="Author")
    page = editor.form(f"?draft={draft.pk}")
    assert 'onerror="alert' not in page
    assert "<script>alert" not in page


def test_an_anonymous_visitor_is_led_to_the_door(house: SmallHouse) -> None:
    client: Client = house.visitor("publish", "anonymous")
    answer = client.post(f"/books/chapter/{house.chapter.pk}/lease/", {"do": "take"})
    assert answer.status_code == 302


def test_nobody_asks_faster_than_their_pages_would(
    house: SmallHouse, author: Page, editor: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_A_MINUTE", 2)
    assert author.lease("take").status_code == 200
    assert author.keep("<p>Satu.</p>").status_code == 200
    assert author.keep("<p>Satu dua.</p>").status_code == 429
    assert author.lease("renew").status_code == 429
    assert editor.lease("ask").status_code == 200


def test_both_texts_are_as_long_as_a_page_can_be(
    house: SmallHouse, author: Page, editor: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(both_texts, "CHARACTERS_SHOWN", 100)
    author.lease("take")
    author.keep("<p>Dari penulis.</p>")
    let_it_end()
    editor.save("<p>Dari editor.</p>")
    both = author.keep(f"<p>{'laut ' * 30}</p><p>Sesudah itu.</p>").json()["both"]
    sides = both.partition('class="both-found"')[0]
    assert "laut laut" in sides
    assert "Sesudah itu." not in sides
    assert sides.count("The rest is not shown here.") == 1

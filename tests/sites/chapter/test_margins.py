"""Highlights as pages and scripts have them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from sites.accounts.models import User
from sites.books.models import Book, Chapter
from sites.community.models import Highlight, Mute, Report
from sites.community.plain_text import clean_plain_text
from tests.hostile_texts import PAYLOADS, SENTENCES, TURNED
from tests.house import visitor
from tests.obeyed import Markup
from tests.sites.chapter.library import make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db
TEXT = (
    '<p id="p-aaaaaaaa">The tide came in at six, and the boats rose with it.</p>'
    '<p id="p-bbbbbbbb">Nobody on the quay had seen the ledger since the flood.</p>'
)
PLACE = {"paragraph": "p-aaaaaaaa", "last_paragraph": "p-aaaaaaaa", "start": "0", "end": "8"}
TIDE = PLACE | {"quote": "The tide", "colour": "yellow"}
ADDRESS = "/margins-of-the-sea/1/highlights/"


@pytest.fixture
def chapter() -> Chapter:
    return make_chapters(make_book("margins-of-the-sea"), 1, text=TEXT)[0]


@pytest.fixture
def reader() -> User:
    user = make_reader("tepi@example.org")
    user.name = "Tepi Halaman"
    user.save()
    return user


def signed_in(user: User) -> Client:
    client = visitor("chapter")
    client.force_login(user)
    return client


def told(client: Client) -> Any:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.json()


def test_a_script_highlights_and_is_told_where(chapter: Chapter, reader: User) -> None:
    client = signed_in(reader)
    made = client.post(ADDRESS, TIDE | {"note": "Back.", "shared": "on"})
    assert made.status_code == 200
    [own] = told(client)["own"]
    assert own["parts"] == [["p-aaaaaaaa", 0, 8]]
    assert (own["id"], own["note"], own["shared"]) == (made.json()["highlight"], "Back.", True)
    key = own["id"]
    assert client.post(f"/highlights/{key}/change/", {"colour": "blue"}).status_code == 200
    assert told(client)["own"][0]["colour"] == "blue"
    assert client.post(f"/highlights/{key}/remove/").status_code == 200
    assert told(client) == {"own": [], "shared": []}


def test_others_see_what_is_shared_and_nothing_else(chapter: Chapter, reader: User) -> None:
    other = signed_in(make_reader("lain@example.org"))
    mine = signed_in(reader)
    mine.post(ADDRESS, TIDE | {"note": "secret-note-of-mine"})
    mine.post(ADDRESS, TIDE | {"start": "4", "quote": "tide", "note": "For all.", "shared": "on"})
    found = told(other)
    assert "secret-note-of-mine" not in json.dumps(found)
    [shared] = found["shared"]
    assert (shared["name"], shared["note"], shared["quote"]) == ("Tepi Halaman", "For all.", "tide")
    assert len(shared["person"]) == 16
    assert told(mine)["shared"] == []  # one's own stand among one's own
    for key in Highlight.objects.values_list("pk", flat=True):
        assert other.post(f"/highlights/{key}/remove/").status_code == 404
        assert other.post(f"/highlights/{key}/change/", {"colour": "pink"}).status_code == 404


def test_the_muted_the_suspended_and_the_hidden_are_not_shown(
    chapter: Chapter, reader: User
) -> None:
    listener = make_reader("pendengar@example.org")
    client = signed_in(listener)
    signed_in(reader).post(ADDRESS, TIDE | {"shared": "on"})
    [shared] = told(client)["shared"]
    assert client.post(f"/highlights/{shared['id']}/mute/").status_code == 200
    assert told(client)["shared"] == []
    Mute.objects.all().delete()
    Highlight.objects.update(hidden_at="2026-11-24T00:00:00Z")
    assert told(client)["shared"] == []
    assert told(signed_in(reader))["own"][0]["hidden"]
    Highlight.objects.update(hidden_at=None)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert told(client)["shared"] == []


def test_a_shared_one_is_reported_and_a_private_one_cannot_be(
    chapter: Chapter, reader: User
) -> None:
    mine, other = signed_in(reader), signed_in(make_reader("pelapor@example.org"))
    mine.post(ADDRESS, TIDE | {"note": "Rude.", "shared": "on"})
    key = Highlight.objects.get().pk
    assert other.post(f"/highlights/{key}/report/", {"reason": "abuse"}).status_code == 200
    report = Report.objects.get()
    assert report.highlight_id == key
    assert report.said == "Rude.\n\nThe tide"
    Highlight.objects.update(is_shared=False)
    assert other.post(f"/highlights/{key}/report/", {"reason": "abuse"}).status_code == 404
    assert other.post(f"/highlights/{key}/mute/").status_code == 404


def test_visitors_and_drafts(chapter: Chapter, reader: User) -> None:
    assert visitor("chapter").post(ADDRESS, TIDE).status_code == 403
    Book.objects.update(status="draft")
    assert visitor("chapter").get(ADDRESS).status_code == 404
    assert signed_in(reader).get(ADDRESS).status_code == 404
    assert signed_in(reader).post(ADDRESS, TIDE).status_code == 404


def test_strangers_see_what_is_shared_and_all_of_them_the_same(
    chapter: Chapter, reader: User
) -> None:
    guest, mine = visitor("chapter"), signed_in(reader)
    assert guest.get(ADDRESS).json() == {"own": [], "shared": []}
    mine.post(ADDRESS, TIDE | {"note": "secret-note-of-mine"})
    mine.post(ADDRESS, TIDE | {"start": "4", "quote": "tide", "note": "For all.", "shared": "on"})
    answer = guest.get(ADDRESS)
    assert "secret-note-of-mine" not in answer.content.decode()
    assert (answer.json()["own"], answer.json()["shared"]) == (
        [],
        told(signed_in(make_reader("lain@example.org")))["shared"],
    )
    assert "no-store" not in answer["Cache-Control"]
    page = guest.get("/margins-of-the-sea/1/").content.decode()
    assert f'data-address="{ADDRESS}"' in page
    assert "data-marking" not in page
    assert "csrfmiddlewaretoken" not in page
    assert "data-marking" in mine.get("/margins-of-the-sea/1/").content.decode()


def test_a_form_without_a_script_comes_back_with_a_sentence(chapter: Chapter, reader: User) -> None:
    client = signed_in(reader)
    back = "/margins-of-the-sea/1/"
    typed = {"quote": "seen the ledger since", "colour": "green", "next": back}
    answer = client.post(ADDRESS, typed, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    assert "The passage is highlighted." in answer.content.decode()
    answer = client.post(ADDRESS, typed | {"quote": "words that stand nowhere in it"})
    assert answer.status_code == 400
    assert "These words were not found in the chapter." in answer.content.decode()


def test_a_script_is_told_why_not(chapter: Chapter, reader: User) -> None:
    answer = signed_in(reader).post(ADDRESS, TIDE | {"quote": "words of another chapter"})
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")
    assert "not found" in answer.content.decode()


def test_the_list_of_a_book_says_what_is_gone(chapter: Chapter, reader: User) -> None:
    client = signed_in(reader)
    client.post(ADDRESS, TIDE)
    client.post(ADDRESS, {"quote": "Nobody on the quay had seen the ledger", "colour": "pink"})
    page = client.get("/highlights/margins-of-the-sea/").content.decode()
    assert page.count("<article") == 2
    assert "no longer in the chapter" not in page
    Chapter.objects.update(text=TEXT.split("</p>")[0] + '</p><p id="p-bbbbbbbb">All new.</p>')
    page = client.get("/highlights/margins-of-the-sea/").content.decode()
    assert page.count("no longer in the chapter") == 1
    assert "Nobody on the quay" in page
    assert told(client)["own"][1]["parts"] == []
    everything = client.get("/highlights/").content.decode()
    assert "2 highlights" in everything


def test_what_somebody_marked_stays_theirs_when_the_book_is_withdrawn(
    chapter: Chapter, reader: User
) -> None:
    client = signed_in(reader)
    client.post(ADDRESS, TIDE)
    Book.objects.update(status="withdrawn")
    assert "The tide" in client.get("/highlights/margins-of-the-sea/").content.decode()
    stranger = signed_in(make_reader("asing@example.org"))
    assert stranger.get("/highlights/margins-of-the-sea/").status_code == 404


def test_the_files_hold_every_highlight(chapter: Chapter, reader: User) -> None:
    client = signed_in(reader)
    client.post(ADDRESS, TIDE | {"note": "# not *a* heading\n- nor [a](list)"})
    markdown = client.get("/highlights/margins-of-the-sea/md/")
    assert markdown["Content-Type"] == "text/markdown; charset=utf-8"
    assert "margins-of-the-sea-highlights.md" in markdown["Content-Disposition"]
    written = markdown.content.decode()
    assert "> The tide" in written
    assert "\\# not \\*a\\* heading  \n\\- nor \\[a\\](list)" in written
    exported = client.get("/highlights/margins-of-the-sea/json/").json()
    [one] = exported["highlights"]
    assert (one["text"], one["found"], one["colour"]) == ("The tide", True, "yellow")
    assert client.get("/highlights/margins-of-the-sea/pdf/").status_code == 404


def test_the_file_has_the_day_that_the_page_has(chapter: Chapter, reader: User) -> None:
    client = signed_in(reader)
    client.post(ADDRESS, TIDE)
    in_the_night = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)  # 3:00 in Jakarta
    Highlight.objects.update(created_at=in_the_night)
    page = client.get("/highlights/margins-of-the-sea/").content.decode()
    written = client.get("/highlights/margins-of-the-sea/md/").content.decode()
    assert "25 November 2026" in page
    assert "25 November 2026" in written


def test_long_lists_are_paged(chapter: Chapter, reader: User) -> None:
    rows = [
        Highlight(
            author=reader,
            chapter=chapter,
            paragraph="p-aaaaaaaa",
            start=0,
            last_paragraph="p-aaaaaaaa",
            end=3,
            quote="The",
            digest="",
            place=number,
            colour="blue",
        )
        for number in range(75)
    ]
    Highlight.objects.bulk_create(rows)
    client = signed_in(reader)
    counts = [
        client.get(f"/highlights/margins-of-the-sea/?page={page}").content.count(b"<article")
        for page in (1, 2, 3)
    ]
    assert counts == [30, 30, 15]


def test_hostile_and_foreign_notes_stand_as_text_on_pages(chapter: Chapter, reader: User) -> None:
    texts = [clean_plain_text(text, most=2000) for text in (*PAYLOADS, *SENTENCES.values())]
    place = {"paragraph": "p-aaaaaaaa", "last_paragraph": "p-aaaaaaaa", "start": 0, "end": 3}
    usual = {"author": reader, "chapter": chapter, "quote": "The", "digest": "", "colour": "blue"}
    Highlight.objects.bulk_create(
        Highlight(note=text, place=number, **usual, **place) for number, text in enumerate(texts)
    )
    client = signed_in(reader)
    pages = [
        client.get(f"/highlights/margins-of-the-sea/?page={number}").content.decode()
        for number in range(1, len(texts) // 30 + 2)
    ]
    everything = "".join(pages)
    assert all(escape(text) in everything for text in texts)
    for page in pages:
        assert not [one for one in Markup(page).obeyed if "__hurt" in one]
    answer = client.get(ADDRESS)
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_is_typed_in_a_form_is_kept_clean(chapter: Chapter, reader: User) -> None:
    client = signed_in(reader)
    client.post(ADDRESS, TIDE)
    address = f"/highlights/{Highlight.objects.get().pk}/change/"
    for text in (*PAYLOADS[::20], *TURNED):
        assert client.post(address, {"colour": "blue", "note": text}).status_code == 200
        assert Highlight.objects.get().note == clean_plain_text(text, most=2000)
    pasted = client.post(address, {"colour": "blue", "note": "\u202ea" * 500_000})
    assert pasted.status_code == 400
    assert "2000" in pasted.content.decode()

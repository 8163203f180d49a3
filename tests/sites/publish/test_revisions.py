"""A chapter's versions at the writing desk: listed, compared, brought back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sites.books.models import Chapter, Revision
from sites.publish import revisions
from tests.sites.desk.forms import edit
from tests.sites.desk.people import SmallHouse


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


@pytest.fixture
def written(house: SmallHouse, author: Client) -> Chapter:
    """Changed twice beside what the house comes with: revisions 1 (strange), 2 and 3."""
    path = f"/books/chapter/{house.chapter.pk}/change/"
    edit(author, path, text="<p>Pasang naik pelan.</p>")
    edit(author, path, text="<p>Pasang naik cepat sekali.</p>", title="Bab Baru")
    return Chapter.objects.get(pk=house.chapter.pk)


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_changes_are_listed_with_who_when_and_words(author: Client, written: Chapter) -> None:
    page = page_of(author, f"/books/chapter/{written.pk}/versions/")
    assert page.index("Version 3") < page.index("Version 2") < page.index("Version 1")
    assert "when Author changed it" in page
    assert "2 words came, 1 went" in page  # cepat sekali. for pelan.
    assert f"/books/chapter/{written.pk}/versions/difference/?from=3&amp;to=now" in page
    assert "?from=2&amp;to=3" in page


def test_any_two_versions_are_compared(author: Client, written: Chapter) -> None:
    at = f"/books/chapter/{written.pk}/versions/difference/"
    page = page_of(author, f"{at}?from=3&to=now")
    assert "<del>pelan</del><ins>cepat sekali</ins>" in page
    assert "Bab <del>Laut</del><ins>Baru</ins>" in page
    back = page_of(author, f"{at}?from=now&to=3")
    assert "<del>cepat sekali</del><ins>pelan</ins>" in back
    assert "Both say the same." in page_of(author, f"{at}?from=3&to=3")


@pytest.mark.parametrize("query", ["", "?from=9", "?from=x&to=now", "?from=3&to=" + "9" * 40])
def test_versions_that_are_none_are_not_there(author: Client, written: Chapter, query: str) -> None:
    at = f"/books/chapter/{written.pk}/versions/difference/{query}"
    assert author.get(at).status_code == 404


def test_words_are_never_markup(author: Client, written: Chapter) -> None:
    edit(author, f"/books/chapter/{written.pk}/change/", text="<p>&lt;img src=x&gt; pelan.</p>")
    page = page_of(author, f"/books/chapter/{written.pk}/versions/difference/?from=3&to=now")
    assert "<img src=x" not in page
    assert "&lt;" in page


def test_a_version_comes_back_and_the_text_before_it_is_kept(
    author: Client, written: Chapter
) -> None:
    page = page_of(author, f"/books/chapter/{written.pk}/versions/")
    seen = page.split('name="seen" value="')[1].split('"')[0]
    at = f"/books/chapter/{written.pk}/versions/2/back/"
    assert author.post(at, {"seen": seen}).status_code == 302
    now = Chapter.objects.get(pk=written.pk)
    assert ("Pasang." in now.text, now.title) == (True, "Bab Laut")
    assert "cepat sekali" in Revision.objects.get(chapter=written, number=4).text
    # The page that was open is stale now: nothing is overwritten unseen.
    author.post(at.replace("/2/", "/3/"), {"seen": seen})
    page = page_of(author, f"/books/chapter/{written.pk}/versions/")
    assert "was changed by somebody else in the meantime" in page
    assert Revision.objects.filter(chapter=written).count() == 4


@pytest.mark.parametrize("seen", ["", "x", "2026-11-23T12:00:00", "2026-99-99T12:00:00+00:00"])
def test_a_form_without_a_version_brings_nothing_back(
    author: Client, written: Chapter, seen: str
) -> None:
    author.post(f"/books/chapter/{written.pk}/versions/2/back/", {"seen": seen})
    assert Chapter.objects.get(pk=written.pk).text == written.text


def test_other_peoples_chapters_are_not_there(house: SmallHouse, author: Client) -> None:
    at = f"/books/chapter/{house.foreign_chapter.pk}/versions/"
    for path in (at, f"{at}difference/?from=1&to=now"):
        assert author.get(path).status_code == 404
        assert house.visitor("publish", "editor").get(path).status_code == 200
    assert author.post(f"{at}1/back/", {"seen": ""}).status_code == 404


def test_pages_are_as_long_as_that_and_lead_on(
    author: Client, written: Chapter, monkeypatch: Any, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(revisions, "VERSIONS_SHOWN", 2)
    at = f"/books/chapter/{written.pk}/versions/"
    with django_assert_max_num_queries(12):
        page = page_of(author, at)
    assert "?before=2" in page
    older = page_of(author, f"{at}?before=2")
    assert "?from=1&amp;to=2" in older
    assert "Older versions" not in older


def test_words_of_the_longest_texts_are_not_counted(
    author: Client, written: Chapter, monkeypatch: Any
) -> None:
    monkeypatch.setattr(revisions, "COUNTED_LENGTH", 10)
    assert "words came" not in page_of(author, f"/books/chapter/{written.pk}/versions/")

"""Which texts get the editor, and what it is told. Whether the browser agrees is a journey."""

from __future__ import annotations

import json
import re
import time
from html import unescape
from typing import Any

import pytest

from sites.books.models import Chapter
from sites.books.text.clean import clean_html
from sites.desk import prose
from sites.desk.prose import prose_of, why_plain
from tests.sites.desk.forms import edit
from tests.sites.desk.people import SmallHouse
from tests.sites.desk.prose_samples import KEPT, NOT_KEPT


@pytest.mark.parametrize("kind", KEPT)
def test_what_the_editor_keeps_is_written_in_it(kind: str) -> None:
    text = KEPT[kind]
    assert clean_html(text) == text, "the samples are clean texts"
    assert why_plain(text) == ""
    assert prose_of(text).html == text


@pytest.mark.parametrize("kind", NOT_KEPT)
def test_what_it_would_change_is_written_with_its_tags(kind: str) -> None:
    text, name = NOT_KEPT[kind]
    assert clean_html(text) == text, "the samples are clean texts"
    reason = why_plain(text)
    assert f"“<{name}>”" in reason
    assert reason.endswith(".")
    assert prose_of(text).html == ""


def test_long_chapters_and_books_of_pictures_are_written_with_their_tags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prose, "LONGEST_TEXT", 20)
    assert "too long" in why_plain("<p>" + "a" * 20 + "</p>")
    monkeypatch.setattr(prose, "LONGEST_TEXT", 2_000)
    monkeypatch.setattr(prose, "MOST_PICTURES", 2)
    assert "too many pictures" in why_plain('<p><img src="media:a.webp"></p>' * 3)


def test_what_comes_back_from_a_browser_is_cleaned_before_the_editor_shows_it() -> None:
    sent = '<table x-data="steal()"><tr><td onclick="x()">a<script>b</script></td></tr></table>'
    given = prose_of(sent, typed=True)
    assert given.reason == ""
    assert given.html.startswith("<table>")
    assert not re.search("x-data|onclick|script", given.html)


def test_the_rule_reads_the_longest_chapter_of_the_editor_in_a_moment() -> None:
    text = "<p>Air <em>naik</em> pelan.</p>" * (prose.LONGEST_TEXT // 31)
    begun = time.process_time()
    assert why_plain(text) == ""
    assert time.process_time() - begun < 2.5  # takes about 0.2 s


def test_pictures_have_addresses() -> None:
    known = prose_of(KEPT["figures"]).known
    assert known["pictures"] == {"pictures/a.webp": "/media/pictures/a.webp"}


def scripts_of(page: str) -> list[Any]:
    return [
        json.loads(unescape(data)) if "u003C" not in data else json.loads(data)
        for data in re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)
    ]


def test_the_form_gives_the_editor_the_text_with_its_ids(house: SmallHouse) -> None:
    client = house.visitor("publish", "author")
    path = f"/books/chapter/{house.chapter.pk}/change/"
    page = client.get(path).content.decode()
    html, known = scripts_of(page)
    assert html == '<p id="p-aaaaaaaa">Pasang.</p>'
    assert known["marks"]["a"] == ["class", "dir", "href", "id", "lang", "role"]
    assert re.search(r'<script type="importmap" nonce="[^"]+">', page)
    assert "data-prose" not in client.get(f"{path}?plain=1").content.decode()


def test_what_the_editor_sends_keeps_its_ids(house: SmallHouse) -> None:
    client = house.visitor("publish", "author")
    sent = '<h2>Pagi</h2><p id="p-aaaaaaaa">Pasang <strong>naik</strong>.</p><p>Ibu diam.</p>'
    edit(client, f"/books/chapter/{house.chapter.pk}/change/", text=sent)
    stored = Chapter.objects.get(pk=house.chapter.pk).text
    assert '<p id="p-aaaaaaaa">Pasang <strong>naik</strong>.</p>' in stored
    assert stored.count(" id=") == 3


def test_a_text_that_is_refused_comes_back_into_the_editor_as_it_was_typed(
    house: SmallHouse,
) -> None:
    client = house.visitor("publish", "author")
    path = f"/books/chapter/{house.chapter.pk}/change/"
    answer = edit(client, path, text='<p id="p-aaaaaaaa">Baru saja.</p>', title="")
    assert answer.status_code == 200
    html, _known = scripts_of(answer.content.decode())
    assert html == '<p id="p-aaaaaaaa">Baru saja.</p>'

from __future__ import annotations

from typing import Any

import pytest

from sites.books.models import Book
from sites.desk.typed_text import one_line, some_lines
from tests.sites.desk.forms import edit, form_of
from tests.sites.desk.people import SmallHouse


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Laut", "Laut"),
        (" Laut \t\r\n Jawa\u2028\u3000x ", "Laut Jawa x"),
        ("Lau\u202et\u2066\x07\ufeff", "Laut"),
        ("Qui\u00a0?", "Qui\u00a0?"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200fلا", "\u200fلا"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("ส\u200bว", "ส\u200bว"),
        ("\u200b\u200b", ""),
        ("\u3164 \u2800", ""),
        ("\u00ad\u0301\ufe0f", ""),
    ],
)
def test_one_line_holds_what_can_be_seen(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


def test_lines_stay_where_there_may_be_several() -> None:
    assert some_lines("a\r\n\r\n  b\u202e\x00\tc") == "a\r\n\r\n  b\tc"
    assert some_lines("\n\u200b\n") == ""


@pytest.mark.parametrize("title", ["\u200b" * 3, "\u202e", " \u3164 "])
def test_a_title_that_nobody_sees_is_refused(house: SmallHouse, title: str) -> None:
    client = house.visitor("publish", "author")
    answer = edit(client, f"/books/book/{house.own.pk}/change/", title=title)
    assert answer.status_code == 200
    assert form_of(answer).has_error("title", "required")
    answer = edit(client, f"/books/chapter/{house.chapter.pk}/change/", title=title)
    assert form_of(answer).has_error("title", "required")
    assert set(Book.objects.values_list("title", flat=True)) == {"Laut", "Danau"}


def test_names_and_titles_are_stored_as_one_line(house: SmallHouse) -> None:
    client = house.visitor("internal", "superuser")
    own, name = house.own, house.own.authors.get()
    for path, field in ((f"book/{own.pk}", "title"), (f"author/{name.pk}", "name")):
        typed = {field: "A\u202eir\tdan\r\nlaut"}
        assert edit(client, f"/books/{path}/change/", **typed).status_code == 302
    for kind in ("author", "tag"):
        sent = {"name": "\u200b", "slug": "x"}
        refused: Any = client.post(f"/books/{kind}/add/", sent)
        assert form_of(refused).has_error("name", "required")
    own.refresh_from_db()
    name.refresh_from_db()
    assert (own.title, name.name) == ("Air dan laut", "Air dan laut")
    answer = edit(client, f"/books/book/{own.pk}/change/", subtitle="\u200b", synopsis="a\r\n\r\nb")
    assert answer.status_code == 302
    own.refresh_from_db()
    assert (own.subtitle, own.synopsis.split()) == ("", ["a", "b"])

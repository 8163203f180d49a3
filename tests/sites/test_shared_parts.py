from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from esensi.page_cache import store
from sites import shared_parts
from sites.shared_parts import OVERHEAD, SharedParts, parts
from tests.house import visitor
from tests.sites.chapter.library import make_reader, signed_in
from tests.sites.main.factory import make_book

NOW = 1_800_000_000.0


@pytest.fixture
def awake() -> Iterator[SharedParts]:
    parts.wake()
    yield parts
    parts.sleep()


def drawn(source: str, **context: Any) -> str:
    return Template("{% load shared %}" + source).render(Context(context))


def test_a_part_is_kept_while_it_is_fresh_and_nothing_changes() -> None:
    kept = SharedParts()
    kept.keep("a", "asleep", kept.mark(), NOW)
    assert kept.find("a", NOW) is None
    kept.wake()
    kept.keep("a", "text", kept.mark(), NOW)
    assert kept.find("a", NOW + 14.9) == "text"
    assert kept.find("a", NOW + 15) is None
    assert kept.find("a", NOW - 1) is None
    mark = kept.mark()
    kept.forget()
    assert kept.find("a", NOW) is None
    kept.keep("a", "older than the change", mark, NOW)
    assert kept.find("a", NOW) is None
    assert shared_parts.FRESH_SECONDS == store.FRESH_SECONDS


def test_so_many_characters_are_kept() -> None:
    kept = SharedParts(most=3 * OVERHEAD)
    kept.wake()
    for name in "abc":
        kept.keep(name, "x" * 40, kept.mark(), NOW)
    assert [kept.find(name, NOW) is None for name in "abc"] == [True, False, False]
    kept.keep("d", "x" * 3 * OVERHEAD, kept.mark(), NOW)
    assert kept.find("d", NOW) is None
    assert kept.find("c", NOW)


def test_what_visitors_write_into_keys_is_bounded_as_well() -> None:
    kept = SharedParts(most=20 * OVERHEAD)
    kept.wake()
    keys = [("books-head", f"{number}{'9' * 8_000}") for number in range(10)]
    for key in keys:
        kept.keep(key, "", kept.mark(), NOW)
    assert [kept.find(key, NOW) is not None for key in keys] == [False] * 9 + [True]
    kept = SharedParts(most=20 * OVERHEAD)
    kept.wake()
    for number in range(100):
        kept.keep(number, "", kept.mark(), NOW)
    assert sum(kept.find(number, NOW) is not None for number in range(100)) < 20


@pytest.mark.usefixtures("awake")
def test_a_part_is_drawn_once_for_its_words_host_and_language() -> None:
    source = '{% shared "part" number %}{{ what }}{% endshared %}'
    assert drawn(source, number=1, what="first", room="main") == "first"
    assert drawn(source, number=1, what="second", room="main") == "first"
    assert drawn(source, number=2, what="second", room="main") == "second"
    assert drawn(source, number=1, what="third", room="chapter") == "third"
    with translation.override("id"):
        assert drawn(source, number=1, what="keempat", room="main") == "keempat"


@pytest.mark.usefixtures("awake")
def test_with_unless_it_is_drawn_each_time() -> None:
    source = '{% shared "search" unless=text %}{{ what }}{% endshared %}'
    assert drawn(source, text="sea", what="one") == "one"
    assert drawn(source, text="sea", what="two") == "two"
    assert drawn(source, text="", what="three") == "three"
    assert drawn(source, text="", what="four") == "three"


@pytest.mark.parametrize("is_awake", [True, False])
def test_a_part_sees_nobody_whether_it_is_kept_or_not(is_awake: bool) -> None:
    request = RequestFactory().get("/")
    (parts.wake if is_awake else parts.sleep)()
    try:
        seen = drawn(
            '{% shared "who" %}{{ user }}{{ csrf_token }}{{ here }}{% csrf_token %}{% endshared %}',
            user="Ayu",
            csrf_token="secret",
            here="/mine/",
            request=request,
        )
        assert seen == "AnonymousUser"
        with pytest.raises(TemplateSyntaxError):
            drawn('{% shared "x" %}{{ request.path }}{% endshared %}', request=request)
    finally:
        parts.sleep()


@pytest.mark.django_db
@pytest.mark.usefixtures("awake")
def test_a_reader_costs_no_query_for_what_everybody_sees() -> None:
    make_book("parts-of-all", author="Someone Shared")
    reader = signed_in(make_reader("parts@example.org"))
    for path in ("/", "/books/", "/books/?page=1"):
        name = visitor("main")
        assert b"Parts-of-all" in name.get(path).content
        reader.get(path, headers={"host": "esensi.localhost:8000"})
        with CaptureQueriesContext(connection) as queries:
            answer = reader.get(path, headers={"host": "esensi.localhost:8000"})
        assert b"Parts-of-all" in answer.content
        assert b"parts@example.org" in answer.content
        asked = [one["sql"] for one in queries.captured_queries]
        assert not [sql for sql in asked if "books_book" in sql and "readingprogress" not in sql]
    assert (
        reader.get("/books/?page=7", headers={"host": "esensi.localhost:8000"}).status_code == 404
    )

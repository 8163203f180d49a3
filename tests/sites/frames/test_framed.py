"""Hosts × pages × languages × people: a page out of a frame is the page that would have been drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites.accounts.models import User
from sites.frames.store import frames
from sites.shared_parts import parts
from tests.esensi.page_cache.strangers import Strangers, within_the_test
from tests.sites.frames.readers import (
    PAGES,
    comes_framed,
    make_library,
    make_people,
    own,
    seen,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(settings: Any) -> Iterator[Strangers]:
    settings.PAGE_CACHE_BYTES = 50_000_000
    with within_the_test():
        yield Strangers()
    asleep()


@pytest.fixture
def people() -> dict[str, User]:
    make_library()
    return make_people()


def awake() -> None:
    frames.wake()
    parts.wake()


def asleep() -> None:
    frames.sleep()
    parts.sleep()


def test_a_page_out_of_a_frame_is_the_page_that_would_be_drawn(
    house: Strangers, people: dict[str, User]
) -> None:
    """In both languages, for everybody by turns, so that whatever one left would be seen by the next."""
    asked = {name: own(user) for name, user in people.items()}
    languages = {"en": {"accept_language": "en"}, "id": {"accept_language": "id"}}
    expected: dict[Any, Any] = {}
    for host, path in PAGES:
        for language, spoken in languages.items():
            for name, headers in asked.items():
                if language == "id" and name not in ("middle", "finished"):
                    continue
                drawn = house.drawn(host, path, **headers, **spoken, accept_encoding="gzip")
                expected[host, path, language, name] = seen(drawn)
    awake()
    for turn, only in (("gzip", None), ("x", ("middle", "reviewer"))):
        for (host, path, language, name), page in expected.items():
            if only and name not in only:
                continue
            headers = {**asked[name], **languages[language], "accept_encoding": turn}
            with CaptureQueriesContext(connection) as queries:
                answer = house.drawn(host, path, **headers)
            assert seen(answer) == page, (host, path, language, name, turn)
            if only:
                is_framed = comes_framed(name, path)
                assert (len(queries) == 1) is is_framed, (path, name, queries.captured_queries)


def test_a_name_of_the_house_that_is_spelt_otherwise_is_in_nobody_elses_page(
    house: Strangers, people: dict[str, User]
) -> None:
    awake()
    headers = own(people["nameless"])
    for odd in ("ESENSI.localhost:8000", "esensi.localhost.:8000"):
        first = house.drawn(odd, "/books/", **headers)
        page = house.drawn("main", "/books/", **own(people["middle"]))
        assert first.page[0] == 200
        assert odd.encode() not in page.page[2]
        frames.wake()

"""A chapter that many read while others talk about it: all have each comment once and in order.

Small here; `make soak` runs the size that is promised.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from benchmarks.comments_load import Readers
from sites.accounts.models import User
from sites.community.models import Comment
from tests.journeys.server import psycopg_url
from tests.realtime.page import Server, in_database, serving, session_of
from tests.sites.community.talk import make_chapter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    database = psycopg_url(os.environ["DATABASE_URL"], connections["default"].settings_dict["NAME"])
    with serving(database, tmp_path, "SOCKETS_PER_ADDRESS=2000") as started:
        yield started
        said = started.says()
        assert "Traceback" not in said, said


def facts(server: Server, **more: Any) -> dict[str, Any]:
    """A chapter, and people who have it open."""
    chapter = make_chapter("read-by-many")
    people = User.objects.bulk_create(
        User(email=f"many{one}@talk.example", name=f"Reader {one}", password="!")
        for one in range(120)
    )
    return {
        "port": server.port,
        "host": settings.HOST_NAMES.domains["chapter"],
        "cookie": settings.SESSION_COOKIE_NAME,
        "csrf": settings.CSRF_COOKIE_NAME,
        "sessions": [(person.pk, session_of(person)) for person in people],
        "rooms": [f"chapter.{chapter.pk}"],
        "path": "/read-by-many/1/comments/",
        **more,
    }


@pytest.mark.parametrize(
    ("number", "each_second", "seconds"),
    [(60, 8, 2), pytest.param(500, 20, 30, marks=pytest.mark.soak)],
)
async def test_all_readers_have_each_comment_once_and_in_order(
    server: Server, number: int, each_second: int, seconds: int
) -> None:
    readers = Readers(
        await in_database(facts, server, number=number, each_second=each_second, seconds=seconds)
    )
    await readers.open()
    found = await readers.talk()
    await readers.close()
    assert found["refused"] == []
    assert found["posted"] == each_second * seconds
    assert found["once_and_in_order"]
    assert found["alike"]
    assert found["delivered"] == found["expected"] == number * each_second * seconds
    assert found["codes"] in ([], [0])
    assert await in_database(Comment.objects.count) == found["posted"]
    print({name: round(found[name]) for name in ("p50", "p95", "page_p95")})  # noqa: T201 - soak's figures

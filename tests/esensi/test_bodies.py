"""Bodies are bounded in bytes, in seconds and in all, and the longest chapter is within."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings

from esensi.gate import RequestGate
from sites.books.models import Chapter
from sites.books.text.clean import TEXT_LIMIT
from tests.esensi.gate_visitors import Inside, Visitor, settled
from tests.sites.desk.forms import fields_of
from tests.sites.desk.people import small_house
from tests.waiting import auntil


def plain(visitor: Visitor) -> dict[bytes, bytes]:
    """The headers of a refusal, which is a few sentences and nothing else."""
    headers = dict(visitor.sent[0]["headers"])
    assert headers[b"content-type"] == b"text/plain; charset=utf-8"
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
    assert headers[b"connection"] == b"close"
    assert int(headers[b"content-length"]) == len(visitor.text.encode())
    assert "Traceback" not in visitor.text
    assert "nothing of" in visitor.text
    return headers


async def test_a_body_announced_too_large_is_refused_unread(settings: Any) -> None:
    app = Inside()
    length = str(settings.LARGEST_BODY + 1)
    visitor = Visitor(RequestGate(app), content_length=length)
    await auntil(lambda: visitor.sent)
    visitor.leave()
    assert await visitor.end() == 413
    plain(visitor)
    assert "24 MB" in visitor.text
    assert app.served == 0


@pytest.mark.parametrize("size", [1, 999, 5000])
async def test_a_body_is_counted_where_nothing_announces_it(settings: Any, size: int) -> None:
    settings.LARGEST_BODY = 10_000
    app = Inside()
    app.leave.set()
    gate = RequestGate(app)
    fits, beyond = Visitor(gate), Visitor(gate)
    for _ in range(10_000 // size):
        fits.give(b"x" * size, more=True)
        beyond.give(b"x" * size, more=True)
    assert await fits.give(b"x" * (10_000 % size)).end() == 418
    assert await beyond.give(b"x" * (10_000 % size + 1)).end() == 413
    plain(beyond)
    assert app.served == 1


async def test_who_sends_on_after_a_refusal_is_heard_for_a_while(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LARGEST_BODY = 10
    monkeypatch.setattr("esensi.bodies.LINGER_SECONDS", 0.05)
    visitor = Visitor(RequestGate(Inside())).give(b"x" * 11, more=True)
    assert await visitor.end() == 413
    assert [message.get("more_body", False) for message in visitor.sent] == [False, True, False]


async def test_a_body_that_never_ends_is_given_up() -> None:
    app = Inside()
    visitor = Visitor(RequestGate(app, body_seconds=0.01)).give(b"a", more=True)
    assert await visitor.end() == 408
    plain(visitor)
    assert app.served == 0


async def test_large_bodies_share_a_room_and_small_ones_need_none(settings: Any) -> None:
    settings.LARGEST_BODY = 500_000
    app = Inside()
    app.leave.set()
    gate = RequestGate(app)
    large = [Visitor(gate).give(b"x" * 400_000, more=True) for _ in range(2)]
    await auntil(lambda: gate._bodies.held)
    await settled()
    refused = Visitor(gate).give(b"x" * 400_000)
    assert await refused.end() == 503
    assert plain(refused)[b"retry-after"] == b"5"
    assert await Visitor(gate).give(b"x" * 60_000).end() == 418
    for visitor in large:
        assert await visitor.give(b"").end() == 418
    assert gate._bodies.held == 0
    assert await Visitor(gate).give(b"x" * 400_000).end() == 418


def test_the_largest_chapter_fits_into_the_largest_body() -> None:
    text = urlencode({"text": "𞤀" * TEXT_LIMIT})  # a letter of Adlam: four bytes
    assert len(text) + 90_000 < settings.LARGEST_BODY
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == settings.LARGEST_BODY


@pytest.mark.django_db
def test_a_long_arabic_chapter_is_saved_at_the_desk() -> None:
    house = small_house()
    client = house.visitor("publish", "author")
    path = f"/books/chapter/{house.chapter.pk}/change/"
    letters = "ا" * (TEXT_LIMIT - 100)
    fields = fields_of(client.get(path)) | {"text": f"<p>{letters}</p>"}
    body = urlencode(fields, doseq=True)
    assert len(body) > 11_000_000
    saved = client.post(path, body, content_type="application/x-www-form-urlencoded")
    assert saved.status_code == 302
    assert letters in Chapter.objects.get(pk=house.chapter.pk).text

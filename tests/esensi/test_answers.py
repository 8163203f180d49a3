"""Answers wait for slow readers; turns do not."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from esensi.gate import RequestGate
from tests.esensi.gate_visitors import Inside, Visitor, settled
from tests.waiting import auntil


async def test_slow_readers_hold_no_turn() -> None:
    app = Inside()
    app.leave.set()
    app.body = b"x" * 300_000
    gate = RequestGate(app)
    slow = [Visitor(gate) for _ in range(settings.REQUESTS_AT_ONCE * 3)]
    for visitor in slow:
        visitor.reads.clear()
        visitor.give(b"")
    await auntil(lambda: app.served == len(slow) and not app.inside)
    assert await Visitor(gate).give(b"").end() == 418
    for visitor in slow:
        visitor.reads.set()
        assert await visitor.end() == 418
        assert visitor.text == app.body.decode()
        assert [m["more_body"] for m in visitor.sent[1:]] == [True] * 4 + [False]
    assert gate._answers.held == 0


async def test_an_answer_beyond_the_limit_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esensi.answers.LARGEST_ANSWER", 250)
    written = 0

    async def streaming(scope: Any, receive: Any, send: Any) -> None:
        nonlocal written
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(10):
            await send({"type": "http.response.body", "body": b"x" * 100, "more_body": True})
            written += 1
        await send({"type": "http.response.body"})

    gate = RequestGate(streaming)
    visitor = Visitor(gate)
    visitor.reads.clear()
    visitor.give(b"")
    await settled()
    assert written == 2  # the third waits for the reader
    visitor.reads.set()
    assert await visitor.end() == 200
    assert visitor.text == "x" * 1000
    assert gate._answers.held == 0


async def test_who_reads_nothing_has_left() -> None:
    app = Inside()
    app.leave.set()
    gate = RequestGate(app, piece_seconds=0.01)
    visitor = Visitor(gate)
    visitor.reads.clear()
    visitor.give(b"")
    assert await visitor.end() is None
    assert app.served == 1


async def test_a_passing_answer_gives_its_turn_back_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("esensi.answers.LARGEST_ANSWER", 0)
    monkeypatch.setattr("esensi.answers.PASSING_SECONDS", 0.01)
    app = Inside()
    app.leave.set()
    visitor = Visitor(RequestGate(app))
    visitor.reads.clear()
    visitor.give(b"")
    assert await visitor.end() is None
    assert app.inside == 0

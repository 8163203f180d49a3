"""The gate: turns are for Django's work, and everybody gets theirs back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.conf import settings

from esensi.gate import RequestGate
from tests.esensi.gate_visitors import PROMPT, Inside, Visitor, full_house, settled
from tests.sites.doors_probe import ask
from tests.waiting import auntil


async def test_the_gate_lets_in_as_many_as_there_are_connections() -> None:
    async with full_house() as (gate, app, _):
        late = [Visitor(gate).give(b"") for _ in range(settings.REQUESTS_AT_ONCE * 4)]
        await settled()
        assert app.served == settings.REQUESTS_AT_ONCE
        app.leave.set()
        assert {await visitor.end() for visitor in late} == {418}
        assert app.most == settings.REQUESTS_AT_ONCE


async def test_a_full_house_says_so_and_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esensi.gate.LONGEST_LINE", 3)
    async with full_house() as (gate, app, _):
        line = [Visitor(gate).give(b"") for _ in range(3)]
        await settled()
        refused = await asyncio.wait_for(ask(gate, "x"), PROMPT)
        assert refused["status"] == 503
        assert refused["headers"]["retry-after"] == "5"
        assert "default-src 'none'" in refused["headers"]["content-security-policy"]
        app.leave.set()
        assert {await visitor.end() for visitor in line} == {418}
    assert (await asyncio.wait_for(ask(gate, "x"), PROMPT))["status"] == 418


async def test_a_request_that_fails_gives_its_turn_back() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("broken on purpose")

    gate = RequestGate(broken)
    for _ in range(settings.REQUESTS_AT_ONCE * 2):
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(ask(gate, "x"), PROMPT)


async def test_who_is_still_sending_takes_no_turn() -> None:
    app = Inside()
    app.leave.set()
    gate = RequestGate(app)
    slow = [Visitor(gate).give(b"a", more=True) for _ in range(settings.REQUESTS_AT_ONCE * 3)]
    await settled()
    assert await Visitor(gate).give(b"").end() == 418
    assert app.served == 1
    for visitor in slow:
        assert await visitor.give(b"b").end() == 418


async def test_who_leaves_while_sending_is_forgotten() -> None:
    app = Inside()
    visitor = Visitor(RequestGate(app)).give(b"a", more=True)
    visitor.leave()
    assert await visitor.end() is None
    assert app.served == 0


async def test_who_leaves_the_line_gives_up_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esensi.gate.LONGEST_LINE", 1)
    async with full_house() as (gate, app, _):
        first = Visitor(gate).give(b"")
        await settled()
        first.leave()
        assert await first.end() is None
        second = Visitor(gate).give(b"")
        app.leave.set()
        assert await second.end() == 418
        assert app.served == settings.REQUESTS_AT_ONCE + 1
        assert app.most == settings.REQUESTS_AT_ONCE


async def test_who_leaves_as_the_turn_comes_gives_it_back() -> None:
    async with full_house() as (gate, app, guests):
        waiting = [Visitor(gate).give(b"") for _ in range(settings.REQUESTS_AT_ONCE)]
        await settled()
        app.leave.set()
        for visitor in waiting:
            visitor.leave()
        for visitor in (*waiting, *guests):
            await visitor.end()
    late = [Visitor(gate).give(b"") for _ in range(settings.REQUESTS_AT_ONCE)]
    assert {await visitor.end() for visitor in late} == {418}


async def test_django_gets_the_body_and_hears_when_the_client_leaves() -> None:
    heard: list[Any] = []

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        heard.append(await receive())
        heard.append(await receive())

    visitor = Visitor(RequestGate(listening)).give(b"one ", more=True).give(b"two")
    await auntil(lambda: heard)
    assert heard == [{"type": "http.request", "body": b"one two", "more_body": False}]
    visitor.leave()
    assert await visitor.end() is None
    assert heard[1] == {"type": "http.disconnect"}

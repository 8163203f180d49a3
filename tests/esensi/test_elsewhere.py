"""Requests that an operator has addressed to one instance."""

from __future__ import annotations

import pytest

from esensi.elsewhere import Elsewhere
from realtime import placement
from realtime.placement import Answer
from tests.esensi.test_asgi import teapot
from tests.sites.doors_probe import ask


async def test_an_operators_request_goes_to_its_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Answer("instance", "instance=m2")
    monkeypatch.setattr(placement, "place_request", lambda scope: there)
    answer = await ask(Elsewhere(teapot), "esensi.localhost", "/?instance=m2%3Asigned")
    assert answer["status"] == 409
    assert answer["headers"]["fly-replay"] == "instance=m2"


@pytest.mark.parametrize(
    "path", ["/", "/?next=/", "/?instance=forged", "/?instance=", "/?instance=%00"]
)
async def test_all_others_are_taken_here(path: str) -> None:
    assert (await ask(Elsewhere(teapot), "esensi.localhost", path))["status"] == 418

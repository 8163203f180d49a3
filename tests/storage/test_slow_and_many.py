"""Those who send slowly, and many who send at once: nobody holds up others, or takes all memory."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from storage import arriving, errors, pictures
from storage.backends import private
from storage.serving import StoredFiles
from tests.sites.doors_probe import http_scope
from tests.storage.hostile import picture
from tests.storage.sending import nothing_else

KEY = "incoming/cover/0123456789abcdef.png"


async def test_a_body_that_drips_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece is in time for itself, and the whole would take an hour."""
    monkeypatch.setattr(arriving, "SILENCE", 0.2)
    form = private().signed_form(KEY, size=100_000, type_="image/png", expires=timedelta(hours=1))
    sent: list[Any] = []

    async def drip() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def keep(message: Any) -> None:
        sent.append(message)

    headers = {"content_length": "100000", "content_type": "image/png"}
    monkeypatch.setattr(arriving, "SLOWEST", 1_000_000)
    async with asyncio.timeout(10):
        await StoredFiles(nothing_else)(http_scope("x", form.url, "PUT", headers), drip, keep)
    assert sent[0]["status"] == 400
    assert not private().exists(KEY)
    assert arriving._arriving == 0


def test_pictures_are_decoded_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, run, counting = 0, 0, subprocess.run, threading.Lock()

    def counted(*words: Any, **named: Any) -> Any:
        nonlocal running, most
        with counting:
            running += 1
            most = max(most, running)
        try:
            return run(*words, **named)
        finally:
            with counting:
                running -= 1

    monkeypatch.setattr(subprocess, "run", counted)
    content = picture()
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: pictures.clean(content, "image/png"), range(4)))
    assert most == 1
    assert len(set(done)) == 1


def test_who_would_wait_for_long_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.05)
    started = time.monotonic()
    with pictures._turn, pytest.raises(errors.StorageUnavailable):
        pictures.clean(picture(), "image/png")
    assert time.monotonic() - started < 5
    assert pictures.clean(picture(), "image/png")

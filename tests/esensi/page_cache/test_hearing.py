from __future__ import annotations

from typing import Any

import pytest

from esensi.page_cache import door, hearing
from esensi.page_cache.hearing import CHANNEL, Hearer
from esensi.page_cache.store import Page, PageStore
from realtime.errors import NotConnected
from sites.community import announced

NOW = 1_800_000_000.0


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> PageStore:
    store = PageStore(1_000_000)
    monkeypatch.setattr(door, "store", store)
    return store


class Layer:
    """Listens, at the second time that it is asked."""

    def __init__(self, *, failures: int = 0) -> None:
        self.failures = failures
        self.listened: list[tuple[str, Any]] = []

    async def listen_to(self, channel: str, hearer: Any) -> None:
        if self.failures:
            self.failures -= 1
            raise NotConnected("Not yet.")
        self.listened.append((channel, hearer))


def keep(store: PageStore, about: str = "laut") -> bool:
    return store.keep("a", Page([], b"page", about, NOW), store.mark())


async def test_nothing_is_kept_until_changes_are_heard(
    store: PageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = Layer(failures=2)
    monkeypatch.setattr(hearing, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(hearing, "PAUSE", 0.0)
    assert not keep(store)
    await hearing.begin_in_time()
    assert keep(store)
    assert [channel for channel, _hearer in layer.listened] == [CHANNEL]


async def test_a_layer_that_cannot_listen_keeps_nothing(
    store: PageStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hearing, "get_channel_layer", lambda: object())
    await hearing.begin_in_time()
    assert not keep(store)
    assert "Pages are not kept" in caplog.text


def test_what_is_heard_drops_pages_and_what_is_announced(store: PageStore) -> None:
    hearer = Hearer(store)
    store.wake()
    keep(store)
    hearer.heard("gunung")
    assert len(store) == 1
    assert announced._read
    hearer.heard("laut")
    assert len(store) == 0
    keep(store)
    hearer.heard("")
    assert len(store) == 0
    assert not announced._read


def test_while_nothing_is_heard_nothing_is_kept(store: PageStore) -> None:
    hearer = Hearer(store)
    store.wake()
    keep(store)
    hearer.lost()
    assert store.find("a", NOW) is None
    assert not keep(store)
    hearer.resumed()
    assert store.find("a", NOW) is None
    assert keep(store)

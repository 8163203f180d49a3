from __future__ import annotations

from typing import Any

from esensi.page_cache import store as pages
from sites.frames.store import FrameStore
from sites.shared_parts import FRESH_SECONDS

NOW = 1_800_000_000.0


class Frame:
    """As large as it says."""

    def __init__(self, size: int = 10) -> None:
        self.size = size


def kept(store: FrameStore, key: str, *, about: str = "", mark: int | None = None) -> Any:
    frame: Any = Frame()
    begun = store.mark() if mark is None else mark
    store.keep(key, frame, about=about, mark=begun, now=NOW)
    return store.find(key, NOW)


def test_a_frame_is_kept_while_it_is_fresh_and_somebody_hears() -> None:
    store = FrameStore()
    assert kept(store, "a") is None
    store.wake()
    assert kept(store, "a") is not None
    assert store.find("a", NOW + 14.9)
    assert store.find("a", NOW - 1) is None
    assert kept(store, "a") is not None
    assert store.find("a", NOW + 15) is None
    assert FRESH_SECONDS == pages.FRESH_SECONDS
    kept(store, "b")
    store.sleep()
    assert store.find("b", NOW) is None
    store.wake()
    assert store.find("b", NOW) is None


def test_a_book_that_changes_takes_its_frames_along_and_everything_takes_all() -> None:
    store = FrameStore()
    store.wake()
    kept(store, "laut", about="laut")
    kept(store, "gunung", about="gunung")
    kept(store, "home")
    store.changed("laut")
    assert [store.find(key, NOW) is None for key in ("laut", "gunung", "home")] == [
        True,
        False,
        False,
    ]
    store.changed("")
    assert len(store) == 0


def test_what_has_changed_while_it_was_drawn_is_not_kept() -> None:
    store = FrameStore()
    store.wake()
    mark = store.mark()
    store.changed("laut")
    assert kept(store, "laut", about="laut", mark=mark) is None
    assert kept(store, "gunung", about="gunung", mark=mark) is not None
    store.changed("")
    assert kept(store, "home", mark=mark) is None


def test_so_many_bytes_are_kept_and_the_least_asked_for_go() -> None:
    store = FrameStore(most=25)
    store.wake()
    for key in "abc":
        kept(store, key)
    assert [store.find(key, NOW) is None for key in "abc"] == [True, False, False]
    large: Any = Frame(26)
    store.keep("d", large, about="", mark=store.mark(), now=NOW)
    assert store.find("d", NOW) is None

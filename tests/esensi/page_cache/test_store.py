from __future__ import annotations

import pytest

from esensi.page_cache.store import FRESH_SECONDS, LARGEST_PAGE, OVERHEAD, Page, PageStore
from sites.page_cache import CDN_SECONDS

NOW = 1_800_000_000.0


def page(about: str = "", *, size: int = 1000, at: float = NOW) -> Page:
    return Page([], b"x" * size, about, at)


@pytest.fixture
def store() -> PageStore:
    store = PageStore(100_000)
    store.wake()
    return store


def test_a_kept_page_is_given_while_it_is_fresh(store: PageStore) -> None:
    kept = page()
    assert store.keep("a", kept, store.mark())
    assert store.find("a", NOW) is kept
    assert store.find("a", NOW + FRESH_SECONDS - 0.01) is kept
    assert store.find("a", NOW + FRESH_SECONDS) is None
    assert len(store) == store.bytes == 0


def test_a_clock_that_was_set_back_keeps_nothing_for_longer(store: PageStore) -> None:
    store.keep("a", page(), store.mark())
    assert store.find("a", NOW - 3600) is None


def test_a_cdn_shows_nothing_for_longer_than_the_house(store: PageStore) -> None:
    assert CDN_SECONDS <= FRESH_SECONDS


def test_a_change_of_a_book_drops_its_pages_alone(store: PageStore) -> None:
    store.keep("laut", page("laut"), store.mark())
    store.keep("gunung", page("gunung"), store.mark())
    store.keep("home", page(), store.mark())
    store.changed("laut")
    assert [store.find(key, NOW) is None for key in ("laut", "gunung", "home")] == [
        True,
        False,
        False,
    ]
    store.changed("")
    assert len(store) == store.bytes == 0


@pytest.mark.parametrize(
    ("about", "changed", "kept"),
    [("laut", "laut", False), ("laut", "", False), ("", "", False), ("laut", "gunung", True)],
)
def test_what_changes_while_a_page_is_drawn_is_not_kept(
    store: PageStore, about: str, changed: str, kept: bool
) -> None:
    mark = store.mark()
    store.changed(changed)
    assert store.keep("a", page(about), mark) is kept
    assert store.keep("a", page(about), store.mark())


def test_asleep_it_keeps_and_gives_nothing(store: PageStore) -> None:
    store.keep("a", page(), store.mark())
    mark = store.mark()
    store.sleep()
    assert store.find("a", NOW) is None
    assert not store.keep("a", page(), store.mark())
    store.wake()
    assert store.find("a", NOW) is None
    # It began to be drawn when a change could have been missed.
    assert not store.keep("a", page(), mark)


def test_it_holds_so_many_bytes_and_those_least_asked_for_go(store: PageStore) -> None:
    each = 10_000 + OVERHEAD
    for number in range(8):
        store.keep(number, page(size=10_000), store.mark())
    assert store.bytes == 8 * each
    store.find(0, NOW)
    store.keep("one more", page(size=10_000), store.mark())
    assert store.bytes == 8 * each
    assert store.find(0, NOW)
    assert store.find(1, NOW) is None


def test_a_page_that_is_too_long_pushes_nothing_out() -> None:
    store = PageStore(100 * LARGEST_PAGE)
    store.wake()
    assert not store.keep("a", page(size=LARGEST_PAGE), store.mark())
    assert store.keep("b", page(size=LARGEST_PAGE - OVERHEAD), store.mark())


def test_so_many_books_that_change_make_everything_changed(
    store: PageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esensi.page_cache.store.MOST_CHANGED", 3)
    mark = store.mark()
    for number in range(4):
        store.changed(f"book-{number}")
    assert not store.keep("a", page("another"), mark)
    assert store.keep("a", page("another"), store.mark())

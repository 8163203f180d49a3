"""The pictures of docs/live are those that `python -m tests.live_screens` takes."""

from __future__ import annotations

from tests.live_screens import FOLDER, SCREENS, VIEWS, document

MOST = 1_000_000  # bytes of all pictures


def test_every_page_has_its_pictures_and_none_is_left_over() -> None:
    wanted = {
        f"{screen.name}-{width}-{theme}-{locale[:2]}.webp"
        for screen in SCREENS
        for width, _height, theme, locale in VIEWS
    }
    assert {path.name for path in FOLDER.iterdir()} == wanted
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MOST


def test_the_page_of_pictures_is_the_one_that_is_written_with_them() -> None:
    assert FOLDER.with_suffix(".md").read_text() == document()

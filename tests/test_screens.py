"""The pictures of docs/screens are those that `make screens` takes, and stay small."""

from __future__ import annotations

from tests.screens import (
    FOLDER,
    FROM_ELSEWHERE,
    PAGE,
    SCREENS,
    SIZES,
    THEMES,
    page_of_screens,
    picture,
)

MOST = 6_000_000  # bytes of all pictures: a clone of the project stays a matter of seconds


def test_every_page_type_has_its_pictures_and_none_is_left_over() -> None:
    wanted = {
        picture(screen, width, theme)
        for screen in (*SCREENS, *FROM_ELSEWHERE)
        for width in SIZES
        for theme in THEMES
    }
    assert {path.name for path in FOLDER.iterdir()} == wanted


def test_the_page_of_pictures_is_the_one_that_is_written_with_them() -> None:
    assert PAGE.read_text() == page_of_screens()


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MOST

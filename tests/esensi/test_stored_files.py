"""The door of the folders, which opens with the first request for a file."""

from __future__ import annotations

from esensi.stored_files import PLACES
from storage import links, serving


def test_its_places_are_those_that_the_door_serves() -> None:
    assert PLACES == (serving.PUBLIC, links.PREFIX)

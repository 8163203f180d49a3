"""How far a reader is in each chapter of a list."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sites.books.reading import Place
from sites.frames.slots import Slot, slot


@dataclass(frozen=True)
class Mark:
    """What a reader's place says of a chapter: "read", "here", or nothing. What follows is said of the
    chapter that they are in: ``left`` are minutes."""

    kind: str = ""
    is_begun: bool = False
    anchor: str | Slot = ""
    left: int | Slot = 0


def mark_of(place: Place | None, number: int) -> Mark:
    """Say how far somebody with this place is in the chapter of this number."""
    if place is None or number > place.chapter.number:
        return Mark()
    if number < place.chapter.number or place.is_finished:
        return Mark("read")
    return Mark("here", place.is_begun, place.anchor, place.minutes_left)


def shown_mark_of(place: Place | None, number: int) -> Mark:
    """Say it with slots, for pages that are drawn for all readers."""
    mark = mark_of(place, number)
    if mark.kind != "here":
        return mark
    return replace(mark, anchor=slot("place.anchor"), left=slot("place.left"))

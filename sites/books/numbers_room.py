"""The room of a book's numbers: ``numbers.42`` hears that one of them is another than before.

For those who may edit the book: a page of theirs asks for the numbers then, at most once in a few
seconds however often it hears (``publish/numbers.js``), so that nothing is counted while nobody looks.
Imported when somebody first publishes or joins (``sites.books.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from realtime.events import Event
from realtime.rooms import Ask, RoomKind, register, room_name
from realtime.streams import publish
from sites.books.asks_of_editors import asks_of_editors
from sites.books.models import Book

NUMBERS: Final = "numbers"
#: Whoever was away asks anyway: the newest says as much as all of them.
KEPT_FOR: Final = timedelta(hours=1)
MOST_KEPT: Final = 5


@dataclass(frozen=True)
class NumbersChanged(Event):
    """A book has other ``what``: "followers", "readers" (or one who came to another chapter),
    "comments"."""

    what: str


def room_of_numbers(book: int) -> str:
    return room_name(NUMBERS, book)


def tell_numbers(book: int, what: str) -> None:
    """Tell those who look at a book's numbers, within the caller's transaction."""
    publish(room_of_numbers(book), NumbersChanged(what=what))


def may_look(asks: Sequence[Ask]) -> Collection[Ask]:
    """Give the asks for books that the askers may edit, in one query."""
    return asks_of_editors(asks, Book.objects.all(), book="pk")


def how_it_stands(_user: Any, _key: str) -> Mapping[str, Any]:
    """Nothing: the page asks for what it shows."""
    return {}


register(
    RoomKind(
        name=NUMBERS,
        events=(NumbersChanged,),
        allowed=may_look,
        snapshot=how_it_stands,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
    )
)

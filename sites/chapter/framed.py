"""What is one person's on the reading room's pages that are drawn for all readers (``sites.frames``)."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from realtime.presence import person
from sites.books.marks import shown_mark_of
from sites.books.place_columns import PLACE_IN_BOOK, continuing, place_of, places_of
from sites.books.places import device_of
from sites.books.reading import SHELF_LIMIT
from sites.books.shown_places import cards_of, shown, texts_of
from sites.frames.asking import Asked
from sites.frames.frame import Frame, Personal
from sites.frames.pages import Page
from sites.frames.slots import slot


def _home(asked: Asked, frame: Frame) -> Personal:
    cards = cards_of(places_of(asked.told("places")), "chapter/card.html")
    return Personal({"places": slot("places") if cards else ""}, {"places": cards})


HOME: Final = Page(frozenset({"places"}), continuing(SHELF_LIMIT), _home)


def _contents(asked: Asked, frame: Frame) -> Personal:
    place = place_of(asked.told("place"))
    variables = {"place": shown(place), "mark": partial(shown_mark_of, place)}
    return Personal(variables, texts_of(place))


CONTENTS: Final = Page(frozenset({"place", "mark"}), PLACE_IN_BOOK, _contents)


def _read(asked: Asked, frame: Frame) -> Personal:
    place = place_of(asked.told("place"))
    number = frame.context["chapter"].number
    is_here = place is not None and place.chapter.number == number and not place.is_finished
    here = place if is_here else None
    variables: dict[str, Any] = {
        "place": shown(here),
        "knows_place": place is not None,
        "device": slot("device"),
        "me": slot("me"),
    }
    texts = {"device": device_of(asked.session_key), "me": person(asked.user.pk)}
    return Personal(variables, {**texts, **texts_of(here)})


READ: Final = Page(frozenset({"place", "knows_place", "device", "me"}), PLACE_IN_BOOK, _read)

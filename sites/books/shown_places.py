"""Places as pages show them that are drawn for all readers: with slots for what differs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.translation import get_language

from sites.books.models import Book
from sites.books.reading import Place
from sites.frames.slots import Slot, fill, slot
from sites.shared_parts import parts


@dataclass(frozen=True)
class _Chapter:
    @property
    def number(self) -> Slot:
        return slot("place.number")

    @property
    def minutes(self) -> Slot:
        return slot("place.minutes")


@dataclass(frozen=True)
class ShownPlace:
    """Stands for a ``Place`` in templates; two are the same if pages look alike with them."""

    is_begun: bool
    is_finished: bool
    chapter: _Chapter = _Chapter()

    @property
    def anchor(self) -> Slot:
        return slot("place.anchor")

    @property
    def last_number(self) -> Slot:
        return slot("place.last")

    @property
    def percent(self) -> Slot:
        return slot("place.percent")

    @property
    def minutes_left(self) -> Slot:
        return slot("place.left")

    @property
    def paragraph(self) -> Slot:
        return slot("place.paragraph")

    @property
    def share(self) -> Slot:
        return slot("place.share")


def shown(place: Place | None) -> ShownPlace | None:
    return ShownPlace(place.is_begun, place.is_finished) if place else None


def texts_of(place: Place | None) -> dict[str, str]:
    """Give the slots' texts of a place; none without one."""
    if place is None:
        return {}
    return {
        "place.number": str(place.chapter.number),
        "place.minutes": str(place.chapter.minutes),
        "place.anchor": escape(place.anchor),
        "place.last": str(place.last_number),
        "place.percent": str(place.percent),
        "place.left": str(place.minutes_left),
        "place.paragraph": escape(place.paragraph),
        "place.share": place.share,
    }


def cards_of(places: Iterable[Place], template: str) -> str:
    """Draw the cards of a reader's places. What a card shows beside the place is kept for everybody's
    cards of the same book, as parts are."""
    drawn, missing = [], []
    for place in places:
        key = (template, get_language(), place.book.pk, place.is_begun)
        text = parts.find(key)
        drawn.append((place, key, text))
        if text is None:
            missing.append(place.book.pk)
    mark, begun = parts.mark(), time.time()
    books = Book.objects.for_cards().in_bulk(missing) if missing else {}
    out = []
    for place, key, text in drawn:
        if text is None:
            book = books.get(place.book.pk)
            if book is None:
                continue  # erased meanwhile
            text = card_of(template, book, shown(place))
            parts.keep(key, text, mark, begun)
        out.append(fill(text, texts_of(place)))
    return "".join(out)


def card_of(template: str, book: Book, place: Any) -> str:
    """Draw a card of a place, as a row of a list."""
    return f"<li>{get_template(template).render({'place': place, 'book': book})}</li>\n"

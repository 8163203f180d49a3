"""A person's places as their other devices hear of them, in the person's room (``user.7``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from realtime.events import Event
from realtime.rooms import room_name
from sites.accounts.models import User
from sites.books.models import ReadingProgress


@dataclass(frozen=True)
class PlaceKept(Event):
    """The person is here in a book now; ``device`` is where they read (``device_of``), and empty where
    nobody knows. ``book`` is a key, ``number`` and ``title`` are the chapter's."""

    book: int
    number: int
    title: str
    paragraph: str
    fraction: float
    device: str


def room_of_person(user: int) -> str:
    return room_name("user", user)


def device_of(session_key: str | None) -> str:
    """Give a name for a browser, by its session: of 48 bits, so that a person's devices never share
    one, and from which nobody learns the session's key."""
    if not session_key:
        return ""
    return salted_hmac("sites.books.places.device", session_key).hexdigest()[:12]


def latest_place(user: User) -> Mapping[str, Any] | None:
    """Give the place that a person kept last, in whichever book, as ``PlaceKept`` would tell it; one
    query."""
    kept = (
        ReadingProgress.objects.filter(user=user)
        .select_related("chapter")
        .only("book_id", "paragraph", "fraction", "chapter__number", "chapter__title")
        .order_by("-updated_at", "-pk")
        .first()
    )
    if kept is None:
        return None
    return asdict(
        PlaceKept(
            book=kept.book_id,
            number=kept.chapter.number,
            title=kept.chapter.title,
            paragraph=kept.paragraph,
            fraction=kept.fraction,
            device="",
        )
    )

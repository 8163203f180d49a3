"""The rooms of books: ``book.42`` hears what happens to a book, and knows how many are reading it.

Imported when somebody first publishes or joins (``sites.books.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, Value, When
from django.utils import timezone

from realtime.events import Event
from realtime.rooms import Ask, RoomKind, register, room_name
from realtime.streams import revoke
from sites.accounts.models import User
from sites.accounts.roles import HOUSE_EDITORS
from sites.books.models import Authorship, Book, Chapter, Status
from sites.books.models.visibility import is_out
from sites.row_key import row_key

#: A page that was open for longer is told how the book stands now, and not what happened.
KEPT_FOR: Final = timedelta(days=7)
MOST_KEPT: Final = 100  # events of one book: three a day on every day of a month


@dataclass(frozen=True)
class ChaptersPublished(Event):
    """Readers can read on: ``count`` chapters came out together, the first of them this one."""

    number: int
    title: str
    count: int


@dataclass(frozen=True)
class BookWithdrawn(Event):
    """Readers no longer see the book."""


@dataclass(frozen=True)
class ReviewsChanged(Event):
    """Somebody has written, changed, removed, or voted on this review. Pages fetch what is there now:
    a stream keeps nobody's words."""

    review: int


def room_of_book(book: int) -> str:
    return room_name("book", book)


def room_of_chapter(chapter: int) -> str:
    """Give the room of what readers say about a chapter; its kind is ``sites.community``'s."""
    return room_name("chapter", chapter)


def send_readers_away(book: int) -> None:
    """Have everybody asked again who hears a book or one of its chapters, within the caller's
    transaction."""
    chapters = Chapter.objects.filter(book=book, status=Status.PUBLISHED).order_by("pk")
    rooms = [room_of_chapter(pk) for pk in chapters.values_list("pk", flat=True)]
    revoke(room=room_of_book(book), rooms=rooms)


def may_see(asks: Sequence[Ask]) -> Collection[Ask]:
    """Give the asks for books that the askers may see, as ``Book.objects.visible_to`` would for each
    of them alone, in one query."""
    people = {ask.user.pk for ask in asks if isinstance(ask.user, User) and ask.user.is_active}
    keys = {key for ask in asks if (key := _key(ask.key)) is not None}
    own = Authorship.objects.filter(book=OuterRef("pk"), author__user__in=people)
    editors = User.objects.filter(pk__in=people, is_active=True).filter(
        Q(is_superuser=True) | Q(groups__name__in=HOUSE_EDITORS)
    )
    found = (
        Book.objects.filter(pk__in=keys)
        .annotate(
            out=Case(When(is_out(timezone.now()), then=Value(True)), default=Value(False)),
            own=ArraySubquery(own.values("author__user")),
            editors=ArraySubquery(editors.values("pk")),
        )
        .values_list("pk", "out", "own", "editors")
    )
    everybody = {str(pk) for pk, out, *_ in found if out}
    # Where nobody has an account, Django asks for no lists, and gives None.
    some = {(str(pk), user) for pk, _, *lists in found for users in lists for user in users or ()}
    return [ask for ask in asks if ask.key in everybody or (ask.key, ask.user.pk) in some]


def how_it_stands(user: Any, key: str) -> Mapping[str, Any]:
    """Give the last chapter that readers may read, by its number and title."""
    last = (
        Chapter.objects.published()
        .filter(book=_key(key) or 0)
        .order_by("-number")
        .values("number", "title")
        .first()
    )
    return {"last": last["number"] if last else 0, "title": last["title"] if last else ""}


def _key(key: str) -> int | None:
    """Read a room's key; a number has one spelling, so that a book has one room."""
    number = row_key(key)
    return number if number is not None and str(number) == key else None


register(
    RoomKind(
        name="book",
        events=(ChaptersPublished, BookWithdrawn, ReviewsChanged),
        allowed=may_see,
        snapshot=how_it_stands,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
        shows_presence=True,
    )
)

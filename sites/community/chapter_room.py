"""The rooms of chapters: ``chapter.99`` hears what readers say about a chapter while they read it.

Imported when somebody first publishes or joins (``sites.community.apps``).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, OuterRef, Q, Value, When
from django.utils import timezone

from realtime.events import Event, kind_name
from realtime.presence import person
from realtime.rooms import Ask, RoomKind, register
from sites.accounts.models import User
from sites.accounts.roles import HOUSE_EDITORS
from sites.books.models import Authorship, Chapter
from sites.books.models.visibility import is_out
from sites.books.text.allowed import PARAGRAPH_ID
from sites.community.marks import HighlightsChanged
from sites.community.models import Comment, Mute
from sites.row_key import row_key

if TYPE_CHECKING:
    from realtime.reading import Stored

#: Who was away for longer gets the counts, and the list anew.
KEPT_FOR: Final = timedelta(days=1)
MOST_KEPT: Final = 2_000  # the busiest minutes of the busiest chapter: 20 a second for 100 s
#: Paragraphs whose counts are told: more than any chapter of a novel has.
MOST_COUNTS: Final = 2_000
#: Seconds between two times that somebody is said to be writing: what is shown stays for longer.
WRITING_EVERY: Final = 2.0
#: People whose last time is remembered, in each process.
MOST_WRITING: Final = 5_000


@dataclass(frozen=True)
class CommentWritten(Event):
    """``by`` and ``to`` (whom it answers, or nothing) are people as presence names them; an empty
    ``name`` is somebody without one. ``paragraph`` is empty for the chapter as a whole."""

    comment: int
    parent: int | None
    paragraph: str
    by: str
    to: str
    name: str
    text: str
    spoiler: bool


@dataclass(frozen=True)
class CommentEdited(Event):
    comment: int
    text: str
    spoiler: bool


@dataclass(frozen=True)
class CommentEvent(Event):
    """What became of a comment: ``paragraph``, ``by`` and ``to`` as when it was written."""

    comment: int
    paragraph: str
    by: str
    to: str


class CommentDeleted(CommentEvent):
    """Its words are gone; it is no longer counted."""


class CommentHidden(CommentEvent):
    """Moderators have hidden it; it is no longer counted."""


class CommentRestored(CommentEvent):
    """Moderators show it again; who wants its words fetches them."""


@dataclass(frozen=True)
class CommentLiked(Event):
    """Somebody likes a comment, or (``liked`` false) no longer does; ``likes`` is how many do now."""

    comment: int
    by: str
    liked: bool
    likes: int


@dataclass(frozen=True)
class Writing(Event):
    """Somebody is writing about this paragraph, or the chapter, at this moment."""

    by: str
    name: str
    paragraph: str


def may_read(asks: Sequence[Ask]) -> Collection[Ask]:
    """Give the asks for chapters that the askers may read, as ``Chapter.objects.readable_by`` would for
    each of them alone, in one query."""
    people = {ask.user.pk for ask in asks if isinstance(ask.user, User) and ask.user.is_active}
    keys = {key for ask in asks if (key := _key(ask.key)) is not None}
    own = Authorship.objects.filter(book=OuterRef("book"), author__user__in=people)
    editors = User.objects.filter(pk__in=people, is_active=True).filter(
        Q(is_superuser=True) | Q(groups__name__in=HOUSE_EDITORS)
    )
    now = timezone.now()
    out = When(is_out(now) & is_out(now, "book__"), then=Value(True))
    found = (
        Chapter.objects.filter(pk__in=keys)
        .annotate(
            out=Case(out, default=Value(False)),
            own=ArraySubquery(own.values("author__user")),
            editors=ArraySubquery(editors.values("pk")),
        )
        .values_list("pk", "out", "own", "editors")
    )
    everybody = {str(pk) for pk, shown, *_ in found if shown}
    # Where nobody has an account, Django asks for no lists, and gives None.
    some = {(str(pk), user) for pk, _, *lists in found for users in lists for user in users or ()}
    return [ask for ask in asks if ask.key in everybody or (ask.key, ask.user.pk) in some]


def how_it_stands(user: Any, key: str) -> Mapping[str, Any]:
    """Give how many comments stand beside each paragraph for this person, and whom they have muted."""
    counts = dict(
        Comment.objects.shown_to(user)
        .filter(chapter=_key(key) or 0)
        .order_by()
        .values_list("paragraph")
        .annotate(Count("pk"))[:MOST_COUNTS]
    )
    muted = Mute.objects.by(user).values_list("of", flat=True) if isinstance(user, User) else ()
    return {"counts": counts, "muted": [person(one) for one in muted]}


#: What carries the words of a comment, and what takes them back.
_WORDS: Final = frozenset(kind_name(kind) for kind in (CommentWritten, CommentEdited))
_TAKEN_BACK: Final = frozenset(kind_name(kind) for kind in (CommentDeleted, CommentHidden))


def without_taken_back(events: Sequence[Stored]) -> list[Stored]:
    """Give what happened without the words that were changed, deleted or hidden since: a stream is kept
    for a day, and whoever joins says how far back it is told to them."""
    settled: set[int] = set()
    told = []
    for event in reversed(events):
        comment = event.data.get("comment", 0)
        if event.kind in _WORDS and comment in settled:
            event = event._replace(data={**event.data, "text": ""})
        if event.kind in _WORDS or event.kind in _TAKEN_BACK:
            settled.add(comment)
        told.append(event)
    return told[::-1]


class Pace:
    """Who was said to be writing lately, in this process; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._last: OrderedDict[int, float] = OrderedDict()

    def take(self, who: int, now: float) -> bool:
        """Is it time to say so again?"""
        last = self._last.get(who)
        if last is not None and now - last < WRITING_EVERY:
            return False
        self._last[who] = now
        self._last.move_to_end(who)
        if len(self._last) > MOST_WRITING:
            self._last.popitem(last=False)
        return True


_pace: Final = Pace()


def say_writing(user: Any, key: str, data: Mapping[str, Any]) -> Writing:
    """Raises ``ValueError`` for visitors, for what is no paragraph, and for what comes too often."""
    paragraph = data.get("paragraph", "")
    if not isinstance(user, User) or not user.is_active or set(data) - {"paragraph"}:
        raise ValueError("Only those with an account write.")
    if not isinstance(paragraph, str) or (paragraph and not PARAGRAPH_ID.fullmatch(paragraph)):
        raise ValueError("This is no paragraph.")
    if not _pace.take(user.pk, time.monotonic()):
        raise ValueError("That was said a moment ago.")
    return Writing(by=person(user.pk), name=user.name, paragraph=paragraph)


def _key(key: str) -> int | None:
    """Read a room's key; a number has one spelling, so that a chapter has one room."""
    number = row_key(key)
    return number if number is not None and str(number) == key else None


register(
    RoomKind(
        name="chapter",
        events=(
            CommentWritten,
            CommentEdited,
            CommentDeleted,
            CommentHidden,
            CommentRestored,
            CommentLiked,
            HighlightsChanged,
        ),
        transients=(Writing,),
        allowed=may_read,
        snapshot=how_it_stands,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
        said_by_clients={"writing": say_writing},
        retold=without_taken_back,
    )
)

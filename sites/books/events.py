"""What happened to books, as facts in the past tense, told in the transaction that did it.

The parts of the house that come after books, such as notifications, listen: ``on`` registers them
in ``AppConfig.ready``. A listener that raises undoes the action; effects outside the database wait
for the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar


@dataclass(frozen=True, kw_only=True)
class BookEvent:
    """``book`` and ``by`` are keys; ``by`` is None for a command.

    Kinds that carry no more than their base inherit its methods: a process makes them all at its
    start, and each that dataclass writes anew costs as much as a model.
    """

    book: int
    by: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SubmissionEvent(BookEvent):
    submission: int


class BookSubmitted(SubmissionEvent):
    """An author has given the book to the editors."""


class SubmissionTakenBack(SubmissionEvent):
    """An author has taken it back before it was decided on."""


class BookApproved(SubmissionEvent):
    """Readers see the book from its moment on."""


class ChangesRequested(SubmissionEvent):
    """An editor wants something changed, and has said what."""


class BookRejected(SubmissionEvent):
    """The house will not publish the book."""


@dataclass(frozen=True, kw_only=True)
class SubmissionCommented(SubmissionEvent):
    """Somebody wrote to the thread; ``comment`` is the comment's key."""

    comment: int


class BookWithdrawn(BookEvent):
    """Readers no longer see the book."""


class BookPublishedAgain(BookEvent):
    """A withdrawn book is back."""


@dataclass(frozen=True, kw_only=True)
class ChaptersAnnounced(BookEvent):
    """``count`` chapters have come out of a book that readers know; ``chapter`` is the first's key."""

    chapter: int
    count: int


class BookAnnounced(BookEvent):
    """Readers can read a new book."""


@dataclass(frozen=True, kw_only=True)
class InvitationEvent(BookEvent):
    invitation: int


class AuthorInvited(InvitationEvent):
    """Somebody is asked to put their name on the cover."""


class InvitationAccepted(InvitationEvent):
    """A new name stands on the cover."""


@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(InvitationEvent):
    """Who was asked does not want to; ``invited_by`` asked."""

    invited_by: int


class NameLeft(BookEvent):
    """An author, translator or illustrator has taken their own name off the cover."""


Event = TypeVar("Event", bound=BookEvent)

_listeners: dict[type[BookEvent], list[Callable[[Any], None]]] = defaultdict(list)


def on(kind: type[Event], listener: Callable[[Event], None]) -> None:
    """Have ``listener`` called with every event of exactly this kind."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def tell(event: BookEvent) -> None:
    """Tell the listeners, in the order in which they registered, within the caller's transaction."""
    for listener in _listeners[type(event)]:
        listener(event)

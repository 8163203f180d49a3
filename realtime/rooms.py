"""Kinds of rooms: who may join, what is told there, how long it is kept.

A room is named ``kind`` or ``kind.key``: ``operations``, ``book.42``. Its kind is registered once:

    rooms.register(RoomKind(name="book", events=(ChapterPublished,), allowed=…, snapshot=…, …))

A module that registers kinds need not load with the process: ``rooms.register_later("sites.books.live")``
in ``AppConfig.ready`` has it imported when somebody first publishes or joins.
"""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from realtime.events import Event, kind_name, schema
from realtime.models import LONGEST_KIND, LONGEST_ROOM
from realtime.stream_errors import BadKind, UnknownRoom

if TYPE_CHECKING:
    from realtime.reading import Stored

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,48}")
#: Nothing may be kept for longer: the table is for catching up, not an archive.
LONGEST_KEPT: Final = timedelta(days=90)
#: Events of one room that may be kept: more than anybody catches up with.
MOST_KEPT: Final = 10_000


@dataclass(frozen=True)
class Ask:
    """Somebody asks for a room: ``user`` is one of the project's or an ``AnonymousUser``, ``key`` is
    the part of the room's name behind the dot, or empty."""

    user: Any
    key: str


@dataclass(frozen=True)
class Report:
    """What a room is told every ``every`` seconds while somebody is in it (``realtime.reporting``).
    ``begin`` is called when the first has come, and gives what is then called, in a thread, for each
    message: one of the kind's ``transients``. So it may remember what it said before."""

    every: float
    begin: Callable[[], Callable[[], Event]]


@dataclass(frozen=True, kw_only=True)
class RoomKind:
    """One kind of room.

    ``allowed`` gives those of many asks that may join, with one query for all; it and ``snapshot``
    (user, key → what JSON can hold) are synchronous. ``events`` and ``transients`` are frozen
    dataclasses. Kept are at most ``keep_at_most`` events of a room, each for ``keep_for``.
    ``said_by_clients`` maps what clients may send into the room to who handles it. ``retold`` is given
    what somebody has missed, up to the newest, and gives it as it is told so late: as many events, from
    whose data it leaves out what was taken back since.
    """

    name: str
    events: tuple[type[Event], ...]
    allowed: Callable[[Sequence[Ask]], Collection[Ask]]
    snapshot: Callable[[Any, str], Mapping[str, Any]]
    keep_for: timedelta
    keep_at_most: int
    transients: tuple[type[Event], ...] = ()
    shows_presence: bool = False
    said_by_clients: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    report: Report | None = None
    retold: Callable[[Sequence[Stored]], Sequence[Stored]] | None = None

    def __post_init__(self) -> None:
        """Raises ``BadKind`` for what cannot work."""
        if not _NAME.fullmatch(self.name):
            raise BadKind(
                f"{self.name!r} must be up to 30 lower-case letters, digits or underscores."
            )
        if not timedelta(0) < self.keep_for <= LONGEST_KEPT:
            raise BadKind(f"keep_for of {self.name} must be at most {LONGEST_KEPT.days} days.")
        if not 1 <= self.keep_at_most <= MOST_KEPT:
            raise BadKind(f"keep_at_most of {self.name} must be from 1 to {MOST_KEPT} events.")
        kinds = [kind_name(one) for one in (*self.events, *self.transients)]
        if len(set(kinds)) < len(kinds) or any(len(kind) > LONGEST_KIND for kind in kinds):
            raise BadKind(f"The events of {self.name} need short names of their own: {kinds}.")
        for one in (*self.events, *self.transients):
            if not issubclass(one, Event):
                raise BadKind(f"{one.__name__} of {self.name} must be derived from Event.")
            schema(one)


def register(kind: RoomKind) -> None:
    """Make a kind of room known. Raises ``BadKind`` where another one has its name."""
    known = _kinds.setdefault(kind.name, kind)
    if known is not kind:
        raise BadKind(f"A kind of room named {kind.name!r} is registered already.")


def register_later(module: str) -> None:
    """Have ``module``, which registers kinds, imported when a room is first asked for."""
    if module not in _later and module not in _loaded:
        _later.append(module)


def kind_of(room: str) -> RoomKind:
    """Give the kind of a room. Raises ``UnknownRoom`` for what is no room's name."""
    name, _key = split(room)
    kind = known_kinds().get(name)
    if kind is None:
        raise UnknownRoom(room)
    return kind


def known_kinds() -> Mapping[str, RoomKind]:
    """Give all kinds by name."""
    if _later:
        _load()
    return _kinds


def room_name(kind: str, key: object = "") -> str:
    """Give the name of a room. Raises ``UnknownRoom`` for a key that cannot stand in one."""
    name = f"{kind}.{key}" if key != "" else kind
    split(name)
    return name


def split(room: object) -> tuple[str, str]:
    """Give a room's kind and key (empty where it has none). Raises ``UnknownRoom`` for anything that
    is no room's name; whether the kind is registered is not asked."""
    if not isinstance(room, str) or len(room) > LONGEST_ROOM:
        raise UnknownRoom(
            room if isinstance(room, str) and len(room) < 200 else type(room).__name__
        )
    name, dot, key = room.partition(".")
    if not _NAME.fullmatch(name) or (dot and not _KEY.fullmatch(key)):
        raise UnknownRoom(room)
    return name, key


def _load() -> None:
    # Reentrant: a module that is being imported may ask for kinds itself.
    with _loading:
        # Taken off the list when it has been imported, so that other threads wait for it here.
        for module in list(_later):
            importlib.import_module(module)
            if module in _later:
                _later.remove(module)
                _loaded.append(module)


_kinds: dict[str, RoomKind] = {}
_later: list[str] = []
_loaded: list[str] = []
_loading = threading.RLock()

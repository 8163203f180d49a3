"""Who has a room open: one entry per person, however many tabs on however many instances, and visitors
as a number.

The table of connections is the truth. Whoever changes it says which rooms to look at again; each
instance that has somebody there reads them, all rooms in one statement, and tells its own what is new.
So what is shown holds after a kill, a sweep and a lost connection, without a protocol between instances.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.db import connections
from django.utils.crypto import salted_hmac

from realtime import protocol, rooms
from realtime.headcount import LINGER, MOST_NAMED, Change, Headcount, Present
from realtime.registry import in_database
from realtime.stream_errors import UnknownRoom

if TYPE_CHECKING:
    from realtime.connection import Connection
    from realtime.hub import Hub

logger = logging.getLogger(__name__)

#: Seconds between two looks at the table: faster than people notice, and joins gather.
TICK: Final = 0.5
#: Seconds between two messages to a room with more people than are named, each of which goes to many.
CROWD_EVERY: Final = 5.0
#: The share of the time that may be spent with looking, whatever the number of rooms.
SHARE: Final = 0.05
#: Seconds after which every room is looked at in any case: nobody may have lived to tell.
LOOK_EVERY: Final = 30.0
#: Rooms of one statement: some milliseconds.
MOST_ROOMS: Final = 500

#: Gives what is shown of people in rooms: for (room, key of a user) a mapping that JSON can hold; who is
#: not in the answer is counted and not named. Synchronous, one query for all.
Describe = Callable[[Sequence[tuple[str, int]]], Mapping[tuple[str, int], Mapping[str, Any]]]
_describe: list[Describe] = []


def show_people_by(describe: Describe) -> None:
    """Have people named by ``describe``. Without it, rooms show numbers alone."""
    _describe[:] = [describe]


def shows_presence(room: str) -> bool:
    """Is it told in this room who is there?"""
    try:
        return rooms.kind_of(room).shows_presence
    except UnknownRoom:
        return False


def person(user_id: int) -> str:
    """Give what stands for a person in messages: the same in all rooms, and no key of the database."""
    return salted_hmac("realtime.presence", str(user_id)).hexdigest()[:16]


class Presence:
    """One event loop's; watches the hub (``realtime.hub.Watcher``). ``now`` never goes back."""

    def __init__(self, hub: Hub, now: Callable[[], float]) -> None:
        self._hub, self._now = hub, now
        self._rooms: dict[str, Headcount] = {}
        #: What is shown of people, by room and key.
        self._shown: dict[str, dict[int, Mapping[str, Any]]] = {}
        #: When rooms with many in them may be looked at again.
        self._resting: dict[str, float] = {}
        self._dirty: set[str] = set()
        self._at_once: set[str] = set()
        self._anew: set[str] = set()
        self._woken = asyncio.Event()

    # --- what the hub tells ----------------------------------------------------------------

    def opened(self, connection: Connection) -> None:
        """Nobody is anywhere yet."""

    def joined(self, connection: Connection, room: str) -> None:
        if not shows_presence(room):
            return
        headcount = self._rooms.get(room)
        if headcount is None:
            self._rooms[room] = Headcount(LINGER)
            self.look({room})
        elif headcount.is_known:
            connection.send(self._state(room))

    def left(self, connection: Connection, room: str) -> None:
        if room in self._rooms and room not in self._hub.rooms:
            self._forget(room)

    def closed(self, connection: Connection) -> None:
        for room in connection.rooms:
            self.left(connection, room)

    def _forget(self, room: str) -> None:
        del self._rooms[room]
        self._shown.pop(room, None)
        self._resting.pop(room, None)

    # --- what others tell ------------------------------------------------------------------

    def look(self, changed: Iterable[str], *, at_once: bool = False) -> None:
        """Look at rooms again, those of them that have somebody here; ``at_once`` where who is gone
        has been gone for long."""
        here = self._rooms.keys() & set(changed)
        self._dirty |= here
        if at_once:
            self._at_once |= here
        if here:
            self._woken.set()

    def look_at_all(self, *, anew: bool = False) -> None:
        """Look at every room again, and where ``anew``, tell the whole state: something may not have
        been heard."""
        if anew:
            self._anew |= self._rooms.keys()
        self.look(self._rooms)

    async def run(self) -> None:
        """Follow the table until cancelled. While the database is away, what was shown stays."""
        pause, look_again, is_well = TICK, self._now() + LOOK_EVERY, True
        while True:
            await self._wait(pause, look_again)
            begin = self._now()
            if begin >= look_again:
                look_again = begin + LOOK_EVERY
                for room in self._rooms.keys() - self._hub.rooms.keys():
                    self._forget(room)  # its last one left while another was refused
                self.look_at_all()
            try:
                await self._follow()
            except Exception as error:  # noqa: BLE001 - it goes on when the database is back
                if is_well:
                    logger.warning("Who is where could not be read: %s", error)
                is_well = False
            else:
                is_well = True
            pause = max(TICK, (self._now() - begin) / SHARE)

    async def _wait(self, pause: float, look_again: float) -> None:
        await asyncio.sleep(pause)
        due = [at for one in self._rooms.values() if (at := one.due()) is not None]
        patience = min([look_again, *due]) - self._now()
        if not self._dirty and patience > 0:
            try:
                await asyncio.wait_for(self._woken.wait(), patience)
            except TimeoutError:
                return

    async def _follow(self) -> None:
        began = self._now()
        resting = {room for room, until in self._resting.items() if until > began}
        dirty, at_once, anew = self._dirty - resting, self._at_once - resting, self._anew
        self._dirty &= resting
        self._at_once &= resting
        self._anew = set()
        self._woken.clear()
        try:
            found = await in_database(present_in, dirty) if dirty else {}
        except BaseException:
            self._dirty |= dirty
            self._at_once |= at_once
            self._anew |= anew
            raise
        now, changes = self._now(), dict[str, Change]()
        for room, headcount in self._rooms.items():
            change = None
            if room in dirty:
                present = found.get(room, Present())
                change = headcount.update(present, now, at_once=room in at_once)
            elif (due := headcount.due()) is not None and due <= now:
                change = headcount.again(now)
            if headcount.is_known and room in anew:
                change = Change(headcount.count, is_state=True)
            if change:
                changes[room] = change
        try:
            await self._name(changes)
        except BaseException:
            # Nobody has been told of what is counted already: the whole state is, as soon as it can be.
            self._anew |= changes.keys()
            self._dirty |= changes.keys()
            raise
        for room, change in changes.items():
            if room in self._rooms:
                self._tell(room, change)

    # --- what is told ----------------------------------------------------------------------

    async def _name(self, changes: Mapping[str, Change]) -> None:
        """Learn what is shown of those who are new."""
        asks = [
            (room, user_id)
            for room, change in changes.items()
            for user_id in (self._rooms[room].people if change.is_state else change.came)
            if user_id not in self._shown.get(room, {})
        ]
        found: Mapping[tuple[str, int], Mapping[str, Any]] = {}
        if asks and _describe:
            found = await in_database(_describe[0], asks)
        for room, user_id in asks:
            if (facts := found.get((room, user_id))) is not None and room in self._rooms:
                self._shown.setdefault(room, {})[user_id] = facts

    def _tell(self, room: str, change: Change) -> None:
        if change.count > MOST_NAMED:
            self._resting[room] = self._now() + CROWD_EVERY
        if change.is_state:
            if self._rooms[room].shown is None:
                self._shown.pop(room, None)
            self._hub.to_room(room, self._state(room))
            return
        shown = self._shown.get(room, {})
        came = [self._entry(room, one) for one in change.came if one in shown]
        left = [{"person": person(one)} for one in change.left if shown.pop(one, None) is not None]
        words = {key: value for key, value in (("came", came), ("left", left)) if value}
        self._hub.to_room(room, protocol.presence(room, change.count, **words))

    def _state(self, room: str) -> protocol.Message:
        headcount, shown = self._rooms[room], self._shown.get(room, {})
        if headcount.shown is None or not _describe:
            return protocol.presence(room, headcount.count)
        people = [self._entry(room, one) for one in headcount.people if one in shown]
        return protocol.presence(room, headcount.count, people=people)

    def _entry(self, room: str, user_id: int) -> dict[str, Any]:
        return {**self._shown[room][user_id], "person": person(user_id)}


def present_in(wanted: Collection[str]) -> dict[str, Present]:
    """Read who is in rooms; those with nobody are not in the answer. Synchronous."""
    found: dict[str, Present] = {}
    names = sorted(wanted)
    with connections["default"].cursor() as cursor:
        for first in range(0, len(names), MOST_ROOMS):
            some = names[first : first + MOST_ROOMS]
            cursor.execute(_PRESENT, {"rooms": some, "most": MOST_NAMED})
            for room, number, visitors, people in cursor.fetchall():
                named = None if people is None else frozenset(people)
                found[room] = Present(named, number, visitors)
    return found


_PRESENT: Final = """
    WITH counted AS (
        SELECT room, user_id FROM realtime_connection, unnest(rooms) AS room
        WHERE rooms && %(rooms)s::text[] AND room = ANY(%(rooms)s::text[])
    )
    SELECT room, count(DISTINCT user_id), count(*) FILTER (WHERE user_id IS NULL),
        CASE WHEN count(DISTINCT user_id) <= %(most)s
        THEN coalesce(array_agg(DISTINCT user_id) FILTER (WHERE user_id IS NOT NULL), '{}') END
    FROM counted GROUP BY room
"""

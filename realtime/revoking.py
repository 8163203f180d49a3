"""Whose right has ended is out within a second, on every instance.

A revocation is an event in a stream of its own (``streams.revoke``), so that an instance which was
deaf hears it when it has resumed. It is never obeyed as such: whoever is concerned is asked for anew,
session and rooms, by the state of the database. So a sign-out, a new password, a lost role, a
suspended account and a withdrawn book are one thing.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from realtime import sessions
from realtime.asking import in_thread
from realtime.connection import Connection
from realtime.hub import Hub
from realtime.joining import allowed
from realtime.protocol import Close, Why
from realtime.reading import Stored
from realtime.streams import session_digest

logger = logging.getLogger(__name__)

#: Seconds until everybody is asked for again, half of it left to chance: for sessions that run out
#: by themselves, and for what is changed past the program.
REVIEW_EVERY: Final = 600.0
#: Connections asked for at once.
AT_ONCE: Final = 500
#: Seconds between attempts while the database is away.
TRY_AGAIN: Final = 0.5


class Revoking:
    """Follows revocations for one hub, and asks again for those concerned, one after another."""

    def __init__(self, hub: Hub, recognise: sessions.Recognise | None) -> None:
        self._hub, self._recognise = hub, recognise
        #: Revocations so far: whoever was looked up while it grew is looked up again.
        self.heard = 0
        self._concerned: dict[Connection, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._review = hub.loop.call_later(_review_in(), self._review_all)

    def events(self, room: str, epoch: str, events: Sequence[Stored]) -> None:
        for event in events:
            self.heard += 1
            self.check(self._concerned_by(event.data))

    def transient(self, room: str, kind: str, data: Mapping[str, Any]) -> None:
        """Nobody says such things there."""

    def restarted(self, room: str, epoch: str) -> None:
        self.heard += 1
        self.check(self._hub.connections())

    def check(self, connections: Sequence[Connection]) -> None:
        """Ask again for these, as soon as the database can be asked."""
        self._concerned |= dict.fromkeys(connections)
        if self._concerned and self._task is None:
            self._task = self._hub.loop.create_task(self._check_all())

    def close(self) -> None:
        self._review.cancel()
        if self._task:
            self._task.cancel()

    def _concerned_by(self, data: Mapping[str, Any]) -> list[Connection]:
        user_id, session = data.get("user_id"), data.get("session")
        connections = self._hub.connections()
        found = [one for one in connections if user_id is not None and one.user_id == user_id]
        if session:
            found += [one for one in connections if _is_session(one, session)]
        # An instance that has not been replaced yet names one room only.
        for room in (data.get("room"), *data.get("rooms", ())):
            here = self._hub.rooms.get(room) if room else None
            found += [*here.live, *here.held] if here else []
        return found

    async def _check_all(self) -> None:
        try:
            while self._concerned:
                some = list(self._concerned)[:AT_ONCE]
                for one in some:
                    del self._concerned[one]
                try:
                    await self._check_some([one for one in some if self._hub.has(one)])
                except Exception as error:  # noqa: BLE001 - a right that has ended must not go on for that
                    logger.warning("Rights could not be asked for: %r. Trying again.", error)
                    self._concerned |= dict.fromkeys(some)
                    await asyncio.sleep(TRY_AGAIN)
        finally:
            self._task = None

    async def _check_some(self, connections: list[Connection]) -> None:
        keys = [one.session_key for one in connections]
        users = await in_thread(sessions.users_of, keys, self._recognise)
        staying = []
        for connection, user in zip(connections, users, strict=True):
            if user.pk != connection.user_id:
                connection.close(Close.SESSION_ENDED, "Your session has ended.")
            else:
                connection.caller = replace(connection.caller, user=user)
                staying.append(connection)
        wishes = [
            (connection, room)
            for connection in staying
            for room in {*connection.rooms, *connection.entering}
        ]
        may = await in_thread(allowed, [(one.caller.user, room) for one, room in wishes])
        for (connection, room), is_allowed in zip(wishes, may, strict=True):
            if not is_allowed:
                self._hub.leave(connection, room, Why.NOT_ALLOWED)

    def _review_all(self) -> None:
        self._review = self._hub.loop.call_later(_review_in(), self._review_all)
        self.check([one for one in self._hub.connections() if one.session_key])


def _is_session(connection: Connection, digest: str) -> bool:
    return bool(connection.session_key) and session_digest(connection.session_key) == digest


def _review_in() -> float:
    return REVIEW_EVERY * (0.75 + random.random() / 2)  # noqa: S311 - a spread, no secret

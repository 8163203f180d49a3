"""What operators ask of one instance: to end a connection, to be empty, to serve again.

To be empty is a mark on the instance's row, which it reads with each heartbeat: so it is obeyed also by
one that was deaf, and by one without a socket. That there is something to read, and that a connection
is to end, is told by a stream which every instance with sockets follows. Both are written in the
transaction of whoever asks, and nobody joins that stream from outside.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from realtime.draining import draining, send_elsewhere
from realtime.events import Event, kind_name
from realtime.protocol import Close
from realtime.rooms import Ask, RoomKind, register
from realtime.streams import publish

if TYPE_CHECKING:
    from realtime.instances import ThisInstance
    from realtime.models import Connection, Instance
    from realtime.reading import Stored

logger = logging.getLogger(__name__)

#: The room that every instance with sockets follows.
ORDERS: Final = "orders"
#: Orders are obeyed at once or by the mark; the stream is only a way to tell.
KEPT_FOR: Final = timedelta(hours=1)
MOST_KEPT: Final = 500
_WHY: Final = "An operator ended this connection. Come back."


@dataclass(frozen=True)
class InstanceMarked(Event):
    """An operator has marked the row of ``instance`` (a UUID in hex)."""

    instance: str


@dataclass(frozen=True)
class ConnectionEnded(Event):
    """An operator has ended a connection of ``instance``; both are UUIDs in hex."""

    instance: str
    connection: str


class Orders:
    """Follows the stream for one instance, and obeys what is meant for it."""

    def __init__(self, instance: ThisInstance) -> None:
        self._instance = instance

    def events(self, room: str, epoch: str, events: Sequence[Stored]) -> None:
        for event in events:
            if event.data["instance"] != self._instance.me.id:
                continue
            if event.kind == kind_name(ConnectionEnded):
                self._end(event.data["connection"])
            else:
                self._instance.beat_soon()

    def transient(self, room: str, kind: str, data: Mapping[str, Any]) -> None:
        """Nobody says such things there."""

    def restarted(self, room: str, epoch: str) -> None:
        self._instance.beat_soon()

    def _end(self, connection: str) -> None:
        for one in self._instance.hub.connections():
            if one.id == connection:
                one.close(Close.ENDED_BY_OPERATOR, _WHY)


def mark_instance(instance: Instance, *, drain: bool) -> None:
    """Ask an instance to be empty, or to serve again, within the caller's transaction."""
    instance.drain_asked = drain
    instance.save(update_fields=["drain_asked"])
    publish(ORDERS, InstanceMarked(instance=instance.pk.hex))


def end_connection(connection: Connection) -> None:
    """Have a connection ended, within the caller's transaction; its page comes back by itself."""
    ended = ConnectionEnded(instance=connection.instance_id.hex, connection=connection.pk.hex)
    publish(ORDERS, ended)


def obey(instance: ThisInstance) -> None:
    """Begin or cease to send sockets elsewhere, as the instance's row says by its last heartbeat."""
    wanted = any(one.drain_asked for one in instance.peers if one.id == instance.me.id)
    if draining.obey(wanted):
        logger.info("An operator wants this instance to be empty.")
        instance.beat_soon()  # the others are to know before its sockets come to them
        seconds, is_final = instance.ways.drain_seconds, lambda: draining.is_final
        work = send_elsewhere(instance.hub.connections, seconds=seconds, is_hurried=is_final)
        task = asyncio.get_running_loop().create_task(work)
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)


#: The loop itself keeps no task from being forgotten.
_under_way: Final[set[asyncio.Task[int]]] = set()


def _nobody(_asks: Sequence[Ask]) -> list[Ask]:
    return []


def _nothing(_user: object, _key: str) -> dict[str, object]:
    return {}


register(
    RoomKind(
        name=ORDERS,
        events=(InstanceMarked, ConnectionEnded),
        allowed=_nobody,
        snapshot=_nothing,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
    )
)

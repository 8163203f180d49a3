"""Which instance takes a connection: this one, unless it is about to end, full, or another one has been
asked for. Fly's edge is told by the header ``fly-replay``; elsewhere there is only "come back later".

A request is replayed at most once. One that has been is answered here, or refused with 503.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from realtime import instances, metrics
from realtime.draining import draining
from realtime.instances import ThisInstance
from realtime.registry import Peer

Scope = MutableMapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

#: What Fly's edge can replay (facts of 2026: requests over 1 MB are refused by it).
LARGEST_REPLAYED: Final = 1_000_000
#: Seconds an operator's link to one instance holds: as long as one looks into something.
LINK_HOLDS: Final = 3600
#: Seconds after which it is worth coming back: to an instance that ends (an edge has noticed by then),
#: and to one that is full.
BACK_AFTER: Final = {"draining": 2, "full": 10, "instance": 10}
#: Fields of a query that is read: a page's own address has some, beside ours.
MOST_FIELDS: Final = 20
_SALT: Final = "realtime.placement"


class Answer(NamedTuple):
    """Not here: ``why``, and what ``replay`` tells the edge; without it, come back ``after`` seconds."""

    why: str
    replay: str = ""

    @property
    def status(self) -> int:
        return 409 if self.replay else 503

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        told = [(b"cache-control", b"no-store"), (b"content-type", b"text/plain; charset=utf-8")]
        if self.replay:
            return [*told, (b"fly-replay", self.replay.encode())]
        return [*told, (b"retry-after", str(BACK_AFTER[self.why]).encode())]

    @property
    def body(self) -> bytes:
        where = "at another instance" if self.replay else "here in a few seconds"
        return f"Not now: ask again {where}.\n".encode()


def place(scope: Scope) -> Answer | None:
    """Say where a handshake or an event stream goes; None is here. Waits for nothing."""
    instance = instances.here()
    if (asked := _asked(scope, instance)) is not None:
        return _lead(scope, instance, asked)
    if draining.has_begun:
        return _away(scope, instance, "draining")
    if instance is None:
        return None
    if len(instance.hub.connections()) >= instance.ways.full_at:
        return _away(scope, instance, "full")
    if instance.ways.affinity == "room" and _may_replay(scope, instance):
        return _to_its_room(scope, instance)
    return None


def place_request(scope: Scope) -> Answer | None:
    """Say where any other request goes: here, unless an operator's link names another instance."""
    if b"instance=" not in scope.get("query_string", b""):
        return None
    instance = instances.here()
    asked = _asked(scope, instance)
    return None if asked is None else _lead(scope, instance, asked)


def link_to(machine: str) -> str:
    """Give what an operator's address carries to reach one machine, for an hour: ``?`` and this."""
    from django.core import signing
    from django.utils.http import urlencode

    return urlencode({"instance": signing.dumps(machine, salt=_SALT)})


async def refuse_handshake(answer: Answer, scope: Scope, send: Send) -> None:
    """Refuse a WebSocket's handshake; with a bare 403 where the server knows no other way (daphne)."""
    _count(answer)
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    await _respond(answer, "websocket.http.response", send)


async def refuse_request(answer: Answer, send: Send) -> None:
    """Refuse an event stream, or any request."""
    _count(answer)
    await _respond(answer, "http.response", send)


async def _respond(answer: Answer, kind: str, send: Send) -> None:
    start = {"type": f"{kind}.start", "status": answer.status, "headers": answer.headers}
    await send(start)
    await send({"type": f"{kind}.body", "body": answer.body})


def _count(answer: Answer) -> None:
    (metrics.REPLAYS if answer.replay else metrics.REFUSED).add(why=answer.why)


# --- where to -------------------------------------------------------------------------------------


def _asked(scope: Scope, instance: ThisInstance | None) -> str | None:
    """Give the machine that an operator's link names, where it is another than this."""
    if instance is None or not instance.ways.replays:
        return None
    words = _query(scope)
    from django.core import signing

    try:
        machine = signing.loads(words["instance"][-1], salt=_SALT, max_age=LINK_HOLDS)
    except (KeyError, signing.BadSignature):
        return None
    return None if machine == instance.me.machine else str(machine)


def _lead(scope: Scope, instance: ThisInstance | None, machine: str) -> Answer:
    if _may_replay(scope, instance):
        return Answer("instance", f"instance={machine}")
    return Answer("instance")


def _away(scope: Scope, instance: ThisInstance | None, why: str) -> Answer:
    """Send a connection to whoever takes it, if anybody does."""
    if instance is not None and _may_replay(scope, instance) and _others(instance):
        return Answer(why, "elsewhere=true")
    return Answer(why)


def _to_its_room(scope: Scope, instance: ThisInstance) -> Answer | None:
    words = _query(scope)
    room = words.get("room", [""])[-1]
    if not room:
        return None
    machine = preferred(room, [instance.me.machine, *(one.machine for one in _others(instance))])
    if machine == instance.me.machine:
        return None
    return Answer("affinity", f"prefer_instance={machine}")


def _query(scope: Scope) -> dict[str, list[str]]:
    """Read the query; one with more fields than any of ours says nothing."""
    try:
        query: bytes = scope.get("query_string", b"")
        return parse_qs(query.decode("latin-1"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


def preferred(room: str, machines: Sequence[str]) -> str:
    """Give the machine of a room: the same for whoever asks, and where one comes or goes, only rooms of
    that one move (rendezvous hashing; Thaler and Ravishankar, 1998)."""
    return max(machines, key=lambda machine: (_weight(room, machine), machine))


def _weight(room: str, machine: str) -> bytes:
    return hashlib.blake2b(json.dumps([room, machine]).encode(), digest_size=8).digest()


def _others(instance: ThisInstance) -> list[Peer]:
    """Give the other machines that take connections, as of the last heartbeat."""
    ways = instance.ways
    return [
        one
        for one in instance.peers
        if one.machine != instance.me.machine
        and one.silent < ways.silent_for
        and not one.is_draining
        and one.sockets < ways.full_at
    ]


def _may_replay(scope: Scope, instance: ThisInstance | None) -> bool:
    """Is there an edge that replays, has it not replayed this already, and can it?"""
    if instance is None or not instance.ways.replays:
        return False
    headers = dict(scope["headers"])
    if b"fly-replay-src" in headers or b"transfer-encoding" in headers:
        return False  # a body of unknown length may be too long
    length = headers.get(b"content-length", b"0")
    return length.isdigit() and int(length) <= LARGEST_REPLAYED

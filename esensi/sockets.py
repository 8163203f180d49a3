"""The doors of realtime: whose pages may connect, by which names, and as whom.

Beside Channels' ``ProtocolTypeRouter`` and ``URLRouter``, not under them (decision 0016).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http.request import split_domain_port, validate_host

from esensi.asgi_types import App, Receive, Scope, Send, header
from sites import site_map
from sites.middleware import MISDIRECTED_REQUEST, canonical_name

if TYPE_CHECKING:
    from realtime.reception import Door

UNKNOWN_NAME: Final = 400
FORBIDDEN: Final = 403
#: What ``realtime.sse`` answers: its own paths, which a test holds against ``realtime.protocol``.
HTTP_PATHS: Final = ("/realtime/events/", "/realtime/say/")


async def sockets(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a handshake: 400 for an unknown name, 421 for a name of no host, 403 for a page that
    is not ours, 404 where no socket lives."""
    await _socket_door()(scope, receive, send)


def with_event_streams(app: App) -> App:
    """Answer event streams and what their readers say; lead all else to ``app``."""

    async def lead(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in HTTP_PATHS:
            await _http_door()(scope, receive, send)
        else:
            await app(scope, receive, send)

    return lead


async def refuse_unsafe(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a handshake that came without TLS."""
    from realtime.socket import refuse

    await receive()  # websocket.connect: only then may the handshake be answered
    await refuse(FORBIDDEN, scope, send, why="without-tls")


# Imported with the first connection: a process that answers pages alone starts without realtime.
@functools.cache
def _socket_door() -> App:
    from realtime.socket import Sockets

    return cast(App, Sockets(_door()))


@functools.cache
def _http_door() -> App:
    from realtime.sse import EventStreams

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError(f"{scope['path']!r} is no path of realtime.")

    return cast(App, EventStreams(nothing, _door()))


@functools.cache
def _door() -> Door:
    from realtime.reception import Door
    from sites.accounts.network import network_of_scope
    from sites.second_factor import has_used_second_factor

    def recognise(user: Any, session: Mapping[str, Any]) -> Any:
        """Note on the user whether a second factor opened this session: kinds of rooms for the
        house's own people ask for it, and sessions are not theirs to see."""
        user.used_second_factor = has_used_second_factor(user, cast(SessionBase, session))
        return user

    return Door(
        host_of=host_of,
        origins=frozenset(settings.HOST_NAMES.origins),
        network_of=network_of_scope,
        recognise=recognise,
    )


def host_of(scope: Mapping[str, Any]) -> str | int:
    """Give the key of the host that a connection asks for, or the status that refuses its name."""
    name = header(cast(Scope, scope), b"host")
    domain, _port = split_domain_port(name)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return UNKNOWN_NAME
    site = site_map.current().by_domain.get(canonical_name(name))
    return site.name if site else MISDIRECTED_REQUEST

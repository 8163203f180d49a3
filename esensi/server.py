"""uvicorn as this house needs it: `python -m esensi.server`, and `manage.py up` on a laptop."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys
from collections.abc import Callable, Sequence

if __name__ == "__main__":
    # Nothing that a start imports is garbage, and to look for some takes a seventh of it (decision
    # 0014). Server.startup begins with it.
    gc.disable()

import uvicorn

APPLICATION = "esensi.asgi:application"
# Seconds that requests may take to end after the sockets have been sent elsewhere
# (REALTIME_DRAIN_SECONDS); Fly kills after kill_timeout, 5 s unless fly.toml asks for more.
GRACE = 10
# Seconds after the signal for which an edge's requests are still taken, new connections included: it hears
# of a machine that ends a moment later than the machine, and what is then on its way would be lost.
LISTENS_ON = 1.0
# Seconds between two looks whether somebody hurries.
_STEP = 0.05
# Bytes of a message over a WebSocket. Realtime's own limit is lower (``realtime.limits``) and tells a
# client so by a code of its own; this bounds what is put together in memory.
LARGEST_FRAME = 65_536
KEEP_ALIVE = (
    75  # seconds; longer than the edge's own limit (Fly: 60), so that the edge closes first.
)


class Server(uvicorn.Server):
    """A server that tells when it listens, and ends without cutting anybody off."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send WebSockets and event streams elsewhere, a few at a time, while requests are still
        answered, and come; then let these end, as uvicorn does. It would close all sockets and the
        listener at once, and wait for event streams, which do not end by themselves. A second Ctrl-C
        ends the waiting."""
        from esensi import lifespan

        # Nobody is to keep a connection for the next request.
        state = self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        until = asyncio.get_running_loop().time() + LISTENS_ON
        await lifespan.drain(is_hurried=lambda: self.force_exit)
        if os.environ.get("FLY_MACHINE_ID"):
            await self._listen_on(until)
        await super().shutdown(sockets)

    async def _listen_on(self, until: float) -> None:
        """Go on answering to a moment of the loop's clock, or until somebody hurries."""
        loop = asyncio.get_running_loop()
        while (left := until - loop.time()) > 0 and not self.force_exit:  # noqa: ASYNC110 - uvicorn's flag
            await asyncio.sleep(min(left, _STEP))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not gc.isenabled():
            gc.freeze()  # What stands now lives as long as the process.
            gc.enable()
        self._on_listening()


def configuration(*, access_log: bool, grace: int) -> uvicorn.Config:
    """How connections are spoken with; `grace` is in seconds."""
    return uvicorn.Config(
        APPLICATION,
        http="httptools",
        # uvicorn's own "websockets-sansio", the only one of its three that fails none of Autobahn's
        # cases and does not block on a slow reader; with bounds.
        ws="esensi.web_socket:WebSocket",
        # Compression for each message would cost 33 KB a socket (decision 0002).
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_FRAME,
        server_header=False,
        # The client's address is the edge's own header (Fly-Client-IP), and the scheme is Django's
        # SECURE_PROXY_SSL_HEADER: X-Forwarded-For begins with whatever the client wrote there.
        proxy_headers=False,
        access_log=access_log,
        log_config=None,  # Django's LOGGING holds for everything.
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=grace,
    )


def serve(
    listener: socket.socket,
    *,
    access_log: bool = False,
    grace: int = GRACE,
    on_listening: Callable[[], None] = lambda: None,
) -> None:
    """Serve on the bound socket `listener` until SIGINT or SIGTERM, then let requests end.

    `grace` is how many seconds they get; `on_listening` is called once connections are accepted.
    """
    server = Server(configuration(access_log=access_log, grace=grace), on_listening)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return  # uvicorn repeats the signal once all is over; it has been obeyed.


def bind(host: str, port: int) -> socket.socket:
    """Take the address. Raises OSError where another program has it."""
    # With its protocol by name: asyncio sets TCP_NODELAY only where it reads that it is TCP, and an answer's
    # body would wait 40 ms for the client's delayed acknowledgement of its head.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def main(words: Sequence[str] = ()) -> None:
    """Serve on all addresses of this machine, as in a container behind an edge.

    ``--fd N``: on the bound socket N that whoever starts this has left open, as uvicorn's own option;
    PORT is then the edge's alone (``esensi.fleet``).
    """
    if words and words[0] == "--fd":
        serve(socket.socket(fileno=int(words[1])))
        return
    from esensi import env

    port: int = env.read(os.environ)["PORT"]
    serve(bind("0.0.0.0", port))  # noqa: S104  The edge comes by the machine's private address.


if __name__ == "__main__":
    main(sys.argv[1:])

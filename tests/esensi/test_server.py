"""The house's own uvicorn, and clients on raw sockets that stall."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.conf import settings

from esensi.server import bind
from tests.esensi.local_server import DEADLINE, REPOSITORY, wait_for
from tests.sites.test_doors import database_url

PROGRAM = """
import sys
from django.core.asgi import get_asgi_application
django = get_asgi_application()
from esensi import server
from esensi.gate import RequestGate
listener = server.bind("127.0.0.1", 0)
configuration = server.configuration(access_log=False, grace=1)
configuration.app = RequestGate(django, body_seconds=float(sys.argv[1]))
server.LISTENS_ON = float(sys.argv[2])
tell = lambda: print(listener.getsockname()[1], flush=True)
server.Server(configuration, tell).run(sockets=[listener])
"""


@contextmanager
def serving(body_seconds: float) -> Iterator[int]:
    """uvicorn as the house configures it, in a process of its own; its port."""
    with process(body_seconds) as (port, _server):
        yield port


@contextmanager
def process(
    body_seconds: float = 60, *, listens_on: float = 0, **variables: str
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The same, with the process."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(body_seconds), str(listens_on)],
        env=os.environ
        | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "esensi.settings"}
        | variables,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout
            yield int(server.stdout.readline()), server
        finally:
            server.kill()


@contextmanager
def stalled(port: int) -> Iterator[list[socket.socket]]:
    """Three times as many clients as there are turns, whose bodies end after ten bytes of a hundred."""
    clients = []
    try:
        for _ in range(settings.REQUESTS_AT_ONCE * 3):
            client = socket.create_connection(("127.0.0.1", port), DEADLINE)
            clients.append(client)
            client.sendall(
                b"POST /language/ HTTP/1.1\r\nHost: esensi.localhost:8000\r\n"
                b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"
            )
            # The server says so when somebody reads the body.
            assert client.recv(100).startswith(b"HTTP/1.1 100")
            client.sendall(b"0123456789")
        yield clients
    finally:
        for client in clients:
            client.close()


@pytest.mark.django_db(transaction=True)
def test_stalled_bodies_stop_nobody_else() -> None:
    with serving(body_seconds=600) as port, stalled(port):
        for _ in range(settings.REQUESTS_AT_ONCE * 2):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
            connection.request("GET", "/", headers={"Host": "esensi.localhost:8000"})
            assert connection.getresponse().status == 200
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_stalled_bodies_are_given_up() -> None:
    with serving(body_seconds=0.5) as port, stalled(port) as clients:
        for client in clients:
            answer = b""
            while piece := client.recv(65536):
                answer += piece
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert b"nothing of it was saved" in answer


def ask(connection: http.client.HTTPConnection) -> str:
    """Ask for a page; whether its connection is kept."""
    connection.request("GET", "/robots.txt", headers={"Host": "esensi.localhost:8000"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    return answer.headers.get("Connection", "")


@pytest.mark.django_db(transaction=True)
def test_what_an_edge_leads_here_in_the_last_moment_is_answered() -> None:
    """On new connections and on those that the edge has kept; each answer says that it is the last."""
    with process(listens_on=600, FLY_MACHINE_ID="m1") as (port, server):
        kept = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)

        def is_ending() -> bool:
            new = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
            with closing(new):
                return ask(new) == "close"

        with closing(kept):
            assert ask(kept) == ""
            server.send_signal(signal.SIGTERM)
            wait_for(is_ending, "The server did not say that it ends.")
            assert ask(kept) == "close"
        server.send_signal(signal.SIGINT)  # hurries it
        server.wait(DEADLINE)


@pytest.mark.django_db(transaction=True)
def test_without_an_edge_a_server_ends_at_once() -> None:
    with process(listens_on=600) as (_port, server):
        server.send_signal(signal.SIGTERM)
        server.wait(DEADLINE)


async def test_the_end_of_an_answer_waits_for_no_acknowledgement_of_its_head() -> None:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connected(_reader: object, writer: asyncio.StreamWriter) -> None:
        own = writer.get_extra_info("socket")
        accepted.set_result(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = bind("127.0.0.1", 0)
    async with await asyncio.start_server(connected, sock=listener) as served:
        _reader, writer = await asyncio.open_connection(*served.sockets[0].getsockname())
        assert await asyncio.wait_for(accepted, DEADLINE)
        writer.close()

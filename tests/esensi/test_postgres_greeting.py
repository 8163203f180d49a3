"""What the server answers to a newcomer, in the bytes of its protocol."""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from esensi.postgres_greeting import State, greet

WELCOME = (
    struct.pack("!cii", b"R", 8, 0)
    + struct.pack("!ci", b"S", 4 + 22)
    + b"application_name\0EEEE\0"
    + struct.pack("!ciii", b"K", 12, 1, 2)
)
READY = struct.pack("!cic", b"Z", 5, b"I")


def refusal(code: str, message: str) -> bytes:
    fields = f"SFATAL\0VFATAL\0C{code}\0M{message}\0\0".encode()
    return struct.pack("!ci", b"E", len(fields) + 4) + fields


@pytest.fixture
def sockets() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        yield Path(name)


def answer_with(sockets: Path, answer: bytes) -> threading.Thread:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(sockets / ".s.PGSQL.5432"))
    listener.listen()

    def serve() -> None:
        connection, _ = listener.accept()
        with listener, connection:
            assert b"user\0esensi\0database\0esensi\0" in connection.recv(4096)
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (WELCOME + READY, State.READY, ""),
        (WELCOME + refusal("58P01", "could not open file"), State.REFUSED, "could not open file"),
        (refusal("3D000", 'database "esensi" is gone'), State.REFUSED, 'database "esensi" is gone'),
        (refusal("57P03", "the database system is starting up"), State.NOT_YET, ""),
        (refusal("53300", "sorry, too many clients already"), State.READY, ""),
        (WELCOME, State.NOT_YET, ""),
        (b"", State.NOT_YET, ""),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", State.NOT_YET, ""),
    ],
)
def test_the_answer_is_understood(sockets: Path, answer: bytes, state: State, reason: str) -> None:
    server = answer_with(sockets, answer)
    greeting = greet(sockets)
    server.join()
    assert (greeting.state, greeting.reason) == (state, reason)


def test_nobody_there_is_no_error(sockets: Path) -> None:
    assert greet(sockets).state is State.NOT_YET
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(sockets / ".s.PGSQL.5432"))
    listener.close()
    assert greet(sockets).state is State.NOT_YET

"""Ask the local server for a session, to learn whether it serves: PostgreSQL's protocol 3.0, its start only."""

from __future__ import annotations

import contextlib
import enum
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from esensi.postgres_home import NAME, SOCKET_FILE

ANSWER_LIMIT = 10.0  # seconds; a busy machine may take one.
LONGEST_ANSWER = 65536  # bytes; a greeting has a few hundred.
PROTOCOL = 3 << 16  # 3.0, spoken by every PostgreSQL since 7.4.
# Codes of https://www.postgresql.org/docs/current/errcodes-appendix.html
CANNOT_CONNECT_NOW = "57P03"  # It starts, recovers or stops.
TOO_MANY_CONNECTIONS = "53300"  # It serves so many that it has none left for us: so it serves.


class State(enum.Enum):
    """What the server made of us."""

    READY = enum.auto()
    NOT_YET = enum.auto()  # Nobody listens, or it is starting or stopping.
    REFUSED = enum.auto()  # It runs, but our database cannot be entered.


@dataclass(frozen=True)
class Greeting:
    """The server's answer; `reason` is its own sentence where it refused."""

    state: State
    reason: str = ""


def greet(sockets: Path) -> Greeting:
    """Begin a session with the server whose socket lies in `sockets`, and leave at once."""
    words = b"user\0%b\0database\0%b\0\0" % (NAME.encode(), NAME.encode())
    request = struct.pack("!ii", len(words) + 8, PROTOCOL) + words
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_LIMIT)
        try:
            connection.connect(str(sockets / SOCKET_FILE))
            connection.sendall(request)
            answer = _answer(connection)
        except OSError:
            return Greeting(State.NOT_YET)
        with contextlib.suppress(OSError):  # A farewell; a server that refused has gone already.
            connection.sendall(struct.pack("!ci", b"X", 4))
    return _read(answer)


def _answer(connection: socket.socket) -> bytes:
    """All up to ReadyForQuery ("Z", idle "I"), or up to the end that follows an error."""
    answer = b""
    while not answer.endswith(b"Z\0\0\0\5I") and len(answer) < LONGEST_ANSWER:
        received = connection.recv(4096)
        if not received:
            break
        answer += received
    return answer


def _read(answer: bytes) -> Greeting:
    """Judge by the messages: a type byte each, a length that counts itself, and the rest."""
    while len(answer) >= 5:
        kind, length = struct.unpack_from("!ci", answer)
        if kind == b"Z":
            return Greeting(State.READY)
        if kind == b"E":
            return _judge(answer[5 : length + 1])
        answer = answer[max(length, 4) + 1 :]
    return Greeting(State.NOT_YET)  # It fell silent: it is stopping, or its process died.


def _judge(error: bytes) -> Greeting:
    fields = {field[:1]: field[1:].decode(errors="replace") for field in error.split(b"\0")}
    if fields.get(b"C") == TOO_MANY_CONNECTIONS:
        return Greeting(State.READY)
    if fields.get(b"C") == CANNOT_CONNECT_NOW:
        return Greeting(State.NOT_YET)
    return Greeting(State.REFUSED, fields.get(b"M", "no reason given"))

"""A TCP proxy before the endpoint that misbehaves as networks and services do."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Final, Literal
from urllib.parse import urlsplit

Fault = Literal["none", "refuse", "stall", "cut", "drip", "drip body", "500", "403"]
FAULTS: Final[tuple[Fault, ...]] = ("refuse", "stall", "cut", "drip", "drip body", "500", "403")
#: Seconds of silence.
STALL: Final = 10.0
END_OF_HEAD: Final = b"\r\n\r\n"
#: Bytes of an answer, its head among them, that come through before it is cut.
WHOLE: Final = 1_000
_SENTENCES: Final = {"500": "Internal Server Error", "403": "Forbidden"}


class FaultyProxy:
    """Listens on ``url``; each new connection has the ``fault`` of that moment."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._ended = threading.Event()
        self._fault: Fault = "none"
        #: Connections that were asked for.
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def break_with(self, fault: Fault) -> None:
        """From now on; connections that were kept open end."""
        self._fault = fault
        for each in list(self._open):
            _reset(each)

    def close(self) -> None:
        self._ended.set()
        self._listener.close()
        self.break_with("refuse")

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client, self._fault), daemon=True).start()

    def _serve(self, client: socket.socket, fault: Fault) -> None:
        self._open.add(client)
        with contextlib.suppress(OSError), client:
            if fault == "refuse":
                _reset(client)
            elif fault == "stall":
                self._ended.wait(STALL)
            elif fault in _SENTENCES:
                _refuse(client, fault)
            else:
                with socket.create_connection(self._target) as server:
                    self._open.add(server)
                    sent = Sent()
                    words = (client, server, sent)
                    threading.Thread(target=_pass_on, args=words, daemon=True).start()
                    self._answer(server, client, fault, sent)
        self._open.discard(client)

    def _answer(
        self, server: socket.socket, client: socket.socket, fault: Fault, sent: Sent
    ) -> None:
        while piece := server.recv(64 * 1024):
            room = {"none": len(piece), "drip": 0}.get(fault, max(0, WHOLE - sent.bytes))
            if fault == "drip body":
                room = piece.find(END_OF_HEAD) + len(END_OF_HEAD)
            client.sendall(piece[:room])
            sent.bytes += len(piece[:room])
            if room >= len(piece):
                continue
            if fault == "cut":
                _reset(client)
                return
            for at in range(room, len(piece)):  # drip
                if self._ended.is_set():
                    return
                client.sendall(piece[at : at + 1])
                time.sleep(0.05)


class Sent:
    """Bytes of the answer to the request that came last."""

    bytes = 0


def _pass_on(source: socket.socket, target: socket.socket, sent: Sent) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(64 * 1024):
            sent.bytes = 0
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def _refuse(client: socket.socket, fault: Fault) -> None:
    """Answer every request of the connection as a service that is ill, or has no such key."""
    client.settimeout(5)
    asked = b""
    while piece := client.recv(64 * 1024):
        asked += piece
        if b"\r\n\r\n" in asked:
            head = f"HTTP/1.1 {fault} {_SENTENCES[fault]}\r\nContent-Length: 0\r\nConnection: close"
            client.sendall(f"{head}\r\n\r\n".encode())
            client.shutdown(socket.SHUT_WR)
            while client.recv(64 * 1024):  # until its body has come
                pass
            return


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


@contextlib.contextmanager
def faulty_proxy(target: str) -> Iterator[FaultyProxy]:
    proxy = FaultyProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()

"""How many requests a second does a server answer? Asked by so many connections at once, each of which
asks again as soon as it has its answer."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

#: As many readers at once as a small instance answers in turn, twice over.
CONNECTIONS = 8


@dataclass(frozen=True)
class Target:
    """A page to be asked for at 127.0.0.1."""

    port: int
    host: str
    path: str
    cookie: str = ""

    def request(self) -> bytes:
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {self.host}",
            "Accept: text/html",
            "Accept-Encoding: gzip, deflate, br",
            "Accept-Language: en",
        ]
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class _Reader(asyncio.Protocol):
    """Asks, counts and asks again, one after another of ``requests``, until it is told to stop."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self._requests = requests
        self._head = b""
        self._left = 0
        self.answers = 0
        self.failure = ""
        self.is_over = False
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)  # TCP's are
        self._transport = transport
        transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        if self._left:
            self._left -= len(data)
            if not self._left:
                self._next()
            return
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return
        head, rest = self._head[:end].lower(), len(self._head) - end - 4
        self._head = b""
        if not head.startswith(b"http/1.1 200"):
            self.failure = head.partition(b"\r\n")[0].decode()
            self._transport.close()
            return
        self._left = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]) - rest
        if not self._left:
            self._next()

    def _next(self) -> None:
        self.answers += 1
        if self.is_over:
            self._transport.close()
        else:
            self._transport.write(next(self._requests))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_over and not self.failure:
            self.failure = f"the connection was closed ({error})"
        self.ended.set_result(None)


def requests_a_second(rounds: Sequence[Sequence[Target]], seconds: float) -> float:
    """Ask at all rounds at once for so long; ``CONNECTIONS`` for each, which take its targets by turns
    and each begin at another one. Raises ``RuntimeError`` for any answer but 200."""
    return asyncio.run(_ask(rounds, seconds))


async def _ask(rounds: Sequence[Sequence[Target]], seconds: float) -> float:
    loop = asyncio.get_running_loop()
    readers: list[_Reader] = []
    begun = loop.time()
    for targets in rounds:
        requests = [target.request() for target in targets]
        for number in range(CONNECTIONS):
            begin = number * len(requests) // CONNECTIONS
            made = partial(_Reader, itertools.cycle(requests[begin:] + requests[:begin]))
            _transport, reader = await loop.create_connection(made, "127.0.0.1", targets[0].port)
            readers.append(reader)
    await asyncio.sleep(seconds)
    answers, passed = sum(reader.answers for reader in readers), loop.time() - begun
    for reader in readers:
        reader.is_over = True
    await asyncio.wait([reader.ended for reader in readers], timeout=30)
    failures = {reader.failure for reader in readers} - {""}
    if failures:
        asked = rounds[0][0]
        raise RuntimeError(f"{asked.host}{asked.path}: {'; '.join(sorted(failures))}")
    return answers / passed

"""Answers of a bucket that come in time as a whole. Imports botocore: only ``storage.boto`` imports this.

botocore knows a limit for each read of a socket alone: an answer whose head, or whose list of keys,
comes byte by byte keeps to it for ever.
"""

from __future__ import annotations

import heapq
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from storage import limits


def answer_in_time(client: Any) -> None:
    """Have each answer that ``client`` (of boto3) asks for be there within ``limits.READ_SECONDS`` of
    the request: its head, and its body where that is read as a whole. A late one is cut off, which
    botocore takes for a broken connection. Bodies that are streamed have deadlines of their reader's.
    """
    endpoint = client._endpoint
    session = endpoint.http_session
    session._manager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}
    endpoint.http_session = _Session(session)


class _Current(threading.local):
    """The one answer that this thread waits for."""

    clock: _Clock | None = None


_current = _Current()


class _Keeper:
    """One thread that cuts off the sockets whose time is over. A timer for each answer, which is a
    thread for each, took a fifth of the time of moving files."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, _Clock]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def start(self, clock: _Clock, sock: socket.socket) -> None:
        at = time.monotonic() + limits.READ_SECONDS
        with self._changed:
            clock.sock, clock.turn = sock, next(self._numbers)
            self._forget_ended()
            heapq.heappush(self._waiting, (at, clock.turn, clock))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="timely", daemon=True)
                self._thread.start()
            elif self._waiting[0][2] is clock:
                self._changed.notify()

    def stop(self, clock: _Clock) -> None:
        """From here on the socket is left alone: another answer may come by it."""
        with self._changed:
            clock.sock = None

    def _forget_ended(self) -> None:
        while self._waiting and not self._runs(self._waiting[0]):
            heapq.heappop(self._waiting)

    @staticmethod
    def _runs(entry: tuple[float, int, _Clock]) -> bool:
        _at, turn, clock = entry
        return clock.sock is not None and clock.turn == turn

    def _run(self) -> None:
        with self._changed:
            while True:
                self._forget_ended()
                left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if left is not None and left <= 0:
                    self._waiting[0][2].cut_off()
                else:
                    self._changed.wait(left)


_keeper = _Keeper()


class _Clock:
    """Cuts a socket off when its time is over."""

    def __init__(self) -> None:
        self.sock: socket.socket | None = None  # while it runs
        self.turn = -1

    def start(self, sock: socket.socket) -> None:
        _keeper.start(self, sock)

    def stop(self) -> None:
        if self.sock is not None:
            _keeper.stop(self)

    def cut_off(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                # Not the method of a TLS socket: that would take its state away from the thread that
                # reads.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
        self.sock = None


class _Session:
    """Sends as ``session`` does, with a clock over each answer."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def send(self, request: Any) -> Any:
        with _clock():
            return self._session.send(request)

    def close(self) -> None:
        self._session.close()


@contextmanager
def _clock() -> Iterator[None]:
    clock = _current.clock = _Clock()
    try:
        yield
    finally:
        clock.stop()
        _current.clock = None


class _InTime:
    """A connection that starts the clock when it waits for an answer."""

    sock: socket.socket

    def _handle_expect_response(self, message_body: Any) -> Any:
        self._start()
        try:
            return super()._handle_expect_response(message_body)  # type: ignore[misc]  # botocore's
        finally:
            self._stop()  # the body that is sent now may take its time

    def getresponse(self) -> Any:
        self._start()
        return super().getresponse()  # type: ignore[misc]  # botocore's, which has no types

    def _start(self) -> None:
        if _current.clock:
            _current.clock.start(self.sock)

    def _stop(self) -> None:
        if _current.clock:
            _current.clock.stop()


class _Connection(_InTime, AWSHTTPConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _SafeConnection(_InTime, AWSHTTPSConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]  # botocore has no types
    ConnectionCls = _Connection


class _SafePool(AWSHTTPSConnectionPool):  # type: ignore[misc]  # botocore has no types
    ConnectionCls = _SafeConnection
